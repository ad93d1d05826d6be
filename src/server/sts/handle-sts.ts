import { element } from "../../protocol/xml/render.ts";
import { QueryError } from "../aws-query/query-error.ts";
import { QueryInput } from "../aws-query/query-input.ts";
import {
  missingAuthenticationToken,
  readQueryForm,
  renderQueryFailure,
  renderQueryResult,
  unknownAction,
} from "../aws-query/query-protocol.ts";
import type { AuthenticatedCaller, Caller } from "../caller.ts";
import type { S3Response } from "../operation.ts";
import { assumeRole } from "./assume-role.ts";
import { decodeAuthorizationMessage, getAccessKeyInfo } from "./key-operations.ts";
import type { StsOperation, StsServices } from "./sts-call.ts";
import { renderStsError, sts } from "./sts-error.ts";
import {
  assumeRoleWithWebIdentity,
  type WebIdentityCall,
} from "./web-identity/assume-role-with-web-identity.ts";
import { getFederationToken, getSessionToken } from "./user-sessions.ts";

export interface StsRequest extends StsServices {
  /** The form, `Action=GetCallerIdentity&Version=2011-06-15`. */
  readonly body: Buffer;
  readonly caller: Caller;
  readonly requestId: string;
  /** Told of what the answer tells in STS's own form. */
  readonly onError?: (error: unknown) => void;
}

/** Needs no permission. */
const getCallerIdentity: StsOperation = ({ caller }) => [
  element("Arn", caller.arn),
  element("UserId", caller.userId),
  element("Account", caller.accountId),
];

const operations: ReadonlyMap<string, StsOperation> = new Map([
  ["AssumeRole", assumeRole],
  ["DecodeAuthorizationMessage", decodeAuthorizationMessage],
  ["GetAccessKeyInfo", getAccessKeyInfo],
  ["GetCallerIdentity", getCallerIdentity],
  ["GetFederationToken", getFederationToken],
  ["GetSessionToken", getSessionToken],
]);

/**
 * STS beside S3 on one port, for clients whose one endpoint serves every service. Never throws.
 *
 * @internal For tests; requests go through `answerSts`.
 */
export function handleSts(request: StsRequest): S3Response {
  const { caller, requestId } = request;
  try {
    if (caller.kind === "anonymous") {
      return renderQueryFailure(sts, missingAuthenticationToken, requestId);
    }
    const form = readQueryForm(request.body);
    const action = form.get("Action") ?? "";
    const operation = operations.get(action);
    if (operation === undefined || form.get("Version") !== sts.version) {
      return renderQueryFailure(sts, unknownAction(form), requestId);
    }
    assertCallable(caller, action);
    const result = operation({ ...request, caller, input: new QueryInput(form) });
    return renderQueryResult(sts, action, result, requestId);
  } catch (error) {
    request.onError?.(error);
    return renderStsError(error, requestId);
  }
}

/** As `handleSts`, with the call that strangers may make too. */
export async function answerSts(
  request: StsRequest & Pick<WebIdentityCall, "oidcProviders">,
): Promise<S3Response> {
  const { requestId } = request;
  try {
    const form = readQueryForm(request.body);
    const action = form.get("Action");
    const isMeant = action === "AssumeRoleWithWebIdentity" && form.get("Version") === sts.version;
    if (!isMeant) return handleSts(request);
    const result = await assumeRoleWithWebIdentity({ ...request, input: new QueryInput(form) });
    return renderQueryResult(sts, action, result, requestId);
  } catch (error) {
    request.onError?.(error);
    return renderStsError(error, requestId);
  }
}

const callableByUsers: ReadonlySet<string> = new Set(["AssumeRole", "GetCallerIdentity"]);

/** Source: IAM User Guide, "Compare AWS STS credentials". */
function assertCallable({ session }: AuthenticatedCaller, action: string): void {
  const kind = session?.principal.kind ?? "role";
  if (kind === "role" || action === "GetCallerIdentity") return;
  if (kind !== "federated-user" && callableByUsers.has(action)) return;
  throw new QueryError("AccessDenied", `Cannot call ${action} with session credentials`, 403);
}
