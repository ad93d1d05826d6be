import { types } from "node:util";
import { wrongArgument } from "../../core/check-options.ts";
import type { UploadContents } from "../transfer-options.ts";

/** All bytes of what `uploadBytes` takes. Throws InvalidArgument for anything else. */
export async function toBytes(contents: UploadContents): Promise<Uint8Array> {
  if (typeof contents === "string") return Buffer.from(contents, "utf8");
  const bytes = bytesOf(contents);
  if (bytes !== undefined) return bytes;
  if (isBlob(contents)) return new Uint8Array(await contents.arrayBuffer());
  throw wrongArgument(
    "uploadBytes",
    "the contents",
    "a string, bytes (Uint8Array, ArrayBuffer, any view of one) or a Blob",
    contents,
  );
}

/** One chunk of a stream. Throws InvalidArgument for what is no bytes. */
export function toChunk(operation: string, chunk: unknown): Uint8Array {
  const bytes = bytesOf(chunk);
  if (bytes !== undefined) return bytes;
  const wanted =
    typeof chunk === "string"
      ? "bytes; leave the stream's encoding out, or encode its text"
      : "bytes (Uint8Array, ArrayBuffer, any view of one)";
  throw wrongArgument(operation, "each chunk of the stream", wanted, chunk);
}

/** Every byte of a view, whatever its elements; also of another realm, as test runners make them. */
function bytesOf(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  return types.isAnyArrayBuffer(value) ? new Uint8Array(value) : undefined;
}

/** A File is one, too; and so is that of another realm. */
export function isBlob(value: unknown): value is Blob {
  const blob = value as Partial<Blob> | null;
  return (
    typeof blob === "object" &&
    typeof blob?.arrayBuffer === "function" &&
    typeof blob.size === "number" &&
    typeof blob.type === "string"
  );
}
