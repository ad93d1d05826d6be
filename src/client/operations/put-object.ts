import { createHash } from "node:crypto";
import { isStorageError } from "../../core/errors.ts";
import type { StorageError } from "../../core/errors.ts";
import { assertObjectKey } from "../../core/object-key.ts";
import type {
  ObjectHead,
  PutOptions,
  PutResult,
  UploadBody,
  WriteConditions,
} from "../../core/object-store.ts";
import { readChecksumHeaders } from "../../protocol/headers/checksum-headers.ts";
import { bareEtag } from "../../protocol/headers/etag.ts";
import type { S3Answer } from "../s3-request.ts";
import { restateError } from "../../core/restate-error.ts";
import { headObject } from "./head-object.ts";
import { withoutUndefined } from "../../core/without-undefined.ts";
import { storedHeaders, writeConditionHeaders } from "./object-headers.ts";
import type { StoreContext } from "./store-context.ts";
import { uploadChecksum, withoutRefusedChecksum } from "./upload-checksum.ts";

const operation = "PutObject";

export async function putObject(
  store: StoreContext,
  key: string,
  body: UploadBody,
  options: PutOptions = {},
): Promise<PutResult> {
  assertObjectKey(key, operation);
  const headers = {
    ...storedHeaders(store, operation, options),
    ...writeConditionHeaders(store, operation, options),
  };
  const subject = { about: { operation, key }, body, call: options };
  return withoutRefusedChecksum(store, operation, async () => {
    const sent = await uploadChecksum(store, subject, options.checksum);
    const request = { operation, method: "PUT", key, body } as const;
    try {
      const answer = await store.sender.send(
        { ...request, headers: { ...headers, ...sent.headers } },
        options,
      );
      return putResult(answer);
    } catch (error) {
      if (!isStorageError(error)) throw error;
      const isOwn = async (head: ObjectHead): Promise<boolean> =>
        isSameBody(head, body, sent.checksum, store.capabilities.etagIsMd5 !== "no");
      return settleCondition(store, key, error, options, isOwn);
    }
  });
}

/** The result as the answer's headers tell it: a checksum that is not in them was not stored. */
export function putResult(answer: S3Answer): PutResult {
  return {
    etag: answer.headers.get("etag") ?? "",
    ...withoutUndefined({
      versionId: answer.headers.get("x-amz-version-id"),
      checksum: readChecksumHeaders((name) => answer.headers.get(name)),
    }),
  };
}

/**
 * Says what a failed conditional write means. A condition that failed after an answer was lost may
 * have failed on our own earlier attempt: then the object found is compared before it is blamed.
 */
export async function settleCondition(
  store: StoreContext,
  key: string,
  error: StorageError,
  conditions: WriteConditions,
  isOwn: (head: ObjectHead) => Promise<boolean>,
): Promise<PutResult> {
  const isFailed = error.status === 412 && error.code === "PreconditionFailed";
  const isMissing = error.code === "NotFound" && error.s3Code !== "NoSuchBucket";
  if (conditions.ifMatch !== undefined && isMissing && error.s3Code !== "NoSuchUpload") {
    // S3 answers If-Match on a missing key with 404; to the caller it is a condition not met.
    throw restateError(error, { code: "PreconditionFailed" });
  }
  if (!isFailed || conditions.ifAbsent !== true) throw error;
  if (error.outcome === "unknown") {
    const head = await headObject(store, key, {}).catch(() => undefined);
    if (head !== undefined && (await isOwn(head))) return resultOf(head);
  }
  throw restateError(error, {
    code: "AlreadyExists",
    message: `${error.operation ?? operation}: ${key} exists already in ${store.bucket}.`,
    remedy: "Choose another key, or leave ifAbsent out to replace the object.",
  });
}

export function resultOf(head: ObjectHead): PutResult {
  const { etag, versionId, checksum } = head;
  return { etag, ...withoutUndefined({ versionId, checksum }) };
}

function isSameBody(
  head: ObjectHead,
  body: UploadBody,
  sent: PutResult["checksum"],
  etagMayBeMd5: boolean,
): boolean {
  const lengthBytes = body instanceof Uint8Array ? body.length : body.lengthBytes;
  if (head.sizeBytes !== lengthBytes) return false;
  if (sent !== undefined && head.checksum?.algorithm === sent.algorithm) {
    return head.checksum.value === sent.value;
  }
  if (!etagMayBeMd5 || !(body instanceof Uint8Array)) return false;
  return bareEtag(head.etag) === createHash("md5").update(body).digest("hex");
}
