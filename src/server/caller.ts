import type { CallerLayers } from "../policy/access-layers.ts";
import type { KnownPrincipal, Organization, Principal } from "../policy/request.ts";
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

/** Such callers are told why they are refused, as those of the account itself are. */
export function sharesOrganization(
  caller: AuthenticatedCaller,
  organization: Organization | undefined,
): boolean {
  return organization !== undefined && caller.organization?.id === organization.id;
}
