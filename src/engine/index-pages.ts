import { readSync } from "node:fs";

/**
 * LMDB's file as far as it takes to go through it without LMDB, which maps it into memory and ends
 * the process on some damaged pages and passes over others. Numbers are little-endian, as on every
 * machine that the package is built for. A page: its number (8 bytes), a transaction (8), two spare,
 * flags (2), the length of its table of nodes (2), where nodes begin (2); the table is behind these
 * 24 bytes, and places of nodes count from there too. A node: two numbers (2 each), flags (2), length
 * of the key (2), key, value.
 */
const pageHeaderBytes = 24;
const flagsAt = 18;
const tableEndAt = 20;
const nodesStartAt = 22;
const magicNumber = 0xbeefc0de;
const magicAt = 24;
const freeTreeAt = 48;
const mainTreeAt = 96;
const lastPageAt = 144;
const transactionAt = 152;
const headBytes = 160;
const smallestPageBytes = 512;
const largestPageBytes = 65_536;

const noPage = 0xffff_ffff_ffff_ffffn;
const branchFlag = 1;
const leafFlag = 2;
const overflow = 4;
const nodeHeaderBytes = 8;
/**
 * Flags of a node in a leaf: its value has pages of its own, or its value describes another tree.
 */
const bigValueFlag = 1;
const subtreeFlag = 2;
const treeBytes = 48;

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
  const page = Buffer.alloc(headBytes);
  if (readSync(descriptor, page, 0, headBytes, position) < headBytes) return undefined;
  const pageBytes = page.readUInt32LE(freeTreeAt);
  const possible =
    page.readUInt32LE(magicAt) === magicNumber &&
    pageBytes >= smallestPageBytes &&
    pageBytes <= largestPageBytes &&
    (pageBytes & (pageBytes - 1)) === 0;
  if (!possible) return undefined;
  return {
    pageBytes,
    lastPage: numberAt(page, lastPageAt),
    transaction: page.readBigUInt64LE(transactionAt),
    free: treeAt(page, freeTreeAt),
    main: treeAt(page, mainTreeAt),
  };
}

/** The tree of a table, as the list of tables describes it. Throws DamagedPage. */
export function readTree(description: Buffer): PageTree {
  if (description.length !== treeBytes) {
    throw new DamagedPage("a table's description has another length");
  }
  // Tables with keys of one length or with several values of a key: this store has none.
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
    root: root === noPage ? undefined : Number(root),
  };
}

function numberAt(bytes: Buffer, at: number): number {
  return Number(bytes.readBigUInt64LE(at));
}

/** A page of a tree. Throws DamagedPage. The nodes lie in a buffer of their own. */
export function readPage(descriptor: number, head: IndexHead, number: number): Page {
  const page = readBytes(descriptor, head, number, head.pageBytes);
  assertHeader(page, head, number);
  const flags = page.readUInt16LE(flagsAt);
  const tableEnd = page.readUInt16LE(tableEndAt);
  const nodesStart = page.readUInt16LE(nodesStartAt);
  const room = head.pageBytes - pageHeaderBytes;
  if ((flags !== branchFlag && flags !== leafFlag) || tableEnd % 2 !== 0) {
    throw new DamagedPage("it is no page of a tree");
  }
  if (tableEnd > nodesStart || nodesStart > room) throw new DamagedPage("its bounds are wrong");
  const places = Array.from({ length: tableEnd / 2 }, (_one, at) => {
    const place = page.readUInt16LE(pageHeaderBytes + 2 * at);
    if (place >= nodesStart && place + nodeHeaderBytes <= room) return pageHeaderBytes + place;
    throw new DamagedPage("a node lies outside of its bounds");
  });
  if (flags === branchFlag)
    return { kind: "branch", nodes: places.map((at) => branchNode(page, at)) };
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
  const valueAt = at + nodeHeaderBytes + key.length;
  const isTree = flags === subtreeFlag;
  if (flags !== 0 && flags !== bigValueFlag && !isTree)
    throw new DamagedPage("a node's flags are wrong");
  const isBig = flags === bigValueFlag;
  if (valueAt + (isBig ? 8 : bytes) > page.length) throw new DamagedPage("a value is cut off");
  const value = isBig
    ? { firstPage: numberAt(page, valueAt), bytes }
    : page.subarray(valueAt, valueAt + bytes);
  return { key, value, isTree };
}

function keyAt(page: Buffer, at: number): Buffer {
  const end = at + nodeHeaderBytes + page.readUInt16LE(at + 6);
  if (end > page.length) throw new DamagedPage("a key is cut off");
  return page.subarray(at + nodeHeaderBytes, end);
}

/** A value on pages of its own. Throws DamagedPage. */
export function readBigValue(
  descriptor: number,
  head: IndexHead,
  { firstPage, bytes }: { readonly firstPage: number; readonly bytes: number },
): { readonly value: Buffer; readonly pages: number } {
  const pages = Math.ceil((pageHeaderBytes + bytes) / head.pageBytes);
  const run = readBytes(descriptor, head, firstPage, pageHeaderBytes + bytes);
  assertHeader(run, head, firstPage);
  const fits = run.readUInt16LE(flagsAt) === overflow && run.readUInt32LE(tableEndAt) === pages;
  if (!fits) throw new DamagedPage("it is not the beginning of a long value");
  return { value: run.subarray(pageHeaderBytes), pages };
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
