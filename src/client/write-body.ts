import { wrongArgument } from "../core/check-options.ts";
import { StorageError } from "../core/errors.ts";
import type { UploadSource } from "../core/object-store.ts";
import type { Connection } from "./connection/connection.ts";

export interface BodyWriterHooks {
  /** True when the request is over and further bytes would be in vain. */
  isOver(): boolean;
  /**
   * Called before and after each wait for the source, so that no timeout of the network counts it.
   */
  onSourceWait(isWaiting: boolean): void;
  /** Called for bytes that the connection has taken. */
  onSent(sizeBytes: number): void;
}

/** Sends a source's bytes no faster than the connection takes them, and exactly as many as promised. */
export async function writeBody(
  connection: Connection,
  source: UploadSource,
  hooks: BodyWriterHooks,
): Promise<void> {
  let sentBytes = 0;
  hooks.onSourceWait(true);
  for await (const chunk of source.open()) {
    hooks.onSourceWait(false);
    if (hooks.isOver()) return;
    // Of wider elements, length is not the number of bytes.
    if (chunk.byteLength !== chunk.length) throw noBytes(chunk);
    sentBytes += chunk.length;
    if (sentBytes > source.lengthBytes) throw wrongLength(source.lengthBytes, "more");
    const isFull = !connection.send(chunk);
    hooks.onSent(chunk.length);
    if (isFull) await connection.drained();
    if (hooks.isOver()) return;
    hooks.onSourceWait(true);
  }
  hooks.onSourceWait(false);
  if (sentBytes < source.lengthBytes) throw wrongLength(source.lengthBytes, `only ${sentBytes}`);
}

function wrongLength(lengthBytes: number, found: string): StorageError {
  return new StorageError(
    "InvalidArgument",
    `The body was announced with ${lengthBytes} bytes but its source gave ${found}.`,
    { remedy: "Do not change the source while it is being uploaded." },
  );
}

function noBytes(chunk: unknown): StorageError {
  return wrongArgument("The upload", "each chunk of its source", "a Uint8Array", chunk);
}
