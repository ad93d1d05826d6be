import { StorageError } from "../../core/errors.ts";

/** A version of Qumulo Core, such as 7.1.2; up to four numbers, missing ones count as 0. */
export interface QumuloVersion {
  readonly text: string;
  readonly numbers: readonly number[];
}

/** With 5.3.3 its S3 was complete: multipart uploads and copies came. Source: release notes of its S3 API. */
const oldest = "5.3.3";
/** `latest`, and the `x` of `7.2.x`. */
const newest = Number.MAX_SAFE_INTEGER;

/** Throws StorageError ConfigurationError for what is no version or older than S3 there. */
export function parseQumuloVersion(text: string): QumuloVersion {
  const numbers = text === "latest" ? [newest] : numbersOf(text);
  const version = numbers === undefined ? undefined : { text, numbers };
  if (version !== undefined && isAtLeast(version, oldest)) return version;
  throw new StorageError("ConfigurationError", problemOf(text, version), {
    remedy:
      "Use latest, or a version such as 6.2 (before 6.3), 6.3, 7.0, 7.1.2 or 7.2.x: `qumulo@7.1.2`.",
  });
}

function problemOf(text: string, version: QumuloVersion | undefined): string {
  if (text === "") return "Behind qumulo@ stands no version of Qumulo Core.";
  if (version === undefined) return `${text} is no version of Qumulo Core.`;
  return `Qumulo Core ${text} had no complete S3; that came with ${oldest}.`;
}

/** Undefined `since`: since ever. */
export function isAtLeast({ numbers }: QumuloVersion, since: string | undefined): boolean {
  const others = since === undefined ? [] : (numbersOf(since) ?? []);
  for (let index = 0; index < Math.max(numbers.length, others.length); index += 1) {
    const own = numbers[index] ?? 0;
    const other = others[index] ?? 0;
    if (own !== other) return own > other;
  }
  return true;
}

function numbersOf(text: string): number[] | undefined {
  if (!/^\d{1,4}(\.(\d{1,4}|x)){0,3}$/.test(text)) return undefined;
  return text.split(".").map((part) => (part === "x" ? newest : Number(part)));
}
