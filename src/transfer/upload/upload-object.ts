import { assertObjectKey } from "../../core/object-key.ts";
import { transferLimits } from "../../core/limits.ts";
import type { PutResult, WriteConditions } from "../../core/object-store.ts";
import { blobSource, type ByteSource, memorySource } from "./byte-source.ts";
import { toEncryption, type TransferContext } from "../transfer-context.ts";
import type { UploadContents, UploadOptions } from "../transfer-options.ts";
import { objectHeaders } from "./object-headers.ts";
import { inScope, type OperationScope } from "../operation-scope.ts";
import { replaceWhenRefused } from "../replace/replace-object.ts";
import { isBlob, toBytes } from "./to-bytes.ts";
import { uploadMultipart, type WriteRequest } from "./upload-multipart.ts";
import { withMediaType } from "./with-media-type.ts";
import type { WrittenObject } from "../written-object.ts";

/** Bytes in memory to one object, in parts where they are many. Throws StorageError. */
export async function uploadBytes(
  context: TransferContext,
  contents: UploadContents,
  key: string,
  options: UploadOptions = {},
): Promise<WrittenObject> {
  assertObjectKey(key, "uploadBytes");
  return inScope("uploadBytes", options, async (scope) => {
    const isLarge = isBlob(contents) && contents.size >= transferLimits.multipartFromBytes;
    const source = isLarge ? blobSource(contents) : memorySource(await toBytes(contents));
    const ownType = isBlob(contents) ? contents.type : undefined;
    const typed = await withMediaType(options, { ownType, key });
    return uploadSource(context, { source, key, options: typed, scope });
  });
}

/** An upload within the scope of its operation. */
export interface SourceUpload {
  readonly source: ByteSource;
  readonly key: string;
  readonly options: UploadOptions;
  readonly scope: OperationScope;
}

/** Bytes that can be read by position to one object. Throws StorageError. */
export async function uploadSource(
  context: TransferContext,
  { source, key, options, scope }: SourceUpload,
): Promise<WrittenObject> {
  const encryption = toEncryption(context, options.sse);
  const { tags } = options;
  const stored = { ...objectHeaders(options), ...encryption, ...(tags !== undefined && { tags }) };
  const write = (target: string, conditions: WriteConditions): Promise<PutResult> =>
    writeObject(context, { key: target, source, conditions, stored, options }, scope);
  const { ifAbsent, ifMatch, replace } = options;
  const put = await replaceWhenRefused(context, {
    operation: "upload",
    key,
    sizeBytes: source.sizeBytes,
    conditions: {
      ...(ifAbsent !== undefined && { ifAbsent }),
      ...(ifMatch !== undefined && { ifMatch }),
    },
    replace,
    encryption,
    scope,
    write,
  });
  options.onProgress?.({ doneBytes: source.sizeBytes, totalBytes: source.sizeBytes });
  return { key, sizeBytes: source.sizeBytes, put };
}

async function writeObject(
  context: TransferContext,
  request: WriteRequest,
  scope: OperationScope,
): Promise<PutResult> {
  const { key, source, conditions, stored, options } = request;
  const asked = options.partSizeBytes;
  const isLarge =
    asked === undefined
      ? source.sizeBytes >= transferLimits.multipartFromBytes
      : source.sizeBytes > asked;
  if (isLarge) return uploadMultipart(context, request, scope);
  const part = await source.part(0, source.sizeBytes);
  try {
    // Before anything is published; one that grew would be stored by half.
    await source.assertUnchanged();
    return await context.store.putObject(key, part.body, {
      ...stored,
      ...conditions,
      checksum: options.checksum ?? "auto",
      signal: scope.signal,
    });
  } finally {
    part.release();
  }
}
