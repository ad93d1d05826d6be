import { createHash } from "node:crypto";
import { rename } from "node:fs/promises";
import path from "node:path";
import { journalLimits } from "../../core/journal-limits.ts";
import { Journal } from "./journal.ts";
import {
  isFree,
  journalsIn,
  makeJournalFolder,
  newJournalName,
  setAside,
  sweepJournals,
} from "./journal-folder.ts";
import { journalFormat, journalVersion, readJournal } from "./read-journal.ts";

/** Which transfer: from what to what, whatever the state of either. */
export interface JournalSubject {
  readonly kind: "upload" | "download" | "reencryption";
  /** Of many objects their prefix. */
  readonly key: string;
  readonly versionId?: string | undefined;
  /** Absolute, of the local side; of work on the store alone what it goes by, such as an inventory. */
  readonly localPath: string;
}

/** What an earlier run left of a transfer, now this process's. */
export interface ClaimedJournal {
  readonly journal: Journal;
  readonly header: Readonly<Record<string, unknown>>;
  readonly records: readonly unknown[];
}

/** Of one bucket: what tells it from those of the same name elsewhere. */
export interface JournalPlace {
  /** Shared by all buckets. */
  readonly folder: string;
  /** Such as `https://s3.example:9000 my-bucket`. */
  readonly bucket: string;
  /** Milliseconds since 1970. Default: the system's clock. */
  readonly now?: () => number;
}

/**
 * The journals of transfers to and from one bucket. The owner stands in a journal's name: taking one
 * over is a rename, which of two processes one alone can do. What cannot be read or written is as if
 * it were not there: a transfer goes on without a journal.
 */
export class Journals {
  readonly #place: JournalPlace;
  /** Names of transfers that had a journal when the folder was last looked at. */
  readonly #seen = new Set<string>();
  #lookedAt = Number.NEGATIVE_INFINITY;
  #ready: Promise<void> | undefined;

  constructor(place: JournalPlace) {
    this.#place = place;
  }

  /** Whether `claim` is worth its time; knows what was there some seconds ago. */
  async mayHave(subject: JournalSubject): Promise<boolean> {
    const now = this.#now();
    if (now - this.#lookedAt > journalLimits.lookMs) {
      this.#lookedAt = now;
      try {
        await this.#prepare();
        for await (const { name } of journalsIn(this.#place.folder)) this.#seen.add(name);
      } catch {
        // See above.
      }
    }
    return this.#seen.size > 0 && this.#seen.has(this.#nameOf(subject));
  }

  /**
   * What an abandoned run of the same transfer left, the youngest if there are several. `refuse` hears
   * of those that cannot be understood, which are put aside.
   */
  async claim(
    subject: JournalSubject,
    refuse: (reason: string) => void,
  ): Promise<ClaimedJournal | undefined> {
    try {
      await this.#prepare();
      for (const file of await this.#left(subject)) {
        const claimed = await this.#take(file, subject, refuse);
        if (claimed !== undefined) return claimed;
      }
    } catch {
      // See above.
    }
    return undefined;
  }

  /** Undefined: none can be written. */
  async create(
    subject: JournalSubject,
    header: Readonly<Record<string, unknown>>,
  ): Promise<Journal | undefined> {
    const begin = { format: journalFormat, version: journalVersion };
    try {
      await this.#prepare();
      this.#seen.add(this.#nameOf(subject));
      const line = { ...begin, bucket: this.#place.bucket, ...subject, ...header };
      return await Journal.create(this.#newPath(subject), line);
    } catch {
      return undefined;
    }
  }

  #now(): number {
    return (this.#place.now ?? Date.now)();
  }

  #prepare(): Promise<void> {
    const { folder } = this.#place;
    this.#ready ??= makeJournalFolder(folder).then(() =>
      sweepJournals(folder, this.#now()).catch(() => undefined),
    );
    return this.#ready;
  }

  #newPath(subject: JournalSubject): string {
    return path.join(this.#place.folder, newJournalName(this.#nameOf(subject)));
  }

  #nameOf({ kind, key, versionId = "", localPath }: JournalSubject): string {
    const identity = JSON.stringify([this.#place.bucket, kind, key, versionId, localPath]);
    return `${kind}-${createHash("sha256").update(identity).digest("hex").slice(0, 32)}`;
  }

  async #left(subject: JournalSubject): Promise<string[]> {
    const name = this.#nameOf(subject);
    const found: { readonly path: string; readonly touchedMs: number }[] = [];
    for await (const each of journalsIn(this.#place.folder)) {
      if (each.name === name && isFree(each, this.#now())) found.push(each);
    }
    return found.toSorted((a, b) => b.touchedMs - a.touchedMs).map(({ path: file }) => file);
  }

  /** Undefined: another process was faster, or it was refused. */
  async #take(
    from: string,
    subject: JournalSubject,
    refuse: (reason: string) => void,
  ): Promise<ClaimedJournal | undefined> {
    const file = this.#newPath(subject);
    const isOurs = await rename(from, file).then(
      () => true,
      () => false,
    );
    if (!isOurs) return undefined;
    const read = await readJournal(file);
    if (read.kind === "refused") {
      await read.handle.close();
      const aside = await setAside(file);
      refuse(`The journal of an earlier run is not used, because ${read.reason}; see ${aside}`);
      return undefined;
    }
    const journal = await Journal.reopen(file, read.handle, read.wholeBytes);
    return { journal, header: read.header, records: read.records };
  }
}
