import { archiveLimits } from "../../core/archive-limits.ts";
import { StorageError } from "../../core/errors.ts";
import type { ListedObject, ObjectHead } from "../../core/object-store.ts";
import { ReusedBuffers } from "../../core/reused-buffers.ts";
import { pourResumed } from "../download/resumed-body.ts";
import { isSameObject } from "../download/same-object.ts";
import { WholeCheck } from "../download/whole-check.ts";
import type { TransferContext } from "../transfer-context.ts";
import type { MemberContents } from "./archive-member.ts";
import { inOrder, type OrderedResult } from "./in-order.ts";
import type { PackedBytes } from "./pack-bytes.ts";
import { PackEngines } from "./pack-engines.ts";

const operation = "streamArchive";

/** An object that is to become a member. */
export interface WantedMember {
  readonly listed: ListedObject;
  readonly name: string;
}

/** An object whose bytes are there or on their way, or why they are not. */
export type FetchedMember = { readonly wanted: WantedMember } & (
  | { readonly head: ObjectHead; readonly contents: MemberContents }
  | { readonly error: unknown }
);

export interface FetchWishes {
  readonly wanted: (signal: AbortSignal) => AsyncIterable<WantedMember>;
  readonly signal: AbortSignal;
  /** Requests at a time. */
  readonly lanes: number;
  /** Compresses what is fetched whole as well: 0 to 9. */
  readonly packLevel?: number | undefined;
}

/**
 * Objects in the order in which they are wanted, fetched side by side ahead of whoever takes them. Each
 * is the one that was listed, and whole: bytes of another one, or other than the store's checksum says,
 * are an error. Contents in chunks are to be read to their end before the next member is asked for, and
 * those of a small member are no longer its bytes then: their memory is used again.
 */
export async function* fetchMembers(
  context: TransferContext,
  { wanted, signal, lanes, packLevel }: FetchWishes,
): AsyncGenerator<FetchedMember, void> {
  const buffers = new ReusedBuffers(archiveLimits);
  const engines = packLevel === undefined ? undefined : new PackEngines(packLevel);
  const pieces = inOrder({
    items: (inner) => piecesOf(wanted(inner)),
    work: (piece, inner) => fetchPiece(context, piece, { signal: inner, engines, buffers }),
    sizeOf: ({ lengthBytes }) => lengthBytes,
    signal,
    lanes,
    firstLanes: archiveLimits.firstLanes,
    heldBytes: archiveLimits.aheadBytes,
    heldItems: archiveLimits.aheadPieces,
  });
  try {
    for (;;) {
      const { done, value } = await pieces.next();
      if (done === true) return;
      const member = await memberOf(context, value, pieces);
      yield member;
      if ("contents" in member) giveBack(buffers, member.contents);
    }
  } finally {
    await pieces.return();
    engines?.close();
  }
}

/** A range of an object; all of it when it is small. */
interface Piece {
  readonly wanted: WantedMember;
  readonly first: number;
  readonly lengthBytes: number;
  readonly opening: Opening;
  readonly isLast: boolean;
}

/** Lets the later pieces of an object wait for the answer to the first one's request. */
class Opening {
  readonly head: Promise<ObjectHead>;
  opened: (head: ObjectHead) => void = () => undefined;
  failed: (error: unknown) => void = () => undefined;

  constructor() {
    this.head = new Promise((resolve, reject) => {
      this.opened = resolve;
      this.failed = reject;
    });
    this.head.catch(() => undefined);
  }
}

async function* piecesOf(wanted: AsyncIterable<WantedMember>): AsyncGenerator<Piece, void> {
  for await (const member of wanted) {
    const { sizeBytes } = member.listed;
    const opening = new Opening();
    for (let first = 0; first === 0 || first < sizeBytes; first += archiveLimits.pieceBytes) {
      const lengthBytes = Math.min(archiveLimits.pieceBytes, sizeBytes - first);
      const isLast = first + lengthBytes === sizeBytes;
      yield { wanted: member, first, lengthBytes, opening, isLast };
    }
  }
}

/** A packed one has its bytes in `packed` alone. */
interface FetchedPiece {
  readonly head: ObjectHead;
  readonly bytes: Uint8Array;
  readonly packed?: PackedBytes;
}

