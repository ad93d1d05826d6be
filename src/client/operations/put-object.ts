import { createHash } from "node:crypto";
import { StorageError } from "../../core/errors.ts";
import { assertObjectKey } from "../../core/object-key.ts";
import type { ObjectHead, PutOptions, PutResult, UploadBody } from "../../core/object-store.ts";
import { readChecksumHeaders } from "../../protocol/headers/checksum-headers.ts";
import { bareEtag } from "../../protocol/headers/etag.ts";
import type { S3Answer } from "../s3-request.ts";
import { settleWrite } from "../recovery/settle-write.ts";
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
      return putResult(answer, { operation, bucket: store.bucket, key });
    } catch (error) {
      const { etagIsMd5 } = store.capabilities;
      const isOwn = (head: ObjectHead): boolean =>
        isSameBody(head, body, sent.checksum, etagIsMd5 !== "no");
      return settleWrite(error, { store, key, conditions: options, isOwn });
    }
  });
}

/**
 * The result as the answer's headers tell it: a checksum that is not in them was not stored. Throws
 * `Unavailable` without an ETag, which every store gives: somebody else may have answered.
 */
export function putResult(
  { status, headers }: S3Answer,
  address: { readonly operation: string; readonly bucket: string; readonly key: string },
): PutResult {
  const etag = headers.get("etag");
  if (etag === undefined) {
    throw new StorageError("Unavailable", `${address.operation}: the answer lacks an ETag.`, {
      ...address,
      status,
      outcome: "unknown",
      remedy: "Check that the endpoint is an S3 endpoint and that no proxy rewrites its answers.",
    });
  }
  const versionId = headers.get("x-amz-version-id");
  const checksum = readChecksumHeaders((name) => headers.get(name));
  return {
    etag,
    ...(versionId !== undefined && { versionId }),
    ...(checksum !== undefined && { checksum }),
  };
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
