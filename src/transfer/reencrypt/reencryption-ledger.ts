import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, rm } from "node:fs/promises";
import path from "node:path";
import { StorageError } from "../../core/errors.ts";
import { reencryptLimits } from "../../core/reencrypt-limits.ts";
import type { Journal } from "../journal/journal.ts";
import { journalLine, readJournalLine } from "../journal/journal-lines.ts";
import type { Journals, JournalSubject } from "../journal/journals.ts";
import { isRecord } from "../journal/read-journal.ts";
import { isKeptPart } from "../local/part-files.ts";
import { readList } from "../selection/read-list.ts";
import { type Candidate, readCandidate } from "./candidate.ts";
import { emptyTally, type Tally } from "./tally.ts";

/** Up to where a search has come: behind this key of the listing, or this many rows of an inventory. */
export type SearchPlace = string | number;

/** A step of the search, whole or not there. */
interface Step {
  readonly place: SearchPlace | undefined;
  readonly spoolBytes: number;
  readonly tally: Tally;
  readonly isScanned: boolean;
  /** ISO time. */
  readonly at: string;
}

export interface PendingCandidate {
  /** Its place among all that were found. */
  readonly index: number;
  readonly candidate: Candidate;
}

/**
 * What a run has found and done, for the run that goes on after it: the objects in a file beside the
 * journal, and in the journal how far the search has come and which of them are done. Lines are not
 * flushed: what is lost by a power cut is looked at once more.
 */
export class ReencryptionLedger {
  readonly #journal: Journal;
  readonly #spoolPath: string;
  readonly #spool: FileHandle;
  readonly #done: Set<number>;
  #step: Step;

  private constructor(
    journal: Journal,
    spool: { readonly path: string; readonly handle: FileHandle },
    { step, done }: { readonly step: Step; readonly done: Set<number> },
  ) {
    this.#journal = journal;
    this.#spoolPath = spool.path;
    this.#spool = spool.handle;
    this.#step = step;
    this.#done = done;
  }

  /** Goes on with what an earlier run left, if it did. `folder`: that of the journals. */
  static async open(
    journals: Journals,
    subject: JournalSubject,
    { folder, isAnew }: { readonly folder: string; readonly isAnew: boolean },
  ): Promise<ReencryptionLedger> {
    const claimed = await journals.claim(subject, () => undefined);
    if (claimed !== undefined) {
      const spoolPath = claimed.header["partFile"];
      const left = isAnew ? undefined : await takeUp(spoolPath, claimed.records);
      if (left !== undefined) return new ReencryptionLedger(claimed.journal, left.spool, left);
      await claimed.journal.remove();
      if (isSpool(spoolPath)) await rm(spoolPath, { force: true });
    }
    const spoolPath = path.join(folder, `.sms-kept-${randomUUID()}.part`);
    const journal = await journals.create(subject, { partFile: spoolPath });
    const handle = journal && (await open(spoolPath, "wx+", 0o600).catch(() => undefined));
    if (journal === undefined || handle === undefined) throw noFolder(folder);
    const step = { place: undefined, spoolBytes: 0, tally: emptyTally, isScanned: false, at: "" };
    return new ReencryptionLedger(journal, { path: spoolPath, handle }, { step, done: new Set() });
  }

  /** Undefined: nothing was looked at yet. */
  get place(): SearchPlace | undefined {
    return this.#step.place;
  }

  get tally(): Tally {
    return this.#step.tally;
  }

  /** When the search ended; undefined: it is not at its end. */
  get scannedAt(): string | undefined {
    return this.#step.isScanned ? this.#step.at : undefined;
  }

  get doneCount(): number {
    return this.#done.size;
  }

  get isBegun(): boolean {
    return this.#step.at !== "";
  }

  async found(
    candidates: readonly Candidate[],
    { place, tally, at }: Pick<Step, "place" | "tally" | "at">,
  ): Promise<void> {
    const lines = Buffer.from(candidates.map((candidate) => journalLine(candidate)).join(""));
    const { spoolBytes: before } = this.#step;
    if (before + lines.length > reencryptLimits.spoolBytes) throw tooMany();
    if (lines.length > 0) await this.#spool.write(lines, 0, lines.length, before);
    this.#take({ place, tally, at, spoolBytes: before + lines.length, isScanned: false });
  }

  scanned(at: string): void {
    this.#take({ ...this.#step, isScanned: true, at });
  }

  done(index: number): void {
    this.#done.add(index);
    this.#journal.add({ done: index });
  }

  /** Those that are not done, in the order in which they were found. */
  async *pending(): AsyncGenerator<PendingCandidate, void> {
    let index = 0;
    for await (const candidate of this.candidates()) {
      if (!this.#done.has(index)) yield { index, candidate };
      index += 1;
    }
  }

  async *candidates(): AsyncGenerator<Candidate, void> {
    const end = this.#step.spoolBytes - 1;
    if (end < 0) return;
    const bytes = this.#spool.createReadStream({ start: 0, end, autoClose: false });
    for await (const line of readList({ name: this.#spoolPath, bytes, format: "lines" })) {
      const candidate = readCandidate(readJournalLine(line));
      if (candidate === undefined) throw damaged(this.#spoolPath);
      yield candidate;
    }
  }

  /** For the next run. */
  async keep(): Promise<void> {
    await this.#journal.keep();
    await this.#spool.close();
  }

  async remove(): Promise<void> {
    await this.#journal.remove();
    await this.#spool.close();
    await rm(this.#spoolPath, { force: true });
  }

  #take(step: Step): void {
    this.#step = step;
    this.#journal.add({ step });
  }
}

/** Undefined: it is not whole. */
async function takeUp(spoolPath: unknown, records: readonly unknown[]) {
  const line = records.findLast((record) => isRecord(record) && isRecord(record["step"]));
  if (!isSpool(spoolPath) || !isRecord(line)) return undefined;
  const step = asStep(line["step"]);
  const handle = await openSpool(spoolPath, step.spoolBytes);
  if (handle === undefined) return undefined;
  const numbers = records.flatMap((record) => (isRecord(record) ? [record["done"]] : []));
  const done = new Set(numbers.filter((number) => typeof number === "number"));
  return { spool: { path: spoolPath, handle }, step, done };
}

async function openSpool(file: string, leastBytes: number): Promise<FileHandle | undefined> {
  const flags = constants.O_RDWR | (constants.O_NOFOLLOW ?? 0);
  const handle = await open(file, flags).catch(() => undefined);
  const stats = await handle?.stat();
  const isOurs = stats?.isFile() === true && stats.uid === (process.getuid?.() ?? stats.uid);
  if (isOurs && stats.size >= leastBytes) return handle;
  await handle?.close();
  return undefined;
}

function asStep(step: unknown): Step {
  return step as Step;
}

function isSpool(spoolPath: unknown): spoolPath is string {
  return typeof spoolPath === "string" && isKeptPart(path.basename(spoolPath));
}

function noFolder(folder: string): StorageError {
  return new StorageError("ConfigurationError", `Nothing can be written to ${folder}.`, {
    remedy: "What was found is kept there: set XDG_STATE_HOME to a folder that you may write.",
  });
}

function tooMany(): StorageError {
  const most = reencryptLimits.spoolBytes;
  return new StorageError("InvalidArgument", `What was found takes more than ${most} bytes.`, {
    remedy: "Name a prefix, and do one after the other.",
  });
}

function damaged(file: string): StorageError {
  return new StorageError("IntegrityError", `${file} is damaged.`, {
    remedy: "Look at all objects anew: add --rescan.",
  });
}
