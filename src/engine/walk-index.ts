import { fstatSync } from "node:fs";
import {
  DamagedPage,
  readBigValue,
  readPage,
  readTree,
  type BranchNode,
  type IndexHead,
  type LeafNode,
  type PageTree,
} from "./index-pages.ts";
import { isIntact } from "./row-codec.ts";
import { firstTables, isTableName } from "./tables.ts";

/** Problems that are told in words; of more only their number. */
const problemsTold = 20;

export interface IndexWalk {
  readonly pages: number;
  readonly rows: number;
  /** Sentences, at most some twenty. Empty: every page and row is what was written. */
  readonly problems: readonly string[];
  /** The number of all problems, those that are not told included. */
  readonly problemCount: number;
}

/** Every row that can be read and whose checksum fits. */
export type RowVisitor = (table: string, key: Buffer, value: Buffer) => void;

/**
 * Goes through every page that the index refers to, and every row, without LMDB. What is compared:
 * the number that each page carries, the order of keys within and between pages, the checksum of each
 * row, and LMDB's own counts of pages and entries; no page may be in use twice, or be in use and free.
 * Nobody may write meanwhile.
 */
export function walkIndex(
  descriptor: number,
  head: IndexHead,
  visit: RowVisitor = () => undefined,
): IndexWalk {
  return new Walk(descriptor, head, visit).run();
}

interface Counts {
  branch: number;
  leaf: number;
  overflow: number;
  entries: number;
}

interface Place {
  readonly table: string;
  readonly page: number;
  readonly depth: number;
  /** Keys of the page: from `low` on, below `high`. */
  readonly low: Buffer | undefined;
  readonly high: Buffer | undefined;
}

type Compare = (a: Buffer, b: Buffer) => number;

class Walk {
  readonly #descriptor: number;
  readonly #head: IndexHead;
  readonly #visit: RowVisitor;
  /** A byte for each page: 1 when it is in use. */
  readonly #used: Uint8Array;
  #pages = 0;
  readonly #problems: string[] = [];
  #problemCount = 0;
  #rows = 0;

  constructor(descriptor: number, head: IndexHead, visit: RowVisitor) {
    this.#descriptor = descriptor;
    this.#head = head;
    this.#visit = visit;
    this.#used = new Uint8Array(Math.ceil(fstatSync(descriptor).size / head.pageBytes));
  }

  run(): IndexWalk {
    const { main, free } = this.#head;
    const tables: { readonly name: string; readonly tree: PageTree }[] = [];
    this.#walkTree("the list of tables", main, compareBytes, (node, value) => {
      const name = node.key.toString("utf8").replace(/\0$/, "");
      if (!node.isTree || !isTableName(name)) throw new DamagedPage(`${name} is no table`);
      tables.push({ name, tree: readTree(value) });
    });
    if (main.root !== undefined) this.#assertAll(tables.map(({ name }) => name));
    for (const { name, tree } of tables) {
      this.#walkTree(name, tree, compareBytes, ({ key }, value) => this.#row(name, key, value));
    }
    const freePages: number[] = [];
    this.#walkTree("the list of free pages", free, compareNumbers, (_node, value) => {
      for (const page of pagesOfFreeList(value)) freePages.push(page);
    });
    for (const page of freePages) {
      if (this.#used[page] === 1)
        this.#tell(`Page ${page} is in use and on the list of free pages.`);
      if (page > this.#head.lastPage) this.#tell(`Page ${page}, which is free, does not exist.`);
    }
    return {
      pages: this.#pages,
      rows: this.#rows,
      problems: this.#problems,
      problemCount: this.#problemCount,
    };
  }

  /** LMDB would make a missing table anew, empty. */
  #assertAll(found: readonly string[]): void {
    for (const name of firstTables) {
      if (!found.includes(name)) this.#tell(`The table ${name} is missing.`);
    }
  }

  #walkTree(
    table: string,
    tree: PageTree,
    compare: Compare,
    onNode: (node: LeafNode, value: Buffer) => void,
  ): void {
    const counts: Counts = { branch: 0, leaf: 0, overflow: 0, entries: 0 };
    const before = this.#problemCount;
    const descend = (place: Place): void => {
      this.#guard(place, () => {
        this.#use(place.page, 1);
        const page = readPage(this.#descriptor, this.#head, place.page);
        assertOrder(page.nodes, page.kind === "branch" ? 1 : 0, place, compare);
        if ((page.kind === "leaf") !== (place.depth === tree.depth)) {
          throw new DamagedPage("it has another depth");
        }
        counts[page.kind] += 1;
        if (page.kind === "leaf") {
          for (const node of page.nodes) {
            this.#guard(place, () => {
              const { value, pages } = this.#valueOf(node);
              counts.overflow += pages;
              onNode(node, value);
              counts.entries += 1;
            });
          }
          return;
        }
        for (const [at, node] of page.nodes.entries())
          descend(childOf(place, page.nodes, at, node));
      });
    };
    if (tree.root !== undefined) {
      descend({ table, page: tree.root, depth: 1, low: undefined, high: undefined });
    }
    if (this.#problemCount === before && !sameCounts(tree, counts)) {
      this.#tell(`${table} has ${counts.entries} entries, and ${tree.entries} by LMDB's count.`);
    }
  }

  #guard({ table, page }: Place, work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof DamagedPage)) throw error;
      this.#tell(`Page ${page} (${table}): ${error.message}.`);
    }
  }

  #row(table: string, key: Buffer, value: Buffer): void {
    this.#rows += 1;
    if (!isIntact(value, key)) throw new DamagedPage("a row fails its checksum");
    this.#visit(table, key, value);
  }

  #valueOf({ value }: LeafNode): { readonly value: Buffer; readonly pages: number } {
    if (!("firstPage" in value)) return { value, pages: 0 };
    const big = readBigValue(this.#descriptor, this.#head, value);
    this.#use(value.firstPage, big.pages);
    return big;
  }

  #use(first: number, pages: number): void {
    for (let page = first; page < first + pages; page += 1) {
      if (this.#used[page] === 1) throw new DamagedPage(`page ${page} is in use twice`);
      this.#used[page] = 1;
      this.#pages += 1;
    }
  }

  #tell(problem: string): void {
    this.#problemCount += 1;
    if (this.#problems.length < problemsTold) this.#problems.push(problem);
  }
}

