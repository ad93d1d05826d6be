import { createHash } from "node:crypto";
import { isCombinable, type ObjectChecksum } from "../../core/checksum.ts";
import { StorageError } from "../../core/errors.ts";
import { assertObjectKey } from "../../core/object-key.ts";
import type { CompleteOptions } from "../../core/multipart-options.ts";
import type {
  CallOptions,
  ObjectHead,
  PutResult,
  UploadAddress,
  UploadedPart,
} from "../../core/object-store.ts";
import { combineChecksums } from "../../protocol/checksums/checksum.ts";
import { renderCompleteMultipartUpload } from "../../protocol/documents/complete-multipart-upload.ts";
import { renderXml, s3Namespace } from "../../protocol/xml/render.ts";
import { checksumHeaders } from "../../protocol/headers/checksum-headers.ts";
import { headObject } from "./head-object.ts";
import { readWrittenObject } from "../../protocol/documents/written-object.ts";
import { bareEtag } from "../../protocol/headers/etag.ts";
import { writeConditionHeaders } from "./object-headers.ts";
import { settleWrite } from "../recovery/settle-write.ts";
import { readDocument } from "./read-document.ts";
import type { StoreContext } from "./store-context.ts";

const operation = "CompleteMultipartUpload";

export async function completeMultipartUpload(
  store: StoreContext,
  upload: UploadAddress,
  parts: readonly UploadedPart[],
  options: CompleteOptions = {},
): Promise<PutResult> {
  const { key, uploadId } = upload;
  assertObjectKey(key, operation);
  if (parts.length === 0) {
    throw new StorageError("InvalidArgument", "A multipart upload needs at least one part.", {
      operation,
      bucket: store.bucket,
      key,
    });
  }
  const ordered = parts.toSorted((a, b) => a.partNumber - b.partNumber);
  const checksum = options.checksum ?? combined(ordered, options);
  try {
    const answer = await store.sender.send(
      {
        operation,
        method: "POST",
        key,
        query: { uploadId },
        headers: {
          "content-type": "application/xml",
          ...writeConditionHeaders(store, operation, options),
          ...checksumHeaders(checksum),
        },
        body: Buffer.from(renderParts(ordered)),
      },
      options,
    );
    const root = readDocument(operation, answer, "CompleteMultipartUploadResult");
    const { etag, checksum: stored } = readWrittenObject(root);
    const versionId = answer.headers.get("x-amz-version-id");
    return {
      // Ceph leaves it empty; the object has one all the same.
      etag: etag === "" ? (await headObject(store, key, callOf(options))).etag : etag,
      ...(versionId !== undefined && { versionId }),
      ...(stored !== undefined && { checksum: stored }),
    };
  } catch (error) {
    const isOwn = (head: ObjectHead): boolean => isSame(head, ordered);
    return settleWrite(error, { store, key, conditions: options, isOwn });
  }
}

function callOf({ signal, timeoutMs }: CallOptions): CallOptions {
  return { ...(signal !== undefined && { signal }), ...(timeoutMs !== undefined && { timeoutMs }) };
}

function renderParts(parts: readonly UploadedPart[]): string {
  const listed = parts.map(({ partNumber, etag, checksum }) => ({
    partNumber,
    etag,
    checksums: checksum === undefined ? {} : { [checksum.algorithm]: checksum.value },
  }));
  return renderXml(renderCompleteMultipartUpload(listed), { namespace: s3Namespace });
}

/** The whole object's CRC out of those of its parts, without reading a byte again. */
function combined(
  parts: readonly UploadedPart[],
  options: CompleteOptions,
): ObjectChecksum | undefined {
  const algorithm = parts[0]?.checksum?.algorithm;
  if (options.checksumType !== "FULL_OBJECT" || algorithm === undefined) return undefined;
  if (!isCombinable(algorithm)) return undefined;
  const digests: { digest: Uint8Array; lengthBytes: number }[] = [];
  for (const { checksum, sizeBytes } of parts) {
    if (checksum?.algorithm !== algorithm) return undefined;
    digests.push({ digest: Buffer.from(checksum.value, "base64"), lengthBytes: sizeBytes });
  }
  const value = combineChecksums(algorithm, digests).toString("base64");
  return { algorithm, type: "FULL_OBJECT", value };
}

/** S3's ETag of a multipart object: the MD5 of its parts' MD5s, and their number. */
function isSame(head: ObjectHead, parts: readonly UploadedPart[]): boolean {
  const hash = createHash("md5");
  let sizeBytes = 0;
  for (const part of parts) {
    hash.update(Buffer.from(bareEtag(part.etag), "hex"));
    sizeBytes += part.sizeBytes;
  }
  const etag = `${hash.digest("hex")}-${parts.length}`;
  return head.sizeBytes === sizeBytes && bareEtag(head.etag) === etag;
}
