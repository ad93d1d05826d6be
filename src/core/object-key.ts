import { countOf } from "./count-of.ts";
import { checkArgument, isText } from "./check-options.ts";
import { StorageError } from "./errors.ts";
import { s3Limits } from "./limits.ts";

/**
 * An S3 key is any UTF-8 text of 1 to 1,024 bytes. It is not a path: `a//b`, `../x`, `a/` and `/a`
 * are four ordinary keys, so nothing here normalises anything.
 */
export function assertObjectKey(key: string, operation?: string): void {
  checkArgument(operation ?? "The call", "the key", key, isText);
  const context = operation === undefined ? { key } : { key, operation };
  if (key.length === 0) {
    throw new StorageError("InvalidKey", "The object key is empty.", {
      ...context,
      remedy: "Give a key of 1 to 1,024 bytes, such as results/run-1.tsv.",
    });
  }
  if (!key.isWellFormed()) {
    throw new StorageError(
      "InvalidKey",
      "The object key holds a lone surrogate, so it is not valid Unicode.",
      context,
    );
  }
  const sizeBytes = Buffer.byteLength(key, "utf8");
  if (sizeBytes > s3Limits.keyBytes) {
    throw new StorageError(
      "InvalidKey",
      `The object key has ${countOf(sizeBytes, "byte")}; S3 allows ${s3Limits.keyBytes}.`,
      {
        ...context,
        s3Code: "KeyTooLongError",
        remedy: "Shorten the key; non-ASCII letters take 2 to 4 bytes each.",
      },
    );
  }
}

/**
 * Order of S3 listings: by UTF-8 bytes. JavaScript's own differs where characters beyond U+FFFF meet
 * those from U+E000 to U+FFFF. Negative, zero or positive, as for `sort`.
 */
export function compareKeys(a: string, b: string): number {
  if (a === b) return 0;
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index += 1) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Halves of characters beyond U+FFFF come behind all whole ones. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

export interface S3Uri {
  readonly bucket: string;
  /** Empty for `s3://bucket` and `s3://bucket/`. */
  readonly key: string;
}

/** Reads `s3://bucket/key`; the key is taken as it stands, with no decoding. */
export function parseS3Uri(text: string): S3Uri | undefined {
  if (!text.startsWith("s3://")) return undefined;
  const rest = text.slice("s3://".length);
  const slash = rest.indexOf("/");
  const bucket = slash === -1 ? rest : rest.slice(0, slash);
  if (bucket.length === 0) return undefined;
  return { bucket, key: slash === -1 ? "" : rest.slice(slash + 1) };
}

export function formatS3Uri({ bucket, key }: S3Uri): string {
  return `s3://${bucket}/${key}`;
}

/** The prefix of what is in a folder: without its `/`, `exp-1` would be that of `exp-10/` as well. */
export function asFolder(key: string): string {
  return key === "" || key.endsWith("/") ? key : `${key}/`;
}
