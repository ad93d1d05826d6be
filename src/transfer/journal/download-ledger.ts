import { constants } from "node:fs";
import { type FileHandle, open, rm } from "node:fs/promises";
import path from "node:path";
import { isStorageError } from "../../core/errors.ts";
import type { ObjectHead, ObjectStore } from "../../core/object-store.ts";
import { isSameObject } from "../download/same-object.ts";
import { isKeptPart } from "../local/part-files.ts";
import type { Journal } from "./journal.ts";
import type { ClaimedJournal, Journals, JournalSubject } from "./journals.ts";
import { isRecord } from "./read-journal.ts";
import type { TransferNotice } from "./transfer-notice.ts";

/** Where to look for the work of an earlier run. */
export interface DownloadWork {
  readonly store: ObjectStore;
  readonly journals: Journals;
  readonly subject: JournalSubject;
  readonly signal: AbortSignal;
  readonly tell: (notice: TransferNotice) => void;
}

/** Bytes of the part file, and their digest as they were written: `CRC64NVME AAAAAAAAAAA=`. */
interface Block {
  readonly offset: number;
  readonly lengthBytes: number;
  readonly digest: string;
}

/** A download that an earlier run began; its object is still the same one. */
export interface LeftDownload {
  readonly ledger: DownloadLedger;
  readonly head: ObjectHead;
  readonly partFile: string;
  readonly handle: FileHandle;
  readonly opened?: undefined;
}

/**
 * The memory of one download: which blocks of the part file were written, and their checksums. The
 * file is not flushed for it; so a block counts only once it was read from the disk again and has the
 * checksum that it was written with.
 */
export class DownloadLedger {
  readonly #journal: Journal;
  readonly #blocks: Map<number, Block>;

  private constructor(journal: Journal, blocks: readonly Block[] = []) {
    this.#journal = journal;
    this.#blocks = new Map(blocks.map((block) => [block.offset, block]));
  }

  /** Undefined: none can be written. */
  static async begin(
    journals: Journals,
    subject: JournalSubject,
    { head, partFile }: Pick<LeftDownload, "head" | "partFile">,
  ): Promise<DownloadLedger | undefined> {
    const { etag, sizeBytes, lastModified } = head;
    const object = { etag, sizeBytes, lastModifiedMs: lastModified.getTime() };
    const journal = await journals.create(subject, { object, partFile });
    return journal && new DownloadLedger(journal);
  }

  /** The work of an earlier run, if there is any and its object is still there. */
  static async resume(work: DownloadWork): Promise<LeftDownload | undefined> {
    const { journals, subject, tell } = work;
    const refuse = (reason: string): void => tell({ kind: "begun-anew", reason });
    const claimed = await journals.claim(subject, refuse);
    if (claimed === undefined) return undefined;
    const left = await this.#takeUp(work, claimed);
    if (typeof left !== "string") return left;
    await claimed.journal.remove();
    tell({ kind: "begun-anew", reason: `What an earlier run fetched is not used: ${left}.` });
    return undefined;
  }

  /** Or why not. */
  static async #takeUp(
    { store, subject, signal, tell }: DownloadWork,
    { journal, header, records }: ClaimedJournal,
  ): Promise<LeftDownload | string> {
    const { object, partFile } = header;
    if (!isRecord(object) || typeof partFile !== "string" || !isKeptPart(path.basename(partFile))) {
      return "its journal is not whole";
    }
    const { key, versionId } = subject;
    const version = versionId !== undefined && { versionId };
    const head = await store.headObject(key, { ...version, signal }).catch(async (error) => {
      if (isStorageError(error, "NotFound")) return undefined;
      await journal.keep();
      throw error;
    });
    if (head === undefined || !isSameObject(head, asHead(object))) {
      await rm(partFile, { force: true });
      return head === undefined ? "the object is gone" : "the object was replaced since";
    }
    const handle = await openPart(partFile);
    if (handle === undefined) return `its bytes are gone from ${partFile}`;
    const ledger = new DownloadLedger(journal, records.flatMap(readBlock));
    const doneBytes = ledger.#doneBytes;
    tell({ kind: "resumed", doneBytes, totalBytes: head.sizeBytes });
    return { ledger, head, partFile, handle };
  }

  /** The digest that the bytes from `offset` on have to have, were they written by an earlier run. */
  digestOf(offset: number, lengthBytes: number): string | undefined {
    const block = this.#blocks.get(offset);
    return block?.lengthBytes === lengthBytes ? block.digest : undefined;
  }

  wrote(block: Block): void {
    this.#blocks.set(block.offset, block);
    this.#journal.add(block);
  }

  get isWorthKeeping(): boolean {
    return this.#blocks.size > 0;
  }

  async keep(): Promise<void> {
    await this.#journal.keep();
  }

  async remove(): Promise<void> {
    await this.#journal.remove();
  }

  get #doneBytes(): number {
    return [...this.#blocks.values()].reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
  }
}

function asHead(
  object: Readonly<Record<string, unknown>>,
): Pick<ObjectHead, "etag" | "sizeBytes" | "lastModified"> {
  return {
    etag: String(object["etag"]),
    sizeBytes: Number(object["sizeBytes"]),
    lastModified: new Date(Number(object["lastModifiedMs"])),
  };
}

async function openPart(partFile: string): Promise<FileHandle | undefined> {
  const flags = constants.O_RDWR | (constants.O_NOFOLLOW ?? 0);
  const handle = await open(partFile, flags).catch(() => undefined);
  const stats = await handle?.stat();
  const user = process.getuid?.();
  if (stats?.isFile() === true && (user === undefined || stats.uid === user)) return handle;
  await handle?.close();
  return undefined;
}

function readBlock(record: unknown): Block[] {
  if (!isRecord(record)) return [];
  const { offset, lengthBytes, digest } = record;
  const isBlock =
    typeof offset === "number" && typeof lengthBytes === "number" && typeof digest === "string";
  return isBlock ? [{ offset, lengthBytes, digest }] : [];
}
