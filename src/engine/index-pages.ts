import type { FileHandle } from "node:fs/promises";

/**
 * LMDB's file as far as it takes to say which pages are in use. Numbers are little-endian, as on every
 * machine that the package is built for. A page: its number (8 bytes), a transaction (8), two spare,
 * flags (2), then the length of its table of nodes (2), two more; the table is behind these 24 bytes,
 * and places of nodes count from there too. A head page: see the offsets below.
 */
const PAGE_HEADER_BYTES = 24;
const MAGIC = 0xbeefc0de;
const MAGIC_AT = 24;
const PAGE_BYTES_AT = 48;
const FREE_ROOT_AT = 88;
const MAIN_ROOT_AT = 136;
const LAST_PAGE_AT = 144;
const TRANSACTION_AT = 152;
const HEAD_BYTES = 160;

const NO_PAGE = 0xffff_ffff_ffff_ffffn;
const BRANCH = 1;
const LEAF = 2;
const NODE_HEADER_BYTES = 8;
/** Of a node in a leaf: its value has pages of its own; its value describes another tree. */
const BIG_VALUE = 1;
const SUBTREE = 2;
const ROOT_IN_SUBTREE = 40;

export interface IndexHead {
  readonly pageBytes: number;
  readonly lastPage: number;
  readonly transaction: bigint;
  readonly roots: readonly bigint[];
}

/** Of two heads the newer; undefined when the file has not got both. */
export async function readHead(file: FileHandle): Promise<IndexHead | undefined> {
  const first = await readOneHead(file, 0);
  if (first === undefined) return undefined;
  const second = await readOneHead(file, first.pageBytes);
  if (second === undefined) return undefined;
  return first.transaction > second.transaction ? first : second;
}

async function readOneHead(file: FileHandle, position: number): Promise<IndexHead | undefined> {
  const page = Buffer.alloc(HEAD_BYTES);
  const { bytesRead } = await file.read(page, 0, HEAD_BYTES, position);
  if (bytesRead < HEAD_BYTES || page.readUInt32LE(MAGIC_AT) !== MAGIC) return undefined;
  return {
    pageBytes: page.readUInt32LE(PAGE_BYTES_AT),
    lastPage: Number(page.readBigUInt64LE(LAST_PAGE_AT)),
    transaction: page.readBigUInt64LE(TRANSACTION_AT),
    roots: [page.readBigUInt64LE(FREE_ROOT_AT), page.readBigUInt64LE(MAIN_ROOT_AT)],
  };
}

/** True when every page that something refers to lies within the file. Reads all of them. */
export async function hasAllPages(
  file: FileHandle,
  sizeBytes: number,
  { pageBytes, roots }: IndexHead,
): Promise<boolean> {
  const waiting = roots.filter((root) => root !== NO_PAGE).map(Number);
  const page = Buffer.alloc(pageBytes);
  for (let number = waiting.pop(); number !== undefined; number = waiting.pop()) {
    const { bytesRead } = await file.read(page, 0, pageBytes, number * pageBytes);
    if (bytesRead < pageBytes || Number(page.readBigUInt64LE(0)) !== number) return false;
    for (const { first, bytes } of references(page)) {
      if (first * pageBytes + bytes > sizeBytes) return false;
      if (bytes === 0) waiting.push(first);
    }
  }
  return true;
}

interface Reference {
  /** A page's number. */
  readonly first: number;
  /** Of a value on pages of its own; 0 for a page of a tree. */
  readonly bytes: number;
}

function* references(page: Buffer): Generator<Reference> {
  const flags = page.readUInt16LE(18);
  const nodes = page.readUInt16LE(20) >> 1;
  for (let node = 0; node < nodes; node += 1) {
    const at = PAGE_HEADER_BYTES + page.readUInt16LE(PAGE_HEADER_BYTES + 2 * node);
    const low = page.readUInt32LE(at);
    const nodeFlags = page.readUInt16LE(at + 4);
    const valueAt = at + NODE_HEADER_BYTES + page.readUInt16LE(at + 6);
    if ((flags & BRANCH) !== 0) yield { first: low + nodeFlags * 2 ** 32, bytes: 0 };
    else if ((flags & LEAF) !== 0 && (nodeFlags & BIG_VALUE) !== 0) {
      yield { first: Number(page.readBigUInt64LE(valueAt)), bytes: PAGE_HEADER_BYTES + low };
    } else if ((flags & LEAF) !== 0 && (nodeFlags & SUBTREE) !== 0) {
      const root = page.readBigUInt64LE(valueAt + ROOT_IN_SUBTREE);
      if (root !== NO_PAGE) yield { first: Number(root), bytes: 0 };
    }
  }
}
