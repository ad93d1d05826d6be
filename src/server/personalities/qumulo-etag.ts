import { createHash, randomBytes } from "node:crypto";
import type { ObjectRecord, PartRecord } from "../../engine/engine.ts";

/**
 * ETags in the form of the one example that Qumulo's documentation has, `-gUAAAAAAAAAAwAAAAAAAAA`: 17
 * bytes of which the first is always FA, in base64url. What the others mean is not known, so here they
 * are random.
 */
const firstByte = 0xfa;
const restBytes = 16;

export function newEtag(): string {
  return etagOf(randomBytes(restBytes));
}

/** An object that was stored otherwise, in parts or before the store was Qumulo, has a steady one too. */
export function asQumuloObject(record: ObjectRecord): ObjectRecord {
  if (record.etag.startsWith("-")) return record;
  const seed = `${record.etag} ${record.versionId} ${record.lastModified.getTime()}`;
  return { ...record, etag: etagOf(createHash("md5").update(seed).digest()) };
}

/** Checksums are not kept, so that no answer tells one. */
export function withoutChecksum(record: ObjectRecord): ObjectRecord {
  const { checksum: _, ...rest } = asQumuloObject(record);
  return rest;
}

export function asQumuloPart(part: PartRecord): PartRecord {
  const { checksum: _, ...rest } = part;
  return { ...rest, etag: etagOf(Buffer.from(part.etag, "hex")) };
}

/** The MD5 behind a part's ETag; any other text comes back as it is, and fits no part. */
export function partMd5(etag: string): string {
  const bytes = Buffer.from(etag, "base64url");
  const fits = bytes.length === restBytes + 1 && bytes[0] === firstByte;
  return fits ? bytes.toString("hex", 1) : etag;
}

function etagOf(rest: Uint8Array): string {
  return Buffer.concat([Buffer.of(firstByte), rest]).toString("base64url");
}
