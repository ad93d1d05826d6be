import type { CallerLayers } from "../policy/access-layers.ts";
import type { KnownPrincipal, Principal } from "../policy/request.ts";

/** Who sent a request, once its signature is verified. */
export type Caller = Exclude<Principal, KnownPrincipal> | AuthenticatedCaller;

export interface AuthenticatedCaller extends KnownPrincipal {
  readonly accessKeyId: string;
  /** The policies on its side. */
  readonly layers: CallerLayers;
}
