import type { KnownPrincipal, Principal } from "../policy/request.ts";

/** Who sent a request, once its signature is verified. */
export type Caller = Exclude<Principal, KnownPrincipal> | AuthenticatedCaller;

export interface AuthenticatedCaller extends KnownPrincipal {
  readonly accessKeyId: string;
  /** Whether the identity's own policies allow all (`administrator`) or nothing by themselves. */
  readonly access: "administrator" | "none";
}
