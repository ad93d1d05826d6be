import type { ContextLookup } from "../../policy/request.ts";
import { JsonInput } from "../aws-json/json-input.ts";
import {
  missingToken,
  renderJson,
  renderJsonError,
  targetedOperation,
} from "../aws-json/json-protocol.ts";
import type { Caller } from "../caller.ts";
import type { S3Response } from "../operation.ts";
import { lookupEvents } from "./lookup-events.ts";
import { selectorOperations } from "./selector-operations.ts";
import type { TrailOperation } from "./trail-call.ts";
import type { TrailContext } from "./trail-delivery.ts";
import { trailOperations } from "./trail-operations.ts";
import type { TrailRecorder } from "./trail-recorder.ts";
import { tagOperations } from "./trail-tags.ts";

export interface TrailRequest {
  /** The value of `X-Amz-Target`. */
  readonly target: string | undefined;
  readonly body: Buffer;
  readonly caller: Caller;
  readonly requestId: string;
  readonly recorder: TrailRecorder;
  readonly context: TrailContext;
  /** Of the signature's scope. */
  readonly region: string;
  readonly now: Date;
  readonly lookup: ContextLookup;
  /** Hears of what the call is refused for. */
  readonly onError?: (error: unknown) => void;
}

/** By the name in `X-Amz-Target`. Source: CloudTrail API Reference. */
const operations: Readonly<Record<string, TrailOperation>> = {
  ...trailOperations,
  ...selectorOperations,
  ...tagOperations,
  LookupEvents: lookupEvents,
};

const target = /^(com\.amazonaws\.cloudtrail\.v20131101\.)?CloudTrail_20131101\./;

/** CloudTrail beside S3 on one port, in its JSON protocol. Never throws. */
export async function handleTrail(request: TrailRequest): Promise<S3Response> {
  const { body, requestId, caller } = request;
  try {
    if (caller.kind === "anonymous") throw missingToken();
    const prefix = target.exec(request.target ?? "")?.[0] ?? "CloudTrail_20131101.";
    const operation = targetedOperation(request.target, prefix, operations);
    const answer = await operation({ ...request, caller, input: new JsonInput(body) });
    return renderJson(200, requestId, answer);
  } catch (error) {
    request.onError?.(error);
    return renderJsonError(error, requestId);
  }
}
