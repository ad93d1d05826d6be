import type { DigestFactory } from "../core/checksum.ts";
import { StorageError } from "../core/errors.ts";
import { parseS3Uri } from "../core/object-key.ts";
import type { EncryptionOptions, ObjectStore } from "../core/object-store.ts";
import type { ReplaceStrategy, ServerSideEncryption } from "./file-service.ts";

/** What the operations of one file service share. */
export interface FileContext {
  readonly store: ObjectStore;
  readonly sse: ServerSideEncryption;
  readonly directories: "omit" | "include";
  readonly replace: ReplaceStrategy;
  readonly createDigest: DigestFactory;
  /** A new name for each staging object and temporary file. */
  readonly randomName: () => string;
}

/** The key that a path means: itself, or what stands behind `s3://` and this bucket's name. */
export function toKey(context: FileContext, path: string): string {
  const { bucket } = context.store;
  const uri = parseS3Uri(path);
  if (uri === undefined) return path;
  if (uri.bucket === bucket) return uri.key;
  throw new StorageError(
    "InvalidArgument",
    `${path} is in bucket ${uri.bucket}, but this service works on ${bucket}.`,
    { bucket, remedy: `Open a service on ${uri.bucket}, or give the key alone.` },
  );
}

export function toEncryption(
  context: FileContext,
  sse: ServerSideEncryption | undefined,
): EncryptionOptions {
  const choice = sse ?? context.sse;
  if (choice === "bucket-default") return {};
  if (choice === "AES256") return { encryption: "AES256" };
  return { encryption: choice.kms === "" ? {} : { kmsKeyId: choice.kms } };
}
