import { readSync } from "node:fs";

/**
 * LMDB's file as far as it takes to go through it without LMDB, which maps it into memory and ends
 * the process on some damaged pages and passes over others. Numbers are little-endian, as on every
 * machine that the package is built for. A page: its number (8 bytes), a transaction (8), two spare,
 * flags (2), the length of its table of nodes (2), where nodes begin (2); the table is behind these
 * 24 bytes, and places of nodes count from there too. A node: two numbers (2 each), flags (2), length
 * of the key (2), key, value.
 */
const PAGE_HEADER_BYTES = 24;
const FLAGS_AT = 18;
const TABLE_END_AT = 20;
const NODES_START_AT = 22;
const MAGIC = 0xbeefc0de;
const MAGIC_AT = 24;
const FREE_TREE_AT = 48;
const MAIN_TREE_AT = 96;
const LAST_PAGE_AT = 144;
const TRANSACTION_AT = 152;
const HEAD_BYTES = 160;
const SMALLEST_PAGE_BYTES = 512;
const LARGEST_PAGE_BYTES = 65_536;

const NO_PAGE = 0xffff_ffff_ffff_ffffn;
const BRANCH = 1;
const LEAF = 2;
const OVERFLOW = 4;
const NODE_HEADER_BYTES = 8;
/**
 * Flags of a node in a leaf: its value has pages of its own, or its value describes another tree.
 */
const BIG_VALUE = 1;
const SUBTREE = 2;
const TREE_BYTES = 48;

/** A tree of pages, as the head or a node of the tree of trees describes it. */
export interface PageTree {
  readonly depth: number;
  readonly branchPages: number;
  readonly leafPages: number;
  readonly overflowPages: number;
  readonly entries: number;
  /** Undefined: empty. */
  readonly root: number | undefined;
}

export interface IndexHead {
  readonly pageBytes: number;
  readonly lastPage: number;
  readonly transaction: bigint;
  readonly free: PageTree;
  readonly main: PageTree;
}

export interface BranchNode {
  readonly key: Buffer;
  readonly page: number;
}

export interface LeafNode {
  readonly key: Buffer;
  /** In the page itself, or where its own pages begin. */
  readonly value: Buffer | { readonly firstPage: number; readonly bytes: number };
  readonly isTree: boolean;
}

export type Page =
  | { readonly kind: "branch"; readonly nodes: readonly BranchNode[] }
  | { readonly kind: "leaf"; readonly nodes: readonly LeafNode[] };

/** Why a page cannot be what it should be. */
export class DamagedPage extends Error {
  override readonly name = "DamagedPage";
}

/** The newer of the file's two head pages; undefined when one is missing. */
export function readHead(descriptor: number): IndexHead | undefined {
  const first = readOneHead(descriptor, 0);
  if (first === undefined) return undefined;
  const second = readOneHead(descriptor, first.pageBytes);
  if (second?.pageBytes !== first.pageBytes) return undefined;
  return first.transaction > second.transaction ? first : second;
}

function readOneHead(descriptor: number, position: number): IndexHead | undefined {
  const page = Buffer.alloc(HEAD_BYTES);
  if (readSync(descriptor, page, 0, HEAD_BYTES, position) < HEAD_BYTES) return undefined;
  const pageBytes = page.readUInt32LE(FREE_TREE_AT);
  const possible =
    page.readUInt32LE(MAGIC_AT) === MAGIC &&
    pageBytes >= SMALLEST_PAGE_BYTES &&
    pageBytes <= LARGEST_PAGE_BYTES &&
    (pageBytes & (pageBytes - 1)) === 0;
  if (!possible) return undefined;
  return {
    pageBytes,
    lastPage: numberAt(page, LAST_PAGE_AT),
    transaction: page.readBigUInt64LE(TRANSACTION_AT),
    free: treeAt(page, FREE_TREE_AT),
    main: treeAt(page, MAIN_TREE_AT),
  };
}

/** Of a table, from the list of tables. Throws DamagedPage. */
export function readTree(description: Buffer): PageTree {
  if (description.length !== TREE_BYTES) {
    throw new DamagedPage("a table's description has another length");
  }
  // Of a table with keys of one length, or several values of a key: none of this store's.
  if (description.readUInt32LE(0) !== 0 || description.readUInt16LE(4) !== 0) {
    throw new DamagedPage("a table's description is another's");
  }
  return treeAt(description, 0);
}

function treeAt(bytes: Buffer, at: number): PageTree {
  const root = bytes.readBigUInt64LE(at + 40);
  return {
    depth: bytes.readUInt16LE(at + 6),
    branchPages: numberAt(bytes, at + 8),
    leafPages: numberAt(bytes, at + 16),
    overflowPages: numberAt(bytes, at + 24),
    entries: numberAt(bytes, at + 32),
    root: root === NO_PAGE ? undefined : Number(root),
  };
}

