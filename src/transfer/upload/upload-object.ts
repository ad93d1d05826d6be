import { fileURLToPath } from "node:url";
import { assertObjectKey } from "../../core/object-key.ts";
import { transferLimits } from "../../core/limits.ts";
import type { PutResult, WriteConditions } from "../../core/object-store.ts";
import { memorySource, type ByteSource } from "./byte-source.ts";
import { toEncryption, type TransferContext } from "../transfer-context.ts";
import { FileSource } from "./file-source.ts";
import type { UploadContents, UploadOptions } from "../transfer-options.ts";
import { objectHeaders } from "./object-headers.ts";
import { inScope, type OperationScope } from "../operation-scope.ts";
import { replaceWhenRefused } from "./replace-object.ts";
import { uploadMultipart, type WriteRequest } from "./upload-multipart.ts";
import type { WrittenObject } from "../written-object.ts";

/** Bytes in memory to one object, in parts where they are many. Throws StorageError. */
export async function uploadBytes(
  context: TransferContext,
  contents: UploadContents,
  key: string,
  options: UploadOptions = {},
): Promise<WrittenObject> {
  const source = memorySource(await toBytes(contents));
  return upload(context, "uploadBytes", source, key, options);
}

/** A regular file to one object, in parts where it is large. Throws StorageError. */
export async function uploadFile(
  context: TransferContext,
  filePath: string | URL,
  key: string,
  options: UploadOptions = {},
): Promise<WrittenObject> {
  const localPath = typeof filePath === "string" ? filePath : fileURLToPath(filePath);
  assertObjectKey(key, "uploadFile");
  const source = await FileSource.open(localPath);
  try {
    return await upload(context, "uploadFile", source, key, options);
  } finally {
    await source.close();
  }
}

async function toBytes(contents: UploadContents): Promise<Uint8Array> {
  if (typeof contents === "string") return Buffer.from(contents, "utf8");
  if (contents instanceof Uint8Array) return contents;
  if (contents instanceof ArrayBuffer) return new Uint8Array(contents);
  return new Uint8Array(await contents.arrayBuffer());
}

async function upload(
  context: TransferContext,
  operation: string,
  source: ByteSource,
  key: string,
  options: UploadOptions,
): Promise<WrittenObject> {
  assertObjectKey(key, operation);
  return inScope(operation, options, async (scope) => {
    const stored = { ...objectHeaders(options), ...toEncryption(context, options.sse) };
    const write = (target: string, conditions: WriteConditions): Promise<PutResult> =>
      writeObject(context, { key: target, source, conditions, stored, options }, scope);
    const put = await replaceWhenRefused(context, { key, source, options, scope, write });
    options.onProgress?.({ doneBytes: source.sizeBytes, totalBytes: source.sizeBytes });
    return { key, sizeBytes: source.sizeBytes, put };
  });
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
