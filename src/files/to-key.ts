import { StorageError } from "../core/errors.ts";
import { parseS3Uri } from "../core/object-key.ts";

/** The key that a path means: itself, or what stands behind `s3://` and this bucket's name. */
export function toKey(bucket: string, path: string): string {
  const uri = parseS3Uri(path);
  if (uri === undefined) return path;
  if (uri.bucket === bucket) return uri.key;
  throw new StorageError(
    "InvalidArgument",
    `${path} is in bucket ${uri.bucket}, but this service works on ${bucket}.`,
    { bucket, remedy: `Open a service on ${uri.bucket}, or give the key alone.` },
  );
}
