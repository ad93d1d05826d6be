import { S3Error } from "../../protocol/s3-error.ts";
import type { ContextLookup } from "../../policy/request.ts";
import type { Caller } from "../caller.ts";
import type { S3Response } from "../operation.ts";
import type { KeyStore } from "./key-store.ts";
import { KmsError } from "./kms-error.ts";
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
}

const targetPrefix = "TrentService.";

/** KMS beside S3 on one port, in its JSON protocol. Never throws. */
export async function handleKms(request: KmsRequest): Promise<S3Response> {
  const { caller, requestId, keys, now, lookup, region, partition } = request;
  try {
    if (caller.kind === "anonymous") {
      throw new KmsError("MissingAuthenticationTokenException", "Missing Authentication Token");
    }
    const operation = operationOf(request.target);
    const address = { accountId: caller.accountId, region, partition };
    const input = new KmsInput(request.body);
    await keys.purge();
    return respond(200, requestId, await operation({ caller, keys, address, input, now, lookup }));
  } catch (error) {
    return renderKmsError(error, requestId);
  }
}

function operationOf(target: string | undefined) {
  const name = target?.startsWith(targetPrefix) === true ? target.slice(targetPrefix.length) : "";
  const operation = Object.hasOwn(kmsOperations, name) ? kmsOperations[name] : undefined;
  if (operation !== undefined) return operation;
  throw new KmsError(
    "UnknownOperationException",
    name === "" ? "The request names no operation." : `This server has no ${name}.`,
  );
}

/** What KMS calls the faults that S3 finds in a signature. */
const codeByS3Code: ReadonlyMap<string, readonly [code: string, message?: string]> = new Map([
  [
    "InvalidAccessKeyId",
    ["UnrecognizedClientException", "The security token included in the request is invalid."],
  ],
  [
    "InvalidToken",
    ["UnrecognizedClientException", "The security token included in the request is invalid."],
  ],
  [
    "ExpiredToken",
    ["ExpiredTokenException", "The security token included in the request is expired"],
  ],
  ["SignatureDoesNotMatch", ["InvalidSignatureException"]],
  ["RequestTimeTooSkewed", ["InvalidSignatureException"]],
  ["AuthorizationHeaderMalformed", ["IncompleteSignatureException"]],
]);

/** Any error on the way, as KMS words it; what is neither KMS's nor S3's is a fault of the server. */
export function renderKmsError(error: unknown, requestId: string): S3Response {
  if (error instanceof KmsError) {
    return failure(error.status, requestId, error.code, error.message);
  }
  if (error instanceof S3Error && error.status < 500) {
    const [code, message = error.message] = codeByS3Code.get(error.code) ?? [error.code];
    return failure(400, requestId, code, message);
  }
  return failure(500, requestId, "KMSInternalException", "The server has failed.");
}

function failure(status: number, requestId: string, code: string, message: string): S3Response {
  return respond(status, requestId, { __type: code, message });
}

function respond(status: number, requestId: string, body: object): S3Response {
  return {
    status,
    headers: { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": requestId },
    body: JSON.stringify(body),
  };
}
