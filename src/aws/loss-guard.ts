import { StorageError } from "../core/errors.ts";
import { unknownElements, type DocumentShape } from "./document-shapes.ts";

/**
 * Remembers buckets whose document holds elements that the SDK does not know. Reading goes on without
 * them, but writing the document back would delete them, so that is refused.
 */
export class LossGuard {
  readonly #shape: DocumentShape;
  readonly #lost = new Map<string, readonly string[]>();

  constructor(shape: DocumentShape) {
    this.#shape = shape;
  }

  note(bucket: string, xml: string): void {
    this.#lost.set(bucket, unknownElements(xml, this.#shape));
  }

  /** Throws NotSupported. */
  assertNone(bucket: string): void {
    const names = this.#lost.get(bucket) ?? [];
    if (names.length === 0) return;
    throw new StorageError(
      "NotSupported",
      `The ${this.#shape.title} of ${bucket} holds ${names.join(", ")}, which this version does not ` +
        "know and would delete by writing it back.",
      { bucket, remedy: "Change it with the store's own tool, or use a newer version." },
    );
  }
}
