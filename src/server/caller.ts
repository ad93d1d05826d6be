import type { CallerLayers } from "../policy/access-layers.ts";
import type { KnownPrincipal, Principal } from "../policy/request.ts";
import type { SessionGrant } from "./sts/session-grant.ts";

/** Who sent a request, once its signature is verified. */
export type Caller = Exclude<Principal, KnownPrincipal> | AuthenticatedCaller;

export interface AuthenticatedCaller extends KnownPrincipal {
  readonly accessKeyId: string;
  /** The policies on its side. */
  readonly layers: CallerLayers;
  /** What its temporary keys were given for. Undefined: permanent keys, or a session of the file. */
  readonly session?: SessionGrant;
}
