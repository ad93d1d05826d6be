import { fileURLToPath } from "node:url";
import { assertObjectKey } from "../core/object-key.ts";
import { transferLimits } from "../core/limits.ts";
import type { PutResult, WriteConditions } from "../core/object-store.ts";
import type { ByteSource } from "./byte-source.ts";
import { memorySource } from "./byte-source.ts";
import { toEncryption, toKey } from "./file-context.ts";
import type { FileContext } from "./file-context.ts";
import { FileSource } from "./file-source.ts";
import type { UploadContents, UploadOptions, UploadResult } from "./file-service.ts";
import { objectHeaders } from "./object-headers.ts";
import { inScope } from "./operation-scope.ts";
import type { OperationScope } from "./operation-scope.ts";
import { replaceWhenRefused } from "./replace-object.ts";
import { uploadMultipart } from "./upload-multipart.ts";
import type { WriteRequest } from "./upload-multipart.ts";
import { toUploadResult } from "./upload-result.ts";

export async function uploadBytes(
  context: FileContext,
  contents: UploadContents,
  path: string,
  options: UploadOptions = {},
): Promise<UploadResult> {
  const source = memorySource(await toBytes(contents));
  return upload(context, "uploadBytes", source, path, options);
}

export async function uploadFile(
  context: FileContext,
  filePath: string | URL,
  path: string,
  options: UploadOptions = {},
): Promise<UploadResult> {
  const localPath = typeof filePath === "string" ? filePath : fileURLToPath(filePath);
  assertObjectKey(toKey(context, path), "uploadFile");
  const source = await FileSource.open(localPath);
  try {
    return await upload(context, "uploadFile", source, path, options);
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
  context: FileContext,
  operation: string,
  source: ByteSource,
  path: string,
  options: UploadOptions,
): Promise<UploadResult> {
  const key = toKey(context, path);
  assertObjectKey(key, operation);
  return inScope(operation, options, async (scope) => {
    const stored = { ...objectHeaders(options), ...toEncryption(context, options.sse) };
    const write = (target: string, conditions: WriteConditions): Promise<PutResult> =>
      writeObject(context, { key: target, source, conditions, stored, options }, scope);
    const result = await replaceWhenRefused(context, { key, source, options, scope, write });
    options.onProgress?.({ doneBytes: source.sizeBytes, totalBytes: source.sizeBytes });
    return toUploadResult(key, source.sizeBytes, result);
  });
}

async function writeObject(
  context: FileContext,
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
