import { createHash } from "node:crypto";
import { parseChecksumAlgorithm } from "../../core/checksum.ts";
import type { UploadedPart } from "../../core/object-store.ts";
import type { SourceIdentity } from "../upload/byte-source.ts";
import { isRecord } from "./read-journal.ts";

/** What the first line of an upload's journal says. */
export interface UploadHeader {
  readonly source: SourceIdentity;
  /** Of all that is stored with the object, and of how its bytes are checked; see `digestOf`. */
  readonly headers: string;
  readonly partBytes: number;
  /** When the upload was asked for, in milliseconds since 1970. */
  readonly begunAtMs: number;
}

/** A fingerprint of settings, whatever the order of their names. */
export function digestOf(settings: unknown): string {
  return createHash("sha256").update(JSON.stringify(settings, inOrder)).digest("hex");
}

function inOrder(_name: string, value: unknown): unknown {
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Undefined: not what this release writes. */
export function readUploadHeader(
  header: Readonly<Record<string, unknown>>,
): UploadHeader | undefined {
  const { source, headers, partBytes, begunAtMs = 0 } = header;
  if (!isRecord(source) || typeof headers !== "string" || typeof begunAtMs !== "number") {
    return undefined;
  }
  if (typeof partBytes !== "number" || !(partBytes > 0)) return undefined;
  const { sizeBytes, mtimeNs, ctimeNs, inode } = source;
  if (typeof sizeBytes !== "number" || typeof mtimeNs !== "string") return undefined;
  if (typeof ctimeNs !== "string" || typeof inode !== "string") return undefined;
  return { source: { sizeBytes, mtimeNs, ctimeNs, inode }, headers, partBytes, begunAtMs };
}

/**
 * The line that follows the header once the store has made the upload; up to release 0.1 it stood in
 * the header. Undefined: nobody heard of the upload, if there is one.
 */
export function readUploadId(lines: readonly unknown[]): string | undefined {
  for (const line of lines) {
    if (isRecord(line) && typeof line["uploadId"] === "string") return line["uploadId"];
  }
  return undefined;
}

/** The parts that an earlier run had an answer for, by number; the last line about one counts. */
export function readParts(records: readonly unknown[]): Map<number, UploadedPart> {
  const parts = new Map<number, UploadedPart>();
  for (const record of records) {
    const part = readPart(record);
    if (part !== undefined) parts.set(part.partNumber, part);
  }
  return parts;
}

function readPart(record: unknown): UploadedPart | undefined {
  if (!isRecord(record)) return undefined;
  const { partNumber, etag, sizeBytes, checksum } = record;
  if (typeof partNumber !== "number" || typeof etag !== "string" || typeof sizeBytes !== "number") {
    return undefined;
  }
  const part = { partNumber, etag, sizeBytes };
  if (checksum === undefined) return part;
  if (!isRecord(checksum)) return undefined;
  const { type, value } = checksum;
  const algorithm = parseChecksumAlgorithm(String(checksum["algorithm"]));
  if (algorithm === undefined || typeof value !== "string") return undefined;
  if (type !== "FULL_OBJECT" && type !== "COMPOSITE") return undefined;
  return { ...part, checksum: { algorithm, type, value } };
}
