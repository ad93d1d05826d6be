import {
  asBuffer,
  everything,
  keyOfObjectKey,
  keyOfSequenceKey,
  numberKey,
  readNumber,
} from "./index-keys.ts";
import type { ContentRow, Slice } from "./rows.ts";
import type { Tables } from "./tables.ts";

/** One version of an object, or a part of an open upload, some of whose bytes are not there. */
export interface Incomplete {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
  readonly uploadId?: string;
  readonly why: string;
}

export interface References {
  readonly versions: number;
  readonly uploads: number;
  /** Slices that point to each file, and how many bytes the file must have for them. */
  readonly files: ReadonlyMap<string, { count: number; bytes: number }>;
  /** Rows of small contents and of lists of slices in use. */
  readonly inline: ReadonlySet<number>;
  readonly manifests: ReadonlySet<number>;
}

/** Who needs which bytes. */
export type Owner = Omit<Incomplete, "why">;

/**
 * Everything in the index that refers to bytes.
 *
 * @param onSlice Called for each run of bytes, with who needs it.
 * @param onMissing Called when the list of an object's slices is not there.
 */
export function readReferences(
  tables: Tables,
  onSlice: (owner: Owner, slice: Slice) => void = () => undefined,
  onMissing: (owner: Owner) => void = () => undefined,
): References {
  const files = new Map<string, { count: number; bytes: number }>();
  const inline = new Set<number>();
  const manifests = new Set<number>();
  const buckets = bucketNames(tables);
  const refer = (owner: Owner, slices: readonly Slice[]): void => {
    for (const slice of slices) {
      const [id, offset, length] = slice;
      if (typeof id === "number") inline.add(id);
      else {
        const file = files.get(id) ?? { count: 0, bytes: 0 };
        files.set(id, { count: file.count + 1, bytes: Math.max(file.bytes, offset + length) });
      }
      onSlice(owner, slice);
    }
  };
  const referContent = (owner: Owner, content: ContentRow | undefined): void => {
    if (content?.slice !== undefined) refer(owner, [content.slice]);
    if (content?.manifest === undefined) return;
    manifests.add(content.manifest);
    const manifest = tables.manifests.get(numberKey(content.manifest));
    if (manifest === undefined) onMissing(owner);
    else refer(owner, manifest.slices);
  };
  let versions = 0;
  for (const [table, keyOf] of [
    [tables.current, keyOfObjectKey],
    [tables.versions, keyOfSequenceKey],
  ] as const) {
    for (const { key, row } of table.range(everything)) {
      versions += 1;
      const owner = { ...ownerOf(buckets, key, keyOf(key)), versionId: row.id };
      referContent(owner, row.content);
    }
  }
  const uploads = new Map<number, Owner>();
  for (const { key, row } of tables.uploads.range(everything)) {
    uploads.set(row.seq, { ...ownerOf(buckets, key, keyOfSequenceKey(key)), uploadId: row.id });
  }
  for (const { key, row } of tables.parts.range(everything)) {
    const owner = uploads.get(readNumber(key)) ?? { bucket: "", key: "", uploadId: "unknown" };
    refer(owner, row.slices);
  }
  return { versions, uploads: uploads.size, files, inline, manifests };
}

function bucketNames(tables: Tables): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const { key, row } of tables.buckets.range(everything)) {
    names.set(row.id, asBuffer(key).toString("utf8"));
  }
  return names;
}

function ownerOf(buckets: ReadonlyMap<number, string>, key: Uint8Array, objectKey: Buffer): Owner {
  const id = readNumber(key);
  return { bucket: buckets.get(id) ?? `bucket ${id}`, key: objectKey.toString("utf8") };
}
