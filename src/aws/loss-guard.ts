import type { SettingName } from "../core/bucket-settings.ts";
import { StorageError } from "../core/errors.ts";
import type { XmlNode } from "../protocol/xml/render.ts";

interface HeldUnknown {
  readonly unknown: readonly string[];
  readonly answer: string;
}

/**
 * Remembers settings whose document holds elements that this version does not know. Reading goes on
 * without them; writing the document back without them would delete them, so that they go along, or
 * nothing is written.
 */
export class LossGuard {
  readonly #held = new Map<string, HeldUnknown>();

  /** What the document as it is now holds beyond what was read. */
  note(bucket: string, name: SettingName, unknown: readonly string[], answer: string): void {
    this.#held.set(`${bucket}/${name}`, { unknown, answer });
  }

  /**
   * The document to write, by `over` with what is not known in its place; undefined: there is nothing of
   * that kind. Throws NotSupported where it has no place.
   */
  keepUnknown(
    bucket: string,
    name: SettingName,
    over: (answer: string) => XmlNode | undefined,
  ): XmlNode | undefined {
    const { unknown = [], answer = "" } = this.#held.get(`${bucket}/${name}`) ?? {};
    if (unknown.length === 0) return undefined;
    const document = over(answer);
    if (document !== undefined) return document;
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
