import { parseS3Uri, type S3Uri } from "../core/object-key.ts";
import type { Settings } from "../settings/settings.ts";
import { requireBucket } from "./context.ts";
import { UsageError } from "./exit-codes.ts";

/** Where `cp` reads or writes. */
export type Location =
  | { readonly kind: "remote"; readonly bucket: string; readonly key: string }
  | { readonly kind: "local"; readonly path: string }
  | { readonly kind: "stream" };

/** For commands that have no local side: `s3://bucket/key`, or a bare key of the configured bucket. */
export function remoteLocation(text: string | undefined, settings: Settings): S3Uri {
  if (text === undefined || text === "") return { bucket: requireBucket(settings), key: "" };
  if (!text.startsWith("s3://")) return { bucket: requireBucket(settings), key: text };
  return readUri(text);
}

/** For `cp`: only `s3://` is remote, so that a key can never be taken for a file. */
export function location(text: string): Location {
  if (text === "-") return { kind: "stream" };
  if (text.startsWith("s3://")) return { kind: "remote", ...readUri(text) };
  return { kind: "local", path: text };
}

/** The object that is meant; a bucket or folder alone is a mistake here. */
export function objectLocation(text: string, settings: Settings): S3Uri {
  const place = remoteLocation(text, settings);
  if (place.key === "") {
    throw new UsageError(`${text} names a bucket, not an object.`, "Write s3://BUCKET/KEY.");
  }
  return place;
}

function readUri(text: string): S3Uri {
  const uri = parseS3Uri(text);
  if (uri === undefined) throw new UsageError(`${text} names no bucket.`, "Write s3://BUCKET/KEY.");
  return uri;
}

export function formatUri({ bucket, key }: S3Uri): string {
  return `s3://${bucket}/${key}`;
}
