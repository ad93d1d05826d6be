import type { WebByteStream } from "../core/web-byte-stream.ts";
import type { UploadContents } from "../transfer/transfer-options.ts";

/** Anything that holds or gives bytes. */
export type FileContents =
  | UploadContents
  | AsyncIterable<Uint8Array>
  | Iterable<Uint8Array>
  | WebByteStream;
