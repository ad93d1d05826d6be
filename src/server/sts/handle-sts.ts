import { element } from "../../protocol/xml/render.ts";
import {
  missingAuthenticationToken,
  readQueryForm,
  renderQueryFailure,
  renderQueryResult,
  unknownAction,
} from "../aws-query/query-protocol.ts";
import type { Caller } from "../caller.ts";
import type { S3Response } from "../operation.ts";
import { renderStsError, sts } from "./sts-error.ts";

export interface StsRequest {
  /** The form, `Action=GetCallerIdentity&Version=2011-06-15`. */
  readonly body: Buffer;
  readonly caller: Caller;
  readonly requestId: string;
}

/**
 * STS beside S3 on one port, for clients whose one endpoint serves every service. It knows
 * GetCallerIdentity, which needs no permission. Never throws.
 */
export function handleSts(request: StsRequest): S3Response {
  const { caller, requestId } = request;
  if (caller.kind === "anonymous") {
    return renderQueryFailure(sts, missingAuthenticationToken, requestId);
  }
  try {
    const form = readQueryForm(request.body);
    if (form.get("Action") !== "GetCallerIdentity" || form.get("Version") !== sts.version) {
      return renderQueryFailure(sts, unknownAction(form), requestId);
    }
  } catch (error) {
    return renderStsError(error, requestId);
  }
  const identity = [
    element("Arn", caller.arn),
    element("UserId", caller.userId),
    element("Account", caller.accountId),
  ];
  return renderQueryResult(sts, "GetCallerIdentity", identity, requestId);
}