function numberAt(bytes: Buffer, at: number): number {
  return Number(bytes.readBigUInt64LE(at));
}

/** A page of a tree. Throws DamagedPage. The nodes lie in a buffer of their own. */
export function readPage(descriptor: number, head: IndexHead, number: number): Page {
  const page = readBytes(descriptor, head, number, head.pageBytes);
  assertHeader(page, head, number);
  const flags = page.readUInt16LE(FLAGS_AT);
  const tableEnd = page.readUInt16LE(TABLE_END_AT);
  const nodesStart = page.readUInt16LE(NODES_START_AT);
  const room = head.pageBytes - PAGE_HEADER_BYTES;
  if ((flags !== BRANCH && flags !== LEAF) || tableEnd % 2 !== 0) {
    throw new DamagedPage("it is no page of a tree");
  }
  if (tableEnd > nodesStart || nodesStart > room) throw new DamagedPage("its bounds are wrong");
  const places = Array.from({ length: tableEnd / 2 }, (_one, at) => {
    const place = page.readUInt16LE(PAGE_HEADER_BYTES + 2 * at);
    if (place >= nodesStart && place + NODE_HEADER_BYTES <= room) return PAGE_HEADER_BYTES + place;
    throw new DamagedPage("a node lies outside of its bounds");
  });
  if (flags === BRANCH) return { kind: "branch", nodes: places.map((at) => branchNode(page, at)) };
  return { kind: "leaf", nodes: places.map((at) => leafNode(page, at)) };
}

function branchNode(page: Buffer, at: number): BranchNode {
  const number = page.readUInt32LE(at) + page.readUInt16LE(at + 4) * 2 ** 32;
  return { key: keyAt(page, at), page: number };
}

function leafNode(page: Buffer, at: number): LeafNode {
  const key = keyAt(page, at);
  const flags = page.readUInt16LE(at + 4);
  const bytes = page.readUInt32LE(at);
  const valueAt = at + NODE_HEADER_BYTES + key.length;
  const isTree = flags === SUBTREE;
  if (flags !== 0 && flags !== BIG_VALUE && !isTree)
    throw new DamagedPage("a node's flags are wrong");
  const isBig = flags === BIG_VALUE;
  if (valueAt + (isBig ? 8 : bytes) > page.length) throw new DamagedPage("a value is cut off");
  const value = isBig
    ? { firstPage: numberAt(page, valueAt), bytes }
    : page.subarray(valueAt, valueAt + bytes);
  return { key, value, isTree };
}

function keyAt(page: Buffer, at: number): Buffer {
  const end = at + NODE_HEADER_BYTES + page.readUInt16LE(at + 6);
  if (end > page.length) throw new DamagedPage("a key is cut off");
  return page.subarray(at + NODE_HEADER_BYTES, end);
}

/** A value on pages of its own. Throws DamagedPage. */
export function readBigValue(
  descriptor: number,
  head: IndexHead,
  { firstPage, bytes }: { readonly firstPage: number; readonly bytes: number },
): { readonly value: Buffer; readonly pages: number } {
  const pages = Math.ceil((PAGE_HEADER_BYTES + bytes) / head.pageBytes);
  const run = readBytes(descriptor, head, firstPage, PAGE_HEADER_BYTES + bytes);
  assertHeader(run, head, firstPage);
  const fits = run.readUInt16LE(FLAGS_AT) === OVERFLOW && run.readUInt32LE(TABLE_END_AT) === pages;
  if (!fits) throw new DamagedPage("it is not the beginning of a long value");
  return { value: run.subarray(PAGE_HEADER_BYTES), pages };
}

function assertHeader(page: Buffer, head: IndexHead, number: number): void {
  if (numberAt(page, 0) !== number) throw new DamagedPage("it does not carry its number");
  if (page.readBigUInt64LE(8) > head.transaction) {
    throw new DamagedPage("it is of a transaction that never was");
  }
}

function readBytes(descriptor: number, head: IndexHead, number: number, bytes: number): Buffer {
  const lastUsed = number + Math.ceil(bytes / head.pageBytes) - 1;
  if (number < 2 || lastUsed > head.lastPage) throw new DamagedPage("there is no such page");
  const buffer = Buffer.allocUnsafe(bytes);
  if (readSync(descriptor, buffer, 0, bytes, number * head.pageBytes) < bytes) {
    throw new DamagedPage("it lies behind the end of the file, which was cut off");
  }
  return buffer;
}
