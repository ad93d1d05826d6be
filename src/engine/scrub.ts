import { setTimeout as sleep } from "node:timers/promises";
import { serverLimits } from "../core/limits.ts";
import { S3Error } from "../protocol/s3-error.ts";
import { BlockSums, sumsKey } from "./block-sums.ts";
import type { BlobFiles, BlobId } from "./blob-files.ts";
import type { ContentStore } from "./content-store.ts";
import type { GroupCommit } from "./group-commit.ts";
import { asBuffer, blobKey, everything } from "./index-keys.ts";
import type { BlobRow } from "./rows.ts";
import type { Tables } from "./tables.ts";
import { VerifiedBlob } from "./verified-blob.ts";

export interface ScrubOptions {
  /** Default: as fast as the disk is. */
  readonly bytesPerSecond?: number;
  readonly signal?: AbortSignal;
  readonly onDamage?: (damage: ScrubDamage) => void;
}

export interface ScrubDamage {
  readonly file: BlobId;
  /** The reason, in a sentence. */
  readonly why: string;
}

export interface ScrubReport {
  readonly files: number;
  readonly bytes: number;
  readonly damagedFiles: number;
  /** Files of an earlier version that have checksums of their blocks from now on. */
  readonly newlySummed: number;
}

interface ScrubParts {
  readonly tables: Tables;
  readonly files: BlobFiles;
  readonly content: ContentStore;
  /** Undefined: nothing is written. */
  readonly commit: Pick<GroupCommit, "write"> | undefined;
}

/**
 * Reads every file of objects once and compares its bytes with their checksums. Files of an earlier
 * version are compared with their MD5, and given checksums. Those that are deleted or made meanwhile
 * do not matter.
 */
export async function scrub(parts: ScrubParts, options: ScrubOptions = {}): Promise<ScrubReport> {
  const report = { files: 0, bytes: 0, damagedFiles: 0, newlySummed: 0 };
  const pace = new Pace(options);
  let ids = nextFiles(parts.tables, undefined);
  for (; ids.length > 0; ids = nextFiles(parts.tables, ids.at(-1))) {
    for (const id of ids) {
      if (pace.ended) return report;
      try {
        await scrubFile(parts, id, pace, report);
      } catch (error) {
        if (!(error instanceof S3Error)) throw error;
        report.files += 1;
        report.damagedFiles += 1;
        options.onDamage?.({ file: id, why: error.message });
      }
    }
  }
  return report;
}

type Counts = { -readonly [Name in keyof ScrubReport]: ScrubReport[Name] };

async function scrubFile(parts: ScrubParts, id: BlobId, pace: Pace, report: Counts): Promise<void> {
  const file = await readWhole(parts, id, pace);
  if (file === undefined) return;
  report.files += 1;
  report.bytes += file.count;
  if (file.sums === undefined || parts.commit === undefined) return;
  await addSums(parts.commit, id, file.sums);
  report.newlySummed += 1;
}

function nextFiles(tables: Tables, after: BlobId | undefined): BlobId[] {
  const start =
    after === undefined ? everything.start : Buffer.concat([blobKey(after), Buffer.from([0])]);
  const ids: BlobId[] = [];
  for (const { key } of tables.blobs.range({ start, end: everything.end })) {
    ids.push(asBuffer(key).toString("hex"));
    if (ids.length === serverLimits.scrubFilesPerStep) break;
  }
  return ids;
}

interface WholeFile {
  readonly count: number;
  /** Rows to add, for a file that has none. */
  readonly sums: readonly Buffer[] | undefined;
}

/** Undefined: the file was deleted meanwhile, or the scrub is to end. Throws when it is damaged. */
async function readWhole(
  { content, files }: ScrubParts,
  id: BlobId,
  pace: Pace,
): Promise<WholeFile | undefined> {
  const held = content.holdFile(id);
  const row = held?.blob(id);
  if (held === undefined || row === undefined) return undefined;
  try {
    const sums = held.sums(id, 0) === undefined ? new BlockSums(id) : undefined;
    const file = await VerifiedBlob.open(files, id, held);
    try {
      for (let at = 0; at < row.size;) {
        if (pace.ended) return undefined;
        const length = Math.min(row.size - at, serverLimits.readChunkBytes);
        for (const bytes of await file.read(at, length)) sums?.update(bytes);
        at += length;
        await pace.took(length);
      }
    } finally {
      await file.close();
    }
    return { count: row.size, sums: judgeable(row) ? sums?.rows() : undefined };
  } finally {
    held.release();
  }
}

/** Checksums are made only of bytes that were compared with something. */
function judgeable(row: BlobRow): boolean {
  return row.md5 !== "";
}

async function addSums(
  commit: Pick<GroupCommit, "write">,
  id: BlobId,
  sums: readonly Buffer[],
): Promise<void> {
  await commit.write(({ tables }) => {
    if (!tables.blobs.has(blobKey(id))) return;
    for (const [row, bytes] of sums.entries()) tables.sums.put(sumsKey(id, row), bytes);
  });
}

/** Waits as long as so many bytes are to take. */
class Pace {
  readonly #bytesPerSecond: number | undefined;
  readonly #signal: AbortSignal | undefined;

  constructor({ bytesPerSecond, signal }: ScrubOptions) {
    this.#bytesPerSecond = bytesPerSecond;
    this.#signal = signal;
  }

  get ended(): boolean {
    return this.#signal?.aborted === true;
  }

  async took(bytes: number): Promise<void> {
    if (this.#bytesPerSecond === undefined) return;
    const ms = (bytes / this.#bytesPerSecond) * 1000;
    // Ended by the signal in between, for a slow pace must not hold up a stop.
    await sleep(ms, undefined, { ref: false, ...(this.#signal && { signal: this.#signal }) }).catch(
      () => undefined,
    );
  }
}
