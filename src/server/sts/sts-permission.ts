import { decideAccess } from "../../policy/decide-access.ts";
import { refusedBy } from "../refusals.ts";
import { notAuthorized } from "./assumable-role.ts";
import type { StsCall } from "./sts-call.ts";

/** For actions that only the caller's own policies allow. Throws QueryError AccessDenied. */
export function assertPermitted(
  { caller, lookup }: StsCall,
  action: string,
  resource: string,
): void {
  const decision = decideAccess({
    request: { principal: caller, action: `sts:${action}`, resource, context: lookup },
    resourcePolicy: undefined,
    caller: caller.layers,
    sameAccount: true,
  });
  if (decision.outcome === "allowed") return;
  throw refusedBy(notAuthorized(caller, action, resource), decision);
}
