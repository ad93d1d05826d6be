import type { ResolvedRange } from "../core/byte-range.ts";
import { S3Error } from "../protocol/s3-error.ts";
import { type KeyKind, ObjectKeys } from "./at-rest.ts";
import type { BlobId } from "./blob-files.ts";
import type { BlobPins } from "./blob-pins.ts";
import { sumsKey } from "./block-sums.ts";
import type { WriteContext } from "./group-commit.ts";
import { blobKey, numberKey } from "./index-keys.ts";
import type { BlobRow, ContentRow, ManifestRow, Slice } from "./rows.ts";
import type { StagedContent } from "./staging.ts";
import type { Tables } from "./tables.ts";
import type { BlobKnowledge } from "./verified-blob.ts";

/** Bytes in hand, or a run of bytes of a pinned file. */
export type Piece =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | {
      readonly kind: "file";
      readonly id: BlobId;
      readonly offset: number;
      readonly length: number;
      /** What it is encrypted with; undefined: nothing. */
      readonly key: KeyKind | undefined;
    };

/** Pieces that cannot vanish before `release`. */
export interface HeldContent extends BlobKnowledge {
  readonly pieces: readonly Piece[];
  readonly keys: ObjectKeys;
  release(): void;
}

/** Which bytes belong to which object, and how many objects share a file. */
export class ContentStore {
  readonly #tables: Tables;
  readonly #pins: BlobPins;
  readonly #now: () => Date;
  readonly #onGarbage: (id: BlobId) => void;

  constructor(options: {
    readonly tables: Tables;
    readonly pins: BlobPins;
    readonly now: () => Date;
    readonly onGarbage: (id: BlobId) => void;
  }) {
    this.#tables = options.tables;
    this.#pins = options.pins;
    this.#now = options.now;
    this.#onGarbage = options.onGarbage;
  }

  /** The manifest of an object whose row was read in the same turn, so that it must be there. */
  manifest(id: number): ManifestRow {
    const row = this.#tables.manifests.get(numberKey(id));
    if (row === undefined) throw bytesMissing();
    return row;
  }

