import { wrongArgument } from "../core/check-options.ts";
import type { TransferContext } from "../transfer/transfer-context.ts";
import type { UploadContents, UploadStreamOptions } from "../transfer/transfer-options.ts";
import { isBlob } from "../transfer/upload/to-bytes.ts";
import { uploadBytes } from "../transfer/upload/upload-object.ts";
import { uploadStream } from "../transfer/upload/upload-stream.ts";
import type { WrittenObject } from "../transfer/written-object.ts";
import type { FileContents } from "./file-contents.ts";

/** Chooses the way for each kind of contents: at once, by position, or as they come. */
export async function writeFile(
  context: TransferContext,
  key: string,
  contents: FileContents,
  options: UploadStreamOptions = {},
): Promise<WrittenObject> {
  if (isInMemory(contents)) {
    const { expectedBytes: _told, ...rest } = options;
    return uploadBytes(context, contents, key, rest);
  }
  return uploadStream(context, asChunks(contents), key, options);
}

function isInMemory(contents: FileContents): contents is UploadContents {
  return (
    typeof contents === "string" ||
    ArrayBuffer.isView(contents) ||
    contents instanceof ArrayBuffer ||
    isBlob(contents) ||
    Object.prototype.toString.call(contents).endsWith("ArrayBuffer]")
  );
}

function asChunks(contents: Exclude<FileContents, UploadContents>): AsyncIterable<Uint8Array> {
  const given = contents as Partial<AsyncIterable<Uint8Array> & Iterable<Uint8Array>> | null;
  if (typeof given === "object" && given !== null) {
    if (typeof given[Symbol.asyncIterator] === "function") {
      return given as AsyncIterable<Uint8Array>;
    }
    if (typeof given[Symbol.iterator] === "function") return later(given as Iterable<Uint8Array>);
  }
  throw wrongArgument(
    "write",
    "the contents",
    "a string, bytes, a Blob, a stream, or an iterable of bytes",
    contents,
  );
}

async function* later(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  yield* chunks;
}
