import { closeSync, openSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { judgeIndex } from "./index-file.ts";
import { type IndexHead, type LeafNode, readHead, readPage } from "./index-pages.ts";
import { openEngine } from "./open-engine.ts";
import { withDirectory } from "./testing-fixtures/data-directory.ts";
import { createBucket, patternBytes, put, testBucket } from "./testing-fixtures/engine-calls.ts";

// Pages that are well formed each by itself, and cannot be true together.

interface Index {
  readonly head: IndexHead;
  /** The bytes of the file; changed in place. */
  readonly file: Buffer;
  /** Nodes of a page that is a leaf, with the places of their values in the file. */
  readonly leafOf: (
    page: number | undefined,
  ) => { readonly node: LeafNode; readonly valueAt: number }[];
}

/** The problems of an index after `lie` has changed its file. */
async function problemsAfter(lie: (index: Index) => void): Promise<readonly string[]> {
  let problems: readonly string[] = [];
  await withDirectory(async (directory) => {
    const engine = await openEngine({ directory });
    await createBucket(engine, testBucket);
    for (let at = 0; at < 40; at += 1) await put(engine, `key-${at}`, patternBytes(12_000, at));
    for (let at = 0; at < 20; at += 1) {
      await engine.deleteObject({ bucket: testBucket, key: `key-${at}` });
    }
    await engine.close();
    const path = join(directory, "index", "data.mdb");
    expect(judgeIndex(path)?.problems).toEqual([]);
    await writeFile(path, await changed(path, lie));
    problems = judgeIndex(path)?.problems ?? [];
  });
  return problems;
}

async function changed(path: string, lie: (index: Index) => void): Promise<Buffer> {
  const file = await readFile(path);
  const descriptor = openSync(path, "r");
  try {
    const head = readHead(descriptor);
    if (head === undefined) throw new Error("There is no head.");
    const leafOf = (number: number | undefined) => {
      const page = readPage(descriptor, head, number ?? 0);
      if (page.kind !== "leaf") throw new Error("It is no leaf.");
      return page.nodes.map((node) => {
        const value = Buffer.isBuffer(node.value) ? node.value : Buffer.alloc(0);
        const start = (number ?? 0) * head.pageBytes;
        return {
          node,
          valueAt: file.indexOf(Buffer.concat([node.key, value]), start) + node.key.length,
        };
      });
    };
    lie({ head, file, leafOf });
  } finally {
    closeSync(descriptor);
  }
  return file;
}

// Places in the description of a tree.
const counts = { branchPages: 8, leafPages: 16, overflowPages: 24, entries: 32 };

test.each(Object.entries(counts))("a table that counts one of its %s too many", async (_, at) => {
  const problems = await problemsAfter(({ head, file, leafOf }) => {
    const [first] = leafOf(head.main.root);
    const place = (first?.valueAt ?? 0) + at;
    file.writeBigUInt64LE(file.readBigUInt64LE(place) + 1n, place);
  });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(/has \d+ entries, and \d+ by LMDB's count/);
});

test("two tables on the same pages", async () => {
  const problems = await problemsAfter(({ head, file, leafOf }) => {
    const tables = leafOf(head.main.root).filter(({ valueAt }) => file[valueAt + 32] !== 0);
    const [one, other] = tables;
    if (one === undefined || other === undefined) throw new Error("There are not two.");
    file.copy(file, one.valueAt, other.valueAt, other.valueAt + 48);
  });
  expect(problems.join()).toMatch(/page \d+ is in use twice/);
});

test("a row that stands in its page twice, in place of another", async () => {
  const problems = await problemsAfter(({ head, file, leafOf }) => {
    const crowded = leafOf(head.main.root)
      .map(({ valueAt }) => ({
        root: Number(file.readBigUInt64LE(valueAt + 40)),
        depth: file.readUInt16LE(valueAt + 6),
        entries: Number(file.readBigUInt64LE(valueAt + 32)),
      }))
      .find(({ depth, entries }) => depth === 1 && entries > 1);
    if (crowded === undefined) throw new Error("No table has two rows on one page.");
    const places = crowded.root * head.pageBytes + 24;
    file.copy(file, places + 2, places, places + 2);
  });
  expect(problems.join()).toContain("its keys are not in order");
});

/** The first list of free pages: a count, then their numbers. */
function freeList({ head, leafOf }: Index): number {
  const [list] = leafOf(head.free.root);
  return list?.valueAt ?? 0;
}

test("a list of free pages that is longer than it is", async () => {
  const problems = await problemsAfter((index) => {
    index.file.writeBigInt64LE(1_000_000n, freeList(index));
  });
  expect(problems.join()).toContain("a count is wrong");
});

test("a free page that does not exist", async () => {
  const problems = await problemsAfter((index) => {
    index.file.writeBigInt64LE(BigInt(index.head.lastPage) + 1n, freeList(index) + 8);
  });
  expect(problems.join()).toMatch(/Page \d+, which is free, does not exist/);
});
