import { createHash } from "node:crypto";
import { closeSync, openSync, readSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeFolder } from "../../disk/make-folder.ts";
import { transferLimits } from "../../core/limits.ts";
import { compareKeys } from "../../core/object-key.ts";

/** That two files or objects were seen to be the same, and how they looked then (`identityOf`). */
export interface IndexRecord {
  readonly path: string;
  readonly left: string;
  readonly right: string;
}

const format = "sms-storage sync index 1";
const chunkBytes = 262_144;

/** Where what is known of two places is kept. Each pair of places has a file of its own. */
export function indexFile(folder: string, left: string, right: string): string {
  const name = createHash("sha256")
    .update(JSON.stringify([left, right]))
    .digest("hex");
  return join(folder, `${name.slice(0, 40)}.index`);
}

/** Reads records in the order of their paths; as good as empty when there is no file that can be read. */
export class IndexReader {
  readonly #buffer = Buffer.allocUnsafe(chunkBytes);
  #file: number | undefined;
  #held = 0;
  #text = "";
  #position = 0;
  #record: IndexRecord | undefined;

  constructor(path: string) {
    try {
      this.#file = openSync(path, "r");
    } catch {
      return;
    }
    if (this.#line() === format) this.#next();
    else this.close();
  }

  /** The record of a path. Paths are to be asked for in order. `passOver`: gets those in between. */
  find(path: string, passOver: (record: IndexRecord) => void): IndexRecord | undefined {
    let order = this.#record === undefined ? 1 : compareKeys(this.#record.path, path);
    while (this.#record !== undefined && order < 0) {
      passOver(this.#record);
      this.#next();
      order = this.#record === undefined ? 1 : compareKeys(this.#record.path, path);
    }
    const found = order === 0 ? this.#record : undefined;
    if (found !== undefined) this.#next();
    return found;
  }

  /** What was not asked for yet, from the next record on. */
  *rest(): Generator<IndexRecord, void> {
    for (let record = this.#record; record !== undefined; record = this.#record) {
      this.#next();
      yield record;
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    this.#record = undefined;
  }

  #next(): void {
    const line = this.#line();
    const record = line === undefined ? undefined : readRecord(line);
    if (record === undefined) this.close();
    else this.#record = record;
  }

  #line(): string | undefined {
    for (;;) {
      const end = this.#text.indexOf("\n", this.#position);
      if (end !== -1) {
        const line = this.#text.slice(this.#position, end);
        this.#position = end + 1;
        return line;
      }
      if (!this.#fill()) return undefined;
    }
  }

  /** Reads whole lines only, so that no character is cut in two. False at the end. */
  #fill(): boolean {
    if (this.#file === undefined) return false;
    const count = readSome(this.#file, this.#buffer.subarray(this.#held));
    const filled = this.#held + count;
    const end = this.#buffer.lastIndexOf(0x0a, filled - 1) + 1;
    // No path fills a buffer; what has no line feed any more was cut off.
    if (count === 0 || end === 0) return false;
    this.#text = this.#buffer.toString("utf8", 0, end);
    this.#position = 0;
    this.#held = filled - end;
    this.#buffer.copy(this.#buffer, 0, end, filled);
    return true;
  }
}

/** 0 also where the disk does not give them: what is not known is looked at. */
function readSome(file: number, buffer: Buffer): number {
  try {
    return readSync(file, buffer);
  } catch {
    return 0;
  }
}

function readRecord(line: string): IndexRecord | undefined {
  const first = line.indexOf("\t");
  const second = line.indexOf("\t", first + 1);
  if (first === -1 || second === -1) return undefined;
  const path = readPath(line.slice(second + 1));
  if (path === undefined) return undefined;
  return { left: line.slice(0, first), right: line.slice(first + 1, second), path };
}

function readPath(written: string): string | undefined {
  if (!written.includes("\\")) return written;
  try {
    return JSON.parse(`"${written}"`) as string;
  } catch {
    return undefined;
  }
}

function lineOf({ path, left, right }: IndexRecord): string {
  // eslint-disable-next-line no-control-regex -- what cannot stand in a line
  const isPlain = !/[\u0000-\u001f\\"]/.test(path);
  return `${left}\t${right}\t${isPlain ? path : JSON.stringify(path).slice(1, -1)}\n`;
}

/** Takes the place of a record that is known later. */
interface Slot {
  readonly path: string;
  record: IndexRecord | undefined;
  isOpen: boolean;
}

/**
 * Writes records in the order of their paths, though some are known only once their copies are done. The
 * file takes the place of the old one when all is written; where the disk takes no more, the old one stays.
 */
export class IndexWriter {
  readonly #path: string;
  readonly #temporary: string;
  readonly #file: number;
  #lines = `${format}\n`;
  /** Those before the head are written. */
  #queue: Slot[] = [];
  #head = 0;
  /** Whose copies took so long that those behind them did not wait. */
  readonly #late: IndexRecord[] = [];
  #isBroken = false;

  /** Makes the folder where it is missing. */
  constructor(path: string) {
    this.#path = path;
    this.#temporary = `${path}.${process.pid}`;
    makeFolder(dirname(path), 0o700);
    this.#file = openSync(this.#temporary, "w", 0o600);
  }

  add(record: IndexRecord): void {
    if (this.#queue.length === 0) this.#write(record);
    else this.#push({ path: record.path, record, isOpen: false });
  }

  /** For a record that comes later, or does not: then nothing is known of the path. */
  reserve(path: string): (record: IndexRecord | undefined) => void {
    const slot: Slot = { path, record: undefined, isOpen: true };
    this.#push(slot);
    return (record) => {
      const isQueued = slot.isOpen;
      slot.record = record;
      slot.isOpen = false;
      if (!isQueued && record !== undefined) this.#late.push(record);
      this.#drain();
    };
  }

  /** Puts the new index in the place of the old one. */
  finish(): void {
    this.#writeUntil(() => false);
    this.#flush();
    if (this.#isBroken) {
      this.discard();
      return;
    }
    closeSync(this.#file);
    try {
      if (this.#late.length > 0) this.#addLate();
      renameSync(this.#temporary, this.#path);
    } catch {
      rmSync(this.#temporary, { force: true });
    }
  }

  discard(): void {
    closeSync(this.#file);
    rmSync(this.#temporary, { force: true });
  }

  #push(slot: Slot): void {
    this.#queue.push(slot);
    if (this.#queue.length - this.#head > transferLimits.indexQueue) this.#writeUntil(() => false);
  }

  #drain(): void {
    this.#writeUntil(({ isOpen }) => isOpen);
  }

  /** Writes what is known, and lets those still open come late. */
  #writeUntil(isEnd: (slot: Slot) => boolean): void {
    for (let slot = this.#queue[this.#head]; slot !== undefined; slot = this.#queue[this.#head]) {
      if (isEnd(slot)) break;
      slot.isOpen = false;
      if (slot.record !== undefined) this.#write(slot.record);
      this.#head += 1;
    }
    if (this.#head < this.#queue.length && this.#head < transferLimits.treeBatch) return;
    this.#queue.splice(0, this.#head);
    this.#head = 0;
  }

  #write(record: IndexRecord): void {
    this.#lines += lineOf(record);
    if (this.#lines.length >= chunkBytes) this.#flush();
  }

  #flush(): void {
    const lines = this.#lines;
    this.#lines = "";
    if (this.#isBroken) return;
    try {
      writeFileSync(this.#file, lines);
    } catch {
      this.#isBroken = true;
    }
  }

  #addLate(): void {
    const early = new IndexReader(this.#temporary);
    const merged = new IndexWriter(`${this.#path}.late`);
    let next = early.rest().next();
    for (const record of this.#late.toSorted((a, b) => compareKeys(a.path, b.path))) {
      for (; next.done !== true && compareKeys(next.value.path, record.path) < 0;) {
        merged.add(next.value);
        next = early.rest().next();
      }
      merged.add(record);
    }
    if (next.done !== true) merged.add(next.value);
    for (const record of early.rest()) merged.add(record);
    early.close();
    merged.finish();
    renameSync(`${this.#path}.late`, this.#temporary);
  }
}
