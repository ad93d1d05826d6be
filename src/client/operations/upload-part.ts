import { StorageError } from "../../core/errors.ts";
import { assertObjectKey } from "../../core/object-key.ts";
import type { CopyPartOptions, UploadPartOptions } from "../../core/multipart-options.ts";
import type { CopySource, PartAddress, UploadBody, UploadedPart } from "../../core/object-store.ts";
import { copySourceHeader } from "../../protocol/headers/copy-source.ts";
import { formatRange } from "../../core/byte-range.ts";
import { copySourceHeaders } from "./copy-object.ts";
import { headObject } from "./head-object.ts";
import { readWrittenObject } from "../../protocol/documents/written-object.ts";
import { putResult } from "./put-object.ts";
import { readDocument } from "./read-document.ts";
import { requireAbility, type StoreContext } from "./store-context.ts";
import { uploadChecksum } from "./upload-checksum.ts";

function partQuery(part: PartAddress): Record<string, string | number> {
  return { partNumber: part.partNumber, uploadId: part.uploadId };
}

export async function uploadPart(
  store: StoreContext,
  part: PartAddress,
  body: UploadBody,
  options: UploadPartOptions = {},
): Promise<UploadedPart> {
  const operation = "UploadPart";
  assertObjectKey(part.key, operation);
  const subject = { about: { operation, key: part.key }, body, call: options };
  const sent = await uploadChecksum(store, subject, options.checksum);
  const answer = await store.sender.send(
    {
      operation,
      method: "PUT",
      key: part.key,
      query: partQuery(part),
      headers: sent.headers,
      body,
    },
    options,
  );
  const { etag, checksum = sent.checksum } = putResult(answer, {
    operation,
    bucket: store.bucket,
    key: part.key,
  });
  const sizeBytes = body instanceof Uint8Array ? body.length : body.lengthBytes;
  return {
    partNumber: part.partNumber,
    etag,
    sizeBytes,
    ...(checksum !== undefined && { checksum }),
  };
}

/** Without a range the size of the part is that of the source, which takes a HEAD to know. */
export async function uploadPartCopy(
  store: StoreContext,
  part: PartAddress,
  source: CopySource,
  options: CopyPartOptions = {},
): Promise<UploadedPart> {
  const operation = "UploadPartCopy";
  assertObjectKey(part.key, operation);
  requireAbility(store, "copyPart", { operation, key: part.key, name: "UploadPartCopy" });
  const { range } = options;
  const sizeBytes =
    range === undefined ? await sourceSize(store, source, options) : range.last - range.first + 1;
  const answer = await store.sender.send(
    {
      operation,
      method: "PUT",
      key: part.key,
      query: partQuery(part),
      headers: {
        ...copySourceHeaders(store, source),
        [`${copySourceHeader}-range`]: range === undefined ? undefined : formatRange(range),
      },
    },
    options,
  );
  const root = readDocument(operation, answer, "CopyPartResult");
  const { etag, checksum } = readWrittenObject(root);
  return {
    partNumber: part.partNumber,
    etag,
    sizeBytes,
    ...(checksum !== undefined && { checksum }),
  };
}

async function sourceSize(
  store: StoreContext,
  { bucket = store.bucket, key, versionId }: CopySource,
  { signal, timeoutMs }: CopyPartOptions,
): Promise<number> {
  if (bucket !== store.bucket) {
    throw new StorageError("InvalidArgument", "A part of another bucket's object needs a range.", {
      operation: "UploadPartCopy",
      bucket,
      key,
      remedy: "Ask that bucket for the object's size, and give { first: 0, last: size - 1 }.",
    });
  }
  const { sizeBytes } = await headObject(store, key, {
    ...(versionId !== undefined && { versionId }),
    ...(signal !== undefined && { signal }),
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
  return sizeBytes;
}
