import type { ContextLookup } from "../../policy/request.ts";
import {
  missingToken,
  renderJson,
  renderJsonError,
  targetedOperation,
} from "../aws-json/json-protocol.ts";
import type { Caller } from "../caller.ts";
import type { S3Response } from "../operation.ts";
import type { KeyStore } from "./key-store.ts";
import { KmsInput } from "./kms-input.ts";
import { kmsOperations } from "./kms-operations.ts";

export interface KmsRequest {
  /** The value of `X-Amz-Target`. */
  readonly target: string | undefined;
  readonly body: Buffer;
  readonly caller: Caller;
  readonly requestId: string;
  readonly keys: KeyStore;
  /** Of the signature's scope. */
  readonly region: string;
  readonly partition: string;
  readonly now: Date;
  readonly lookup: ContextLookup;
  /** Told of what the answer tells in the service's own form. */
  readonly onError?: (error: unknown) => void;
}

const targetPrefix = "TrentService.";

/** KMS beside S3 on one port, in its JSON protocol. Never throws. */
export async function handleKms(request: KmsRequest): Promise<S3Response> {
  const { caller, requestId, keys, now, lookup, region, partition } = request;
  try {
    if (caller.kind === "anonymous") throw missingToken();
    const operation = targetedOperation(request.target, targetPrefix, kmsOperations);
    const address = { accountId: caller.accountId, region, partition };
    const input = new KmsInput(request.body);
    await keys.purge();
    return renderJson(
      200,
      requestId,
      await operation({ caller, keys, address, input, now, lookup }),
    );
  } catch (error) {
    request.onError?.(error);
    return renderKmsError(error, requestId);
  }
}

/** Any error on the way, as KMS words it. */
export function renderKmsError(error: unknown, requestId: string): S3Response {
  return renderJsonError(error, requestId, "KMSInternalException");
}
