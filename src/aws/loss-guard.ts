import type { SettingName } from "../core/bucket-settings.ts";
import { StorageError } from "../core/errors.ts";

/**
 * Remembers settings whose document holds elements that this version does not know. Reading goes on
 * without them, but writing the document back would delete them, so that is refused.
 */
export class LossGuard {
  readonly #lost = new Map<string, readonly string[]>();

  /** What the document as it is now holds beyond what was read. */
  note(bucket: string, name: SettingName, unknown: readonly string[]): void {
    this.#lost.set(`${bucket}/${name}`, unknown);
  }

  /** Throws NotSupported. */
  assertNone(bucket: string, name: SettingName): void {
    const unknown = this.#lost.get(`${bucket}/${name}`) ?? [];
    if (unknown.length === 0) return;
    throw new StorageError(
      "NotSupported",
      `The ${name} of ${bucket} holds ${unknown.join(", ")}, which this version does not ` +
        "know and would delete by writing it back.",
      {
        bucket,
        // Not a thing that the store lacks.
        details: { unknownElements: unknown.join(", ") },
        remedy: "Change it with the store's own tool, or use a newer version.",
      },
    );
  }
}
