import { parseS3Uri, type S3Uri } from "../core/object-key.ts";
import type { Settings } from "../settings/settings.ts";
import { requireBucket } from "./context.ts";
import { UsageError } from "./exit-codes.ts";

/** Where `cp` reads or writes. */
export type Location =
  | { readonly kind: "remote"; readonly uri: S3Uri }
  | { readonly kind: "local"; readonly path: string }
  | { readonly kind: "stream" };

/** For commands that have no local side: `s3://bucket/key`, or a bare key of the configured bucket. */
export function remoteLocation(text: string | undefined, settings: Settings): S3Uri {
  if (text === undefined) return { bucket: requireBucket(settings), key: "" };
  assertGiven(text);
  if (text.startsWith("s3://")) return readUri(text);
  if (/^s3:/i.test(text)) throw misspelled(text);
  return { bucket: requireBucket(settings), key: text };
}

/** For `cp`: only `s3://` is remote, so that a key can never be taken for a file. */
export function location(text: string): Location {
  assertGiven(text);
  if (text === "-") return { kind: "stream" };
  if (text.startsWith("s3://")) return { kind: "remote", uri: readUri(text) };
  if (/^s3:\/|^S3:/.test(text)) throw misspelled(text);
  return { kind: "local", path: text };
}

/** `rm -r "$UNSET"` must not mean everything. */
function assertGiven(text: string): void {
  if (text !== "") return;
  throw new UsageError(
    "One of the places is empty.",
    "A variable in the command may be unset. A whole bucket is s3://BUCKET/.",
  );
}

function misspelled(text: string): UsageError {
  return new UsageError(
    `${text} looks like a misspelled s3://BUCKET/KEY.`,
    "Write s3:// in small letters with two slashes; for a key that begins so, s3://BUCKET/s3:...",
  );
}

/** The object that is meant; a bucket or folder alone is a mistake here. */
export function objectLocation(text: string, settings: Settings): S3Uri {
  const place = remoteLocation(text, settings);
  if (place.key === "") {
    throw new UsageError(`${text} names a bucket, not an object.`, "Write s3://BUCKET/KEY.");
  }
  return place;
}

/** A bucket itself, as `s3://BUCKET`. */
function bucketLocation(text: string): string {
  assertGiven(text);
  const uri = parseS3Uri(text);
  if (uri?.key === "") return uri.bucket;
  if (uri !== undefined) {
    throw new UsageError(`${text} names an object, not a bucket.`, `Write s3://${uri.bucket}.`);
  }
  throw new UsageError(`${text} is no bucket's address.`, "Write s3://BUCKET.");
}

/** The same, where `--bucket` may name it as well: not another one. Throws UsageError. */
export function agreedBucket(place: string, said: string | undefined): string {
  const bucket = bucketLocation(place);
  if (said === undefined || said === bucket) return bucket;
  throw new UsageError(`--bucket names ${said}, and ${place} another.`, "Name one of the two.");
}

function readUri(text: string): S3Uri {
  const uri = parseS3Uri(text);
  if (uri === undefined) throw new UsageError(`${text} names no bucket.`, "Write s3://BUCKET/KEY.");
  return uri;
}