function childOf(parent: Place, nodes: readonly BranchNode[], at: number, node: BranchNode): Place {
  return {
    table: parent.table,
    page: node.page,
    depth: parent.depth + 1,
    // The first key of a branch is left out: it is that of the branch itself.
    low: at === 0 ? parent.low : node.key,
    high: nodes[at + 1]?.key ?? parent.high,
  };
}

function assertOrder(
  nodes: readonly { readonly key: Buffer }[],
  from: number,
  { low, high }: Place,
  compare: Compare,
): void {
  if (nodes.length <= from) throw new DamagedPage("it is empty");
  let previous: Buffer | undefined;
  for (const { key } of nodes.slice(from)) {
    if (previous !== undefined && compare(previous, key) >= 0) {
      throw new DamagedPage("its keys are not in order");
    }
    previous = key;
  }
  const first = nodes[from]?.key;
  const inside =
    (low === undefined || first === undefined || compare(low, first) <= 0) &&
    (high === undefined || previous === undefined || compare(previous, high) < 0);
  if (!inside) throw new DamagedPage("its keys belong elsewhere");
}

function sameCounts(tree: PageTree, counts: Counts): boolean {
  return (
    tree.branchPages === counts.branch &&
    tree.leafPages === counts.leaf &&
    tree.overflowPages === counts.overflow &&
    tree.entries === counts.entries
  );
}

function compareBytes(a: Buffer, b: Buffer): number {
  return a.compare(b);
}

/** Keys of the list of free pages are numbers of transactions. */
function compareNumbers(a: Buffer, b: Buffer): number {
  if (a.length !== 8 || b.length !== 8) throw new DamagedPage("a key has another length");
  const difference = a.readBigUInt64LE() - b.readBigUInt64LE();
  return difference < 0n ? -1 : Number(difference > 0n);
}

/**
 * A count, then numbers of pages; a negative number says how many pages follow from the next on, and
 * 0 stands for nothing.
 */
function* pagesOfFreeList(list: Buffer): Generator<number> {
  const count = list.length < 8 ? 0 : Number(list.readBigInt64LE(0));
  if (count < 0 || (count + 1) * 8 > list.length) throw new DamagedPage("a count is wrong");
  for (let at = 1; at <= count; at += 1) {
    const first = Number(list.readBigInt64LE(at * 8));
    if (first > 0) yield first;
  }
}
