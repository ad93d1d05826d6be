import {
  checksumHeader,
  type ChecksumAlgorithm,
  type ObjectChecksum,
  type RunningDigest,
} from "../../core/checksum.ts";
import { StorageError } from "../../core/errors.ts";
import type { CallOptions, PutOptions, UploadBody, UploadSource } from "../../core/object-store.ts";
import { requireAbility, type StoreContext } from "./store-context.ts";

export interface UploadChecksum {
  readonly checksum: ObjectChecksum | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Nobody asked for it, so it may be left out when the store refuses it. */
  readonly automatic: boolean;
}

/** What is hashed, and for which call. */
export interface ChecksumSubject {
  readonly about: { readonly operation: string; readonly key?: string };
  readonly body: UploadBody;
  readonly call?: CallOptions;
}

const noChecksum: UploadChecksum = { checksum: undefined, headers: {}, automatic: false };

/** The dialect's algorithm, unless this endpoint has refused checksums before. */
export function automaticAlgorithm(store: StoreContext): ChecksumAlgorithm | undefined {
  const { value } = store.dialect.uploadChecksum;
  return value === "none" || store.state.checksumsRefused ? undefined : value;
}

/**
 * The checksum to send as a header. Computed before the body is sent, never as a trailer: part and
 * object bodies are in memory anyway, and a source that is asked for one is read twice.
 */
export async function uploadChecksum(
  store: StoreContext,
  subject: ChecksumSubject,
  choice: PutOptions["checksum"] = "auto",
): Promise<UploadChecksum> {
  const { about, body } = subject;
  if (choice === "none") return noChecksum;
  if (choice === "auto") {
    const algorithm = automaticAlgorithm(store);
    if (algorithm === undefined || !(body instanceof Uint8Array)) return noChecksum;
    return { ...asHeaders(await compute(store, subject, algorithm)), automatic: true };
  }
  requireAbility(store, "checksumHeaders", { ...about, name: "checksum headers" });
  const checksum = typeof choice === "string" ? await compute(store, subject, choice) : choice;
  return { ...asHeaders(checksum), automatic: false };
}

async function compute(
  store: StoreContext,
  { about, body, call = {} }: ChecksumSubject,
  algorithm: ChecksumAlgorithm,
): Promise<ObjectChecksum> {
  const digest = store.createDigest(algorithm);
  if (digest === undefined) {
    throw new StorageError("NotSupported", `The checksum ${algorithm} cannot be computed here.`);
  }
  if (body instanceof Uint8Array) digest.update(body);
  else
    await store.sender.prepare(
      () => readInto(digest, body),
      { bucket: store.bucket, ...about },
      call,
    );
  const value = Buffer.from(digest.digest()).toString("base64");
  return { algorithm, type: "FULL_OBJECT", value };
}

async function readInto(digest: RunningDigest, source: UploadSource): Promise<void> {
  for await (const chunk of source.open()) digest.update(chunk);
}

function asHeaders(checksum: ObjectChecksum): Pick<UploadChecksum, "checksum" | "headers"> {
  return {
    checksum,
    headers: {
      [checksumHeader(checksum.algorithm)]: checksum.value,
      "x-amz-sdk-checksum-algorithm": checksum.algorithm,
    },
  };
}

/**
 * Runs an upload and, when the store refuses the checksum header that we added on our own, drops it
 * for this endpoint from now on and runs the upload again.
 */
export async function withoutRefusedChecksum<T>(
  store: StoreContext,
  operation: string,
  upload: (isSecondTry: boolean) => Promise<T>,
): Promise<T> {
  try {
    return await upload(false);
  } catch (error) {
    if (store.state.checksumsRefused || !isChecksumRefusal(error)) throw error;
    store.state.checksumsRefused = true;
    store.onEvent?.({ type: "checksums-dropped", operation, detail: error.message });
    return upload(true);
  }
}

/** R2 answered 501 naming the header (aws-sdk-js-v3 #6810), others 400. A wrong value is no refusal. */
function isChecksumRefusal(error: unknown): error is StorageError {
  if (!(error instanceof StorageError) || error.code === "IntegrityError") return false;
  if (error.status !== 501 && error.status !== 400) return false;
  return /checksum/i.test(`${error.message} ${error.details["Header"] ?? ""}`);
}
