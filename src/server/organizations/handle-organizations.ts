import { decideAccess } from "../../policy/decide-access.ts";
import type { ContextLookup } from "../../policy/request.ts";
import { JsonError } from "../aws-json/json-error.ts";
import { JsonInput } from "../aws-json/json-input.ts";
import {
  missingToken,
  renderJson,
  renderJsonError,
  targetedOperation,
} from "../aws-json/json-protocol.ts";
import type { AuthenticatedCaller, Caller } from "../caller.ts";
import type { OrganizationRecord } from "../iam/iam-records.ts";
import type { S3Response } from "../operation.ts";
import { refusedBy } from "../refusals.ts";
import { organizationOperations } from "./organization-operations.ts";
import { organizationTree } from "./organization-tree.ts";

export interface OrganizationsRequest {
  /** The value of `X-Amz-Target`. */
  readonly target: string | undefined;
  readonly body: Buffer;
  readonly caller: Caller;
  readonly requestId: string;
  /** Of the caller's account; undefined: it is in none. */
  readonly organizationOf: (accountId: string) => OrganizationRecord | undefined;
  readonly partition: string;
  readonly lookup: ContextLookup;
  /** Hears of what the call is refused for. */
  readonly onError?: (error: unknown) => void;
}

const prefix = "AWSOrganizationsV20161128.";

/** Organizations beside S3 on one port, in its JSON protocol, as far as it reads. Never throws. */
export function handleOrganizations(request: OrganizationsRequest): S3Response {
  const { caller, requestId, body, partition } = request;
  try {
    if (caller.kind === "anonymous") throw missingToken();
    const operation = targetedOperation(request.target, prefix, organizationOperations);
    judge(caller, request.target?.slice(prefix.length) ?? "", request.lookup);
    const record = request.organizationOf(caller.accountId);
    if (record === undefined) throw notInUse();
    if (operation.forMembers !== true) assertAdministrator(record, caller);
    const answer = operation.answer(organizationTree(record, partition), new JsonInput(body));
    return renderJson(200, requestId, answer);
  } catch (error) {
    request.onError?.(error);
    return renderJsonError(error, requestId, "ServiceException");
  }
}

function judge(caller: AuthenticatedCaller, name: string, lookup: ContextLookup): void {
  const decision = decideAccess({
    request: { principal: caller, action: `organizations:${name}`, resource: "*", context: lookup },
    resourcePolicy: undefined,
    caller: caller.layers,
    sameAccount: true,
  });
  if (decision.outcome === "allowed") return;
  const message = decision.message.replace('"*"', "*");
  throw refusedBy(new JsonError("AccessDeniedException", message), decision);
}

/** Of the management account, or of one to which it has delegated. */
function assertAdministrator(record: OrganizationRecord, { accountId }: AuthenticatedCaller): void {
  const { managementAccountId, delegatedAdministrators = [] } = record;
  if ([managementAccountId, ...delegatedAdministrators].includes(accountId)) return;
  const message = "You don't have permissions to access this resource.";
  throw new JsonError("AccessDeniedException", message);
}

function notInUse(): JsonError {
  const message = "Your account is not a member of an organization.";
  return new JsonError("AWSOrganizationsNotInUseException", message);
}
