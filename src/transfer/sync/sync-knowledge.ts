import { statSync } from "node:fs";
import { resolve } from "node:path";
import { asFolder, formatS3Uri } from "../../core/object-key.ts";
import type { Place } from "../jobs/copy-job.ts";
import type { CopiedObject } from "../jobs/copy-one.ts";
import { placeBelow } from "./place-below.ts";
import { tells } from "./compare-items.ts";
import { indexFile, IndexReader, IndexWriter, type IndexRecord } from "./sync-index.ts";
import type { SyncRequest } from "./sync-request.ts";
import { identityOf, objectIdentity, type TreeItem } from "./tree-item.ts";

/** Tells what became of a path: its target is the same, or it was copied; or nothing is known. */
export type Learn = (
  outcome: { readonly target: TreeItem } | { readonly copied: CopiedObject } | undefined,
) => void;

type KnownPlaces = Pick<SyncRequest, "source" | "target" | "selection" | "memory" | "dryRun">;

/** A file written to so shortly ago may be written to again without its times showing it. */
const restlessMs = 50;

/**
 * What earlier runs saw to be the same, and what this one sees. One memory serves both directions between
 * two places, so that the way back knows what the way there has learned.
 */
export class SyncKnowledge {
  readonly #request: KnownPlaces;
  /** Whether the source stands on the left of the records. */
  readonly #isLeft: boolean;
  readonly #reader: IndexReader | undefined;
  readonly #writer: IndexWriter | undefined;
  #sawAll = false;
  #isFinished = false;

  constructor(request: KnownPlaces) {
    this.#request = request;
    const { source, target, memory, dryRun } = request;
    const from = placeName(source, memory?.sourceName);
    const to = placeName(target, memory?.targetName);
    this.#isLeft = source.kind === "local" || (target.kind !== "local" && from <= to);
    if (memory === undefined) return;
    const file = this.#isLeft
      ? indexFile(memory.folder, from, to)
      : indexFile(memory.folder, to, from);
    this.#reader = new IndexReader(file);
    if (!dryRun) this.#writer = openWriter(file);
  }

  /** Whether two identities were seen to be those of the same bytes. To be asked in the order of paths. */
  of(path: string): (source: string, target: string) => boolean {
    const record = this.#isFinished ? undefined : this.#reader?.find(path, this.#passOver);
    return (source, target) =>
      this.#isLeft ? tells(record, source, target) : tells(record, target, source);
  }

  /** What is left out this time is still known the next time. */
  readonly #passOver = (record: IndexRecord): void => {
    if (!this.#request.selection.isAll) this.#writer?.add(record);
  };

  keep(source: TreeItem, target: TreeItem): void {
    const record = this.#record(source.path, identityOf(source), identityOf(target));
    if (this.#isFinished || !isAtRest(source) || !isAtRest(target)) return;
    this.#writer?.add(record);
  }

  /** For a path of which more is known later. */
  learn(source: TreeItem): Learn {
    const write = this.#isFinished ? undefined : this.#writer?.reserve(source.path);
    return (outcome) => {
      // A copy that was begun before all was discarded.
      if (this.#isFinished) return;
      write?.(outcome === undefined ? undefined : this.#outcome(source, outcome));
    };
  }

  /** Records that no path has asked for are those of paths that are there no more. */
  sawAll(): void {
    this.#sawAll = true;
  }

  /** Keeps what was learned. Of a run that was stopped, what earlier ones knew stays known behind it. */
  finish(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    if (this.#writer !== undefined) {
      const isKnownStill = !this.#sawAll || !this.#request.selection.isAll;
      if (isKnownStill) for (const record of this.#reader?.rest() ?? []) this.#writer.add(record);
      this.#writer.finish();
    }
    this.#reader?.close();
  }

  /** Of an order that turned out to be none nothing is to be remembered. */
  discard(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.#writer?.discard();
    this.#reader?.close();
  }

  #outcome(
    source: TreeItem,
    outcome: { readonly target: TreeItem } | { readonly copied: CopiedObject },
  ): IndexRecord | undefined {
    const { path } = source;
    if ("target" in outcome) {
      const { target } = outcome;
      if (!isAtRest(source) || !isAtRest(target)) return undefined;
      return this.#record(path, identityOf(source), identityOf(target));
    }
    const { sizeBytes, sourceEtag, targetEtag } = outcome.copied;
    const from = this.#side("source", source, sourceEtag, sizeBytes);
    const to = this.#side("target", source, targetEtag, sizeBytes);
    return from === undefined || to === undefined ? undefined : this.#record(path, from, to);
  }

  /** How a side looks after a copy; undefined when it is not sure that it looked so before it. */
  #side(
    side: "source" | "target",
    item: TreeItem,
    etag: string | undefined,
    sizeBytes: number,
  ): string | undefined {
    const place = this.#request[side];
    if (place.kind === "remote") {
      return etag === undefined ? undefined : objectIdentity(sizeBytes, etag);
    }
    const now = lookAt(placeBelow(place, item.path), item.path);
    if (now === undefined) return undefined;
    if (side === "target") return identityOf(now);
    return isAtRest(now) && identityOf(now) === identityOf(item) ? identityOf(now) : undefined;
  }

  #record(path: string, source: string, target: string): IndexRecord {
    return this.#isLeft
      ? { path, left: source, right: target }
      : { path, left: target, right: source };
  }
}

function isAtRest({ etag, modifiedMs }: TreeItem): boolean {
  return etag !== undefined || Math.abs(Date.now() - modifiedMs) > restlessMs;
}

function lookAt(file: ReturnType<typeof placeBelow>, path: string): TreeItem | undefined {
  if (typeof file !== "string") return undefined;
  try {
    const { size: sizeBytes, mtimeMs: modifiedMs, ctimeMs: changedMs, ino: inode } = statSync(file);
    return { path, sizeBytes, modifiedMs, changedMs, inode };
  } catch {
    return undefined;
  }
}

function placeName(place: Place, store = ""): string {
  if (place.kind === "local") return resolve(place.path);
  const { bucket, key } = place.uri;
  return `${store} ${formatS3Uri({ bucket, key: asFolder(key) })}`;
}

/** Without a place for it, everything is looked at anew the next time; that is no failure. */
function openWriter(file: string): IndexWriter | undefined {
  try {
    return new IndexWriter(file);
  } catch {
    return undefined;
  }
}
