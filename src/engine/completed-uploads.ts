import { createHash } from "node:crypto";
import type { CompleteUploadInput } from "./engine.ts";
import type { WriteContext } from "./group-commit.ts";
import { everything, numberKey } from "./index-keys.ts";
import type { VersionRow } from "./rows.ts";
import type { Tables } from "./tables.ts";
import { sequenceOf } from "./version-id.ts";
import { readVersion, type KeyAddress } from "./version-store.ts";
import { bareEtag } from "../protocol/headers/etag.ts";

const keptMs = 24 * 60 * 60 * 1000;
/** Old notes looked at whenever a new one is made, so that they cannot pile up. */
const prunedAtOnce = 4;

/**
 * A client whose answer was lost completes its upload a second time. S3 answers that with success
 * for a while, so a note of each completion is kept for a day.
 */
export function rememberCompletion(
  context: WriteContext,
  address: KeyAddress,
  uploadId: string,
  version: VersionRow,
): void {
  const { completions } = context.tables;
  prune(context, version.at);
  completions.put(numberKey(sequenceOf(uploadId)), {
    upload: uploadId,
    bucket: address.bucketId,
    key: address.key.toString("base64url"),
    seq: version.seq,
    version: version.id,
    at: version.at,
  });
}

/** The object that this upload became, if the parts are the same and the object is still there. */
export function repeatedCompletion(
  tables: Tables,
  address: KeyAddress,
  input: CompleteUploadInput,
): VersionRow | undefined {
  const row = tables.completions.get(numberKey(sequenceOf(input.uploadId)));
  const sameUpload =
    row?.upload === input.uploadId &&
    row.bucket === address.bucketId &&
    row.key === address.key.toString("base64url");
  if (!sameUpload) return undefined;
  const version = readVersion(tables, address, row.version);
  const same = version?.seq === row.seq && version.etag === etagOf(input.parts);
  return same ? version : undefined;
}

function etagOf(parts: CompleteUploadInput["parts"]): string {
  const hash = createHash("md5");
  for (const part of parts) hash.update(Buffer.from(bareEtag(part.etag), "hex"));
  return `${hash.digest("hex")}-${parts.length}`;
}

function prune(context: WriteContext, nowMs: number): void {
  const { completions } = context.tables;
  const old: Uint8Array[] = [];
  let looked = 0;
  for (const entry of completions.range(everything)) {
    if (entry.row.at < nowMs - keptMs) old.push(entry.key);
    looked += 1;
    if (looked === prunedAtOnce) break;
  }
  for (const key of old) completions.remove(key);
}
