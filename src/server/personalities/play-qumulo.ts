import { s3Limits, serverLimits } from "../../core/limits.ts";
import type { Engine, UploadRecord } from "../../engine/engine.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import { unsupportedMechanism } from "../../protocol/sigv4/header-claim.ts";
import type { S3Response } from "../operation.ts";
import type { Personality, Refusal } from "./personality.ts";
import { playQumulo } from "./qumulo-engine.ts";
import { qumuloFacts } from "./qumulo-facts.ts";
import { createQumuloPolicies } from "./qumulo-policy.ts";
import { restateAsQumulo, takeAsQumulo } from "./qumulo-request.ts";
import { parseQumuloVersion } from "./qumulo-version.ts";

/** Qumulo Core's S3. Throws StorageError ConfigurationError for a version that it never had. */
export function qumuloPersonality(text: string, overwrite?: Refusal): Personality {
  const version = parseQumuloVersion(text);
  return {
    name: "qumulo",
    version: text,
    region: "local",
    policyMustAllow: true,
    policies: createQumuloPolicies(),
    playOn: (engine) => playQumulo(engine, overwrite ?? qumuloFacts.overwrite.reaction),
    take: (understood) => takeAsQumulo(understood, version),
    restate: (error) => restateAsQumulo(error, unsupportedMechanism),
    shape: withoutForeignHeaders,
    tidy: expireUploads,
  };
}

/** Headers that only AWS's answers have. */
const foreign =
  /^x-amz-(?:server-side-encryption|checksum-|bucket-arn|access-point-alias|expiration|abort-)/;

function withoutForeignHeaders(response: S3Response): S3Response {
  const { headers } = response;
  if (headers === undefined || !Object.keys(headers).some((name) => foreign.test(name))) {
    return response;
  }
  const kept = Object.entries(headers).filter(([name]) => !foreign.test(name));
  return { ...response, headers: Object.fromEntries(kept) };
}

const expiryMs = 86_400_000;

/** Ends uploads that got no data for a day. */
async function expireUploads(engine: Engine, now: Date): Promise<void> {
  const old = (date: Date): boolean => now.getTime() - date.getTime() >= expiryMs;
  for (const { name: bucket } of engine.listBuckets()) {
    let next: { keyMarker: string; uploadIdMarker: string } | undefined;
    do {
      const page = engine.listUploads({
        bucket,
        limit: serverLimits.lifecycleStepEntries,
        ...next,
      });
      for (const upload of page.entries) {
        if (old(upload.initiatedAt) && partsAreOld(engine, upload, old)) {
          await abort(engine, upload);
        }
      }
      const last = page.entries.at(-1);
      next =
        page.truncated && last !== undefined
          ? { keyMarker: last.key, uploadIdMarker: last.uploadId }
          : undefined;
    } while (next !== undefined);
  }
}

function partsAreOld(
  engine: Engine,
  { bucket, key, uploadId }: UploadRecord,
  old: (date: Date) => boolean,
): boolean {
  const parts = engine.listParts(bucket, key, uploadId, 0, s3Limits.partsPerUpload);
  return parts.every(({ lastModified }) => old(lastModified));
}

/** It may have been completed meanwhile. */
async function abort(engine: Engine, { bucket, key, uploadId }: UploadRecord): Promise<void> {
  try {
    await engine.abortUpload(bucket, key, uploadId);
  } catch (error) {
    if (!(error instanceof S3Error) || error.status !== 404) throw error;
  }
}
