import {
  missingAuthenticationToken,
  readQueryForm,
  renderQueryFailure,
  renderQueryResult,
  unknownAction,
} from "../aws-query/query-protocol.ts";
import type { Caller } from "../caller.ts";
import type { ContextLookup } from "../../policy/request.ts";
import type { S3Response } from "../operation.ts";
import type { IamDirectory } from "./iam-directory.ts";
import { iam, renderIamError } from "./iam-error.ts";
import { IamInput } from "./iam-input.ts";
import { iamOperations } from "./iam-operations.ts";

export interface IamRequest {
  /** The form, `Action=GetRole&RoleName=...&Version=2010-05-08`. */
  readonly body: Buffer;
  readonly caller: Caller;
  readonly requestId: string;
  readonly directory: IamDirectory;
  readonly now: Date;
  /** The condition keys of the request. */
  readonly lookup: ContextLookup;
  /** Told of what the answer tells in the service's own form. */
  readonly onError?: (error: unknown) => void;
}

/** IAM beside S3 on one port, in AWS's query protocol. Never throws. */
export async function handleIam(request: IamRequest): Promise<S3Response> {
  const { caller, requestId, directory, now, lookup } = request;
  if (caller.kind === "anonymous") {
    return renderQueryFailure(iam, missingAuthenticationToken, requestId);
  }
  try {
    const form = readQueryForm(request.body);
    const action = form.get("Action") ?? "";
    const operation = Object.hasOwn(iamOperations, action) ? iamOperations[action] : undefined;
    if (operation === undefined || form.get("Version") !== iam.version) {
      return renderQueryFailure(iam, unknownAction(form), requestId);
    }
    const [, partition = ""] = caller.arn.split(":");
    const answer = await operation({
      input: new IamInput(form),
      caller,
      account: { id: caller.accountId, partition },
      directory,
      now: now.getTime(),
      lookup,
    });
    return renderQueryResult(iam, action, answer, requestId);
  } catch (error) {
    request.onError?.(error);
    return renderIamError(error, requestId);
  }
}
