import { element, type XmlNode } from "../../protocol/xml/render.ts";
import type { QueryParameters } from "../../protocol/query.ts";
import { decideAccess } from "../../policy/decide-access.ts";
import {
  missingAuthenticationToken,
  readQueryForm,
  renderQueryFailure,
  renderQueryResult,
  unknownAction,
  type QueryFailure,
} from "../aws-query/query-protocol.ts";
import type { AuthenticatedCaller, Caller } from "../caller.ts";
import type { Identities, ResolvedRole } from "../identities/identities.ts";
import type { S3Response } from "../operation.ts";
import { iam, renderIamError } from "./iam-error.ts";

export interface IamRequest {
  /** The form, `Action=GetRole&RoleName=...&Version=2010-05-08`. */
  readonly body: Buffer;
  readonly caller: Caller;
  readonly requestId: string;
  readonly identities: Identities;
}

/**
 * As much of IAM as a bucket set-up asks for: GetRole, which turns the role name of a session's ARN
 * into the role's ARN with its path. Never throws.
 */
export function handleIam(request: IamRequest): S3Response {
  const { caller, requestId } = request;
  if (caller.kind === "anonymous") {
    return renderQueryFailure(iam, missingAuthenticationToken, requestId);
  }
  try {
    const form = readQueryForm(request.body);
    if (form.get("Action") !== "GetRole" || form.get("Version") !== iam.version) {
      return renderQueryFailure(iam, unknownAction(form), requestId);
    }
    const answer = findRole(form, caller, request.identities);
    return "code" in answer
      ? renderQueryFailure(iam, answer, requestId)
      : renderQueryResult(iam, "GetRole", [renderRole(answer)], requestId);
  } catch (error) {
    return renderIamError(error, requestId);
  }
}

function findRole(
  form: QueryParameters,
  caller: AuthenticatedCaller,
  identities: Identities,
): ResolvedRole | QueryFailure {
  const roleName = form.get("RoleName");
  if (roleName === undefined || !/^[\w+=,.@-]{1,64}$/.test(roleName)) {
    return {
      code: "ValidationError",
      status: 400,
      message:
        "The specified value for roleName is invalid. It must contain only alphanumeric " +
        "characters and/or the following: +=,.@_-",
    };
  }
  const found = identities.findRole(caller.accountId, roleName);
  const resource = found?.arn ?? `arn:*:iam::${caller.accountId}:role/${roleName}`;
  const decision = decideAccess({
    request: { principal: caller, action: "iam:GetRole", resource },
    resourcePolicy: undefined,
    caller: caller.layers,
    sameAccount: true,
  });
  if (decision.outcome !== "allowed") {
    // IAM names the role as the caller did, without the quotes of S3.
    const message = decision.message.replace(`"${resource}"`, `role ${roleName}`);
    return { code: "AccessDenied", status: 403, message };
  }
  return (
    found ?? {
      code: "NoSuchEntity",
      status: 404,
      message: `The role with name ${roleName} cannot be found.`,
    }
  );
}

function renderRole({ role, arn, createdAt }: ResolvedRole): XmlNode {
  return element(
    "Role",
    element("Path", role.path),
    element("AssumeRolePolicyDocument", encodeURIComponent(role.trustPolicy)),
    element("MaxSessionDuration", role.maxSessionSeconds),
    element("RoleId", role.id),
    element("RoleName", role.name),
    element("Arn", arn),
    element("CreateDate", createdAt.toISOString().replace(/\.\d+Z$/, "Z")),
  );
}