interface PieceWishes extends Pick<FetchWishes, "signal"> {
  readonly engines: PackEngines | undefined;
  readonly buffers: ReusedBuffers;
}

async function fetchPiece(
  context: TransferContext,
  piece: Piece,
  { signal, engines, buffers }: PieceWishes,
): Promise<FetchedPiece> {
  const { opening, first, lengthBytes, isLast } = piece;
  const { store } = context;
  const opened = first === 0 ? await openMember(context, piece, signal) : undefined;
  const head = opened?.head ?? (await opening.head);
  const bytes = buffers.take(lengthBytes);
  let filled = 0;
  const request = { store, head, first, lengthBytes, opened: opened?.body, signal };
  await pourResumed(request, (chunk) => {
    bytes.set(chunk, filled);
    filled += chunk.length;
  });
  if (first > 0 || !isLast) return { head, bytes };
  verify(context, head, bytes);
  if (engines === undefined) return { head, bytes };
  const packed = await engines.pack(bytes);
  if (packed.method === "deflate") buffers.give(bytes);
  return { head, bytes: packed.bytes, packed };
}

/** What a member that was written lay in, unless it was compressed. */
function giveBack(buffers: ReusedBuffers, contents: MemberContents): void {
  if ("whole" in contents) buffers.give(contents.whole);
  else if ("packed" in contents && contents.packed.method === "store") {
    buffers.give(contents.packed.bytes);
  }
}

async function openMember(
  { store }: TransferContext,
  { wanted: { listed }, opening }: Piece,
  signal: AbortSignal,
) {
  try {
    const { etag, key, sizeBytes } = listed;
    const pinned = { ifMatch: etag, verify: false, signal };
    const result = await store.getObject(key, etag === "" ? { verify: false, signal } : pinned);
    // Listings tell times to the millisecond, heads to the second.
    const lastModified = new Date(Math.floor(listed.lastModified.getTime() / 1000) * 1000);
    if (!isSameObject(result.head, { sizeBytes, etag, lastModified })) {
      await result.body[Symbol.asyncIterator]().return?.();
      throw replaced(store.bucket, key);
    }
    opening.opened(result.head);
    return result;
  } catch (error) {
    opening.failed(error);
    throw error;
  }
}

type Pieces = AsyncGenerator<OrderedResult<Piece, FetchedPiece>, void>;

async function memberOf(
  context: TransferContext,
  { item, result }: OrderedResult<Piece, FetchedPiece>,
  pieces: Pieces,
): Promise<FetchedMember> {
  const { wanted } = item;
  try {
    const { head, bytes, packed } = await result;
    if (packed !== undefined) return { wanted, head, contents: { packed } };
    if (item.isLast) return { wanted, head, contents: { whole: bytes } };
    return { wanted, head, contents: { chunks: chunksOf(context, { head, bytes }, pieces) } };
  } catch (error) {
    for (let { isLast } = item; !isLast;) isLast = (await pieces.next()).value?.item.isLast ?? true;
    return { wanted, error };
  }
}

async function* chunksOf(
  context: TransferContext,
  { head, bytes }: Pick<FetchedPiece, "head" | "bytes">,
  pieces: Pieces,
): AsyncGenerator<Uint8Array, void> {
  const check = new WholeCheck(context, head);
  check.update(bytes);
  yield bytes;
  for (let isLast = false; !isLast;) {
    const { done, value } = await pieces.next();
    if (done === true) break;
    const piece = await value.result;
    check.update(piece.bytes);
    yield piece.bytes;
    isLast = value.item.isLast;
  }
  check.finish(operation);
}

function verify(context: TransferContext, head: ObjectHead, bytes: Uint8Array): void {
  const check = new WholeCheck(context, head);
  check.update(bytes);
  check.finish(operation);
}

function replaced(bucket: string, key: string): StorageError {
  return new StorageError("PreconditionFailed", `${key} was replaced after it was listed.`, {
    operation,
    bucket,
    key,
    remedy: 'Make the archive again, or let it say what it lacks: onMissing: "report".',
  });
}
