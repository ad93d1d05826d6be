import type { StorageError } from "../../core/errors.ts";
import type { ObjectStore } from "../../core/object-store.ts";
import { createS3Store, type S3StoreOptions } from "../create-s3-store.ts";
import { s3Dialect } from "../dialects/s3.ts";

export const testCredentials = {
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
};

/** A store on a scripted server: no waiting between attempts, no more than the fewest, short timeouts. */
export function openTestStore(
  endpoint: string,
  options: Partial<S3StoreOptions> = {},
): ObjectStore {
  return createS3Store({
    bucket: "bkt",
    region: "us-east-1",
    credentials: () => Promise.resolve(testCredentials),
    dialect: s3Dialect,
    endpoint,
    random: () => 0,
    retry: { forMs: 0.001 },
    timeouts: { connectTimeoutMs: 1000, idleTimeoutMs: 300 },
    ...options,
  });
}

export async function readAll(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The error of a call that must fail. */
export function failureOf(promise: Promise<unknown>): Promise<StorageError> {
  return promise.then(
    () => Promise.reject(new Error("It succeeded.")),
    (error: unknown) => error as StorageError,
  );
}
