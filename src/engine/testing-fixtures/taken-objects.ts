import type { ListEnd, ListQuery } from "../list-queries.ts";
import type { Engine } from "../engine.ts";
import type { StoredEntry } from "../../protocol/documents/listings/stored-entry.ts";
import type { WrittenContent } from "../../protocol/documents/listings/write-listing.ts";

export interface TakenObjects {
  readonly entries: readonly WrittenContent[];
  /** Of them, those that came as their bytes. */
  readonly asBytes: number;
  readonly end: ListEnd;
}

/** A listing of objects as they are handed over for an answer. */
export function takeObjects(engine: Pick<Engine, "writeObjects">, query: ListQuery): TakenObjects {
  const entries: WrittenContent[] = [];
  let asBytes = 0;
  const end = engine.writeObjects(query, {
    add: (entry) => {
      asBytes += 1;
      entries.push(contentOf(entry));
    },
    addContent: (content) => entries.push(listedOf(content)),
  });
  return { entries, asBytes, end };
}

/** What a listing shows of it. */
export function listedOf(content: WrittenContent): WrittenContent {
  const { key, lastModified, etag, sizeBytes, checksum, storageClass } = content;
  const shown = checksum && { algorithm: checksum.algorithm, type: checksum.type };
  return { key, lastModified, etag, sizeBytes, checksum: shown, storageClass };
}

export function contentOf(entry: StoredEntry): WrittenContent {
  const text = (start: number, end: number): string =>
    Buffer.from(entry.bytes.subarray(start, end)).toString("utf8");
  const { sizeBytes, checksum, storageClass } = entry;
  return {
    key: text(entry.keyStart, entry.keyEnd),
    lastModified: new Date(entry.lastModifiedMs),
    etag: text(entry.etagStart, entry.etagEnd),
    sizeBytes,
    checksum,
    storageClass,
  };
}
