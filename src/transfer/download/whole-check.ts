import type { RunningDigest } from "../../core/checksum.ts";
import { StorageError } from "../../core/errors.ts";
import type { ObjectHead } from "../../core/object-store.ts";
import type { TransferContext } from "../transfer-context.ts";

/** Compares a whole object, given in order, with the checksum that the store keeps of it. */
export class WholeCheck {
  readonly #head: ObjectHead;
  readonly #bucket: string;
  readonly #digest: RunningDigest | undefined;
  #sizeBytes = 0;

  constructor(context: TransferContext, head: ObjectHead) {
    this.#head = head;
    this.#bucket = context.store.bucket;
    const { checksum } = head;
    this.#digest =
      checksum?.type === "FULL_OBJECT" ? context.createDigest(checksum.algorithm) : undefined;
  }

  update(bytes: Uint8Array): void {
    this.#sizeBytes += bytes.length;
    this.#digest?.update(bytes);
  }

  /** Throws IntegrityError. */
  finish(operation: string): void {
    this.finishWith(operation, this.#sizeBytes, this.#digest?.digest());
  }

  /** As `finish`, of a size and a digest that were reckoned elsewhere. Without a digest: of the size alone. */
  finishWith(operation: string, foundBytes: number, digest: Uint8Array | undefined): void {
    const { checksum, key, sizeBytes } = this.#head;
    if (foundBytes !== sizeBytes) {
      throw this.#error(operation, `${foundBytes} bytes came instead of ${sizeBytes}`);
    }
    if (digest === undefined || checksum === undefined) return;
    const found = Buffer.from(digest).toString("base64");
    if (found === checksum.value) return;
    const what = `the bytes of ${key} have ${checksum.algorithm} ${found}, stored ${checksum.value}`;
    throw this.#error(operation, what);
  }

  #error(operation: string, what: string): StorageError {
    return new StorageError("IntegrityError", `${operation}: ${what}.`, {
      operation,
      bucket: this.#bucket,
      key: this.#head.key,
      retryable: true,
      remedy: "Read it again; when it stays so, the object or a proxy on the way is damaged.",
    });
  }
}