  /** The files of a content alone; the bytes of the index are not read. Throws as `hold` does. */
  holdFiles(content: ContentRow | undefined, range?: ResolvedRange): HeldContent {
    const keys = noKeys;
    const slices = cut(this.#slices(content), range);
    const inline = slices.filter(([id]) => typeof id === "number");
    if (!inline.every(([id]) => this.#tables.inline.has(numberKey(Number(id))))) throw vanished();
    const files = slices.filter(([id]) => typeof id === "string");
    return this.#hold(
      files.map((slice) => this.#piece(slice, keys)),
      keys,
    );
  }

  /** A whole file; undefined when it is being deleted. */
  holdFile(id: BlobId): HeldContent | undefined {
    const row = this.#tables.blobs.get(blobKey(id));
    if (row === undefined || !this.#pins.hold([id])) return undefined;
    const whole = { kind: "file", id, offset: 0, length: row.size, key: undefined } as const;
    return this.#held([whole], [id], noKeys);
  }

  /** Throws NoSuchKey when the object was deleted since its record was read. */
  hold(content: ContentRow | undefined, keys: ObjectKeys, range?: ResolvedRange): HeldContent {
    const slices = cut(this.#slices(content), range);
    return this.#hold(
      slices.map((slice) => this.#piece(slice, keys)),
      keys,
    );
  }

  #hold(pieces: readonly Piece[], keys: ObjectKeys): HeldContent {
    const [piece, ...more] = pieces;
    // Small objects, of which most are read, have no files.
    if (piece?.kind === "bytes" && more.length === 0) return this.#held(pieces, [], keys);
    const ids = [...new Set(pieces.flatMap((one) => (one.kind === "file" ? [one.id] : [])))];
    if (!ids.every((id) => this.#exists(id)) || !this.#pins.hold(ids)) throw vanished();
    return this.#held(pieces, ids, keys);
  }

  #held(pieces: readonly Piece[], ids: readonly BlobId[], keys: ObjectKeys): HeldContent {
    let held = true;
    return {
      pieces,
      keys,
      sums: (id, row) => this.#tables.sums.get(sumsKey(id, row)),
      blob: (id) => this.#blob(id),
      release: () => {
        if (held) this.#pins.release(ids);
        held = false;
      },
    };
  }

  addStaged(context: WriteContext, staged: StagedContent): Slice[] {
    if (staged.sizeBytes === 0) return [];
    const { bytes } = staged;
    if (bytes.kind === "inline") {
      return [addInline(context, bytes.sealed, staged.sizeBytes, staged.keys.kind)];
    }
    const blob: BlobRow = {
      refs: 1,
      size: staged.sizeBytes,
      md5: staged.md5,
      at: this.#now().getTime(),
      sealed: 1,
    };
    context.tables.blobs.put(blobKey(bytes.id), blob);
    for (const [row, sums] of bytes.sums.entries()) {
      context.tables.sums.put(sumsKey(bytes.id, row), sums);
    }
    return [[bytes.id, 0, staged.sizeBytes, staged.keys.kind]];
  }

  /**
   * Shares files, which all have to be `areShareable`, and encrypts small bytes anew. The pieces must
   * still be held.
   */
  addPieces(context: WriteContext, pieces: readonly Piece[], keys: ObjectKeys): Slice[] {
    return pieces.map((piece): Slice => {
      if (piece.kind === "bytes") {
        return addInline(context, keys.seal(piece.bytes), piece.bytes.length, keys.kind);
      }
      retain(context, piece.id);
      const { id, offset, length, key } = piece;
      return key === undefined ? [id, offset, length] : [id, offset, length, key];
    });
  }

  /** The entry for an object's record; with parts, or when there is more than one slice, a manifest. */
  describe(
    context: WriteContext,
    slices: readonly Slice[],
    parts?: ManifestRow["parts"],
  ): ContentRow | undefined {
    const [slice, ...rest] = slices;
    if (parts === undefined && rest.length === 0)
      return slice === undefined ? undefined : { slice };
    const manifest = context.sequence.next();
    const row: ManifestRow = parts === undefined ? { slices } : { slices, parts };
    context.tables.manifests.put(numberKey(manifest), row);
    return { manifest };
  }

  /** Gives up an object's bytes; files that nobody else uses are unlinked after the commit. */
  release(context: WriteContext, content: ContentRow | undefined): void {
    if (content?.slice !== undefined) this.releaseSlices(context, [content.slice]);
    if (content?.manifest === undefined) return;
    const key = numberKey(content.manifest);
    const row = context.tables.manifests.get(key);
    if (row === undefined) return;
    this.releaseSlices(context, row.slices);
    context.tables.manifests.remove(key);
  }

  releaseSlices(context: WriteContext, slices: readonly Slice[]): void {
    for (const [id] of slices) {
      if (typeof id === "number") context.tables.inline.remove(numberKey(id));
      else this.#releaseBlob(context, id);
    }
  }

  #releaseBlob(context: WriteContext, id: BlobId): void {
    const key = blobKey(id);
    const blob = context.tables.blobs.get(key);
    if (blob === undefined) return;
    if (blob.refs > 1) {
      context.tables.blobs.put(key, { ...blob, refs: blob.refs - 1 });
      return;
    }
    context.tables.blobs.remove(key);
    context.tables.garbage.put(key, { ...blob, refs: 0 });
    context.afterCommit(() => this.#onGarbage(id));
  }

  #slices(content: ContentRow | undefined): readonly Slice[] {
    if (content?.manifest !== undefined) {
      const row = this.#tables.manifests.get(numberKey(content.manifest));
      if (row === undefined) throw vanished();
      return row.slices;
    }
    return content?.slice === undefined ? [] : [content.slice];
  }

  #piece([id, offset, length, key]: Slice, keys: ObjectKeys): Piece {
    if (typeof id === "string") return { kind: "file", id, offset, length, key };
    const row = this.#tables.inline.get(numberKey(id));
    if (row === undefined) throw vanished();
    const bytes = key === undefined ? row : keys.open(key, row);
    return { kind: "bytes", bytes: bytes.subarray(offset, offset + length) };
  }

  #blob(id: BlobId): BlobRow | undefined {
    return this.#tables.blobs.get(blobKey(id)) ?? this.#tables.garbage.get(blobKey(id));
  }

  #exists(id: BlobId): boolean {
    const key = blobKey(id);
    return this.#tables.blobs.has(key) || this.#tables.garbage.has(key);
  }
}

/** For those who only look whether bytes are there. */
const noKeys = new ObjectKeys(undefined);

/**
 * Whether another object, under `keys`, can have the same files: those of the store's own key, and of
 * an earlier version, which are not encrypted, where no key of its own is asked for.
 */
export function areShareable(pieces: readonly Piece[], keys: ObjectKeys): boolean {
  return pieces.every(
    (piece) => piece.kind === "bytes" || (keys.kind === "store" && piece.key !== "object"),
  );
}

function addInline(
  context: WriteContext,
  sealed: Uint8Array,
  sizeBytes: number,
  key: KeyKind,
): Slice {
  const id = context.sequence.next();
  context.tables.inline.put(numberKey(id), sealed);
  return [id, 0, sizeBytes, key];
}

/** One more user of a file. A pinned file that was given up meanwhile comes back into use. */
function retain(context: WriteContext, id: BlobId): void {
  const key = blobKey(id);
  const used = context.tables.blobs.get(key);
  const blob = used ?? context.tables.garbage.get(key);
  if (blob === undefined) throw vanished();
  if (used === undefined) context.tables.garbage.remove(key);
  context.tables.blobs.put(key, { ...blob, refs: blob.refs + 1 });
}

/** The slices that hold a range, the first and last shortened. */
function cut(slices: readonly Slice[], range: ResolvedRange | undefined): readonly Slice[] {
  if (range === undefined) return slices;
  const result: Slice[] = [];
  let position = 0;
  for (const [id, offset, length, ...key] of slices) {
    const from = Math.max(range.first - position, 0);
    const to = Math.min(range.last + 1 - position, length);
    if (from < to) result.push([id, offset + from, to - from, ...key]);
    position += length;
    if (position > range.last) break;
  }
  return result;
}

/** For an object that exists: a row of its bytes was lost, not deleted. */
export function bytesMissing(): S3Error {
  return new S3Error("InternalError", {
    message:
      "The index of the storage server is damaged: it has the object, but not where its bytes are.",
  });
}

function vanished(): S3Error {
  return new S3Error("NoSuchKey", { message: "The object was deleted while it was being read." });
}
