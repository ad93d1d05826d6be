import { randomBytes } from "node:crypto";
import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { mib } from "../../core/limits.ts";
import { MemoryStore } from "../testing-fixtures/memory-store.ts";
import { transferContext } from "../transfer-context.ts";
import { RangeBlocks } from "./range-blocks.ts";
import { RangeChecks } from "./range-checks.ts";

const context = transferContext(new MemoryStore().asStore(), {});
const blockBytes = mib;
/** Two blocks and a rest, behind another range of two. */
const range = { offset: 2 * blockBytes, lengthBytes: 2 * blockBytes + 7 };
const contents = randomBytes(range.offset + range.lengthBytes);
const head = {
  key: "a",
  sizeBytes: contents.length,
  etag: '"e"',
  lastModified: new Date(0),
  metadata: {},
};

let folder = "";
let handle: FileHandle;
const remembered = new Map<number, { readonly lengthBytes: number; readonly digest: string }>();
const ledger = {
  digestOf: (offset: number, lengthBytes: number) => {
    const block = remembered.get(offset);
    return block?.lengthBytes === lengthBytes ? block.digest : undefined;
  },
  wrote: ({ offset, ...block }: { offset: number; lengthBytes: number; digest: string }) =>
    void remembered.set(offset, block),
};

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "sms-blocks-test-"));
  handle = await open(path.join(folder, "part"), "w+");
  remembered.clear();
});

afterEach(async () => {
  await handle.close();
  await rm(folder, { recursive: true });
});

const blocksOf = (of = range) =>
  new RangeBlocks(context, {
    handle,
    head,
    ledger,
    checks: new RangeChecks(context, head, 5),
    range: of,
    blockBytes,
  });

/** As a connection gives them: in pieces that end anywhere. */
function feed(blocks: RangeBlocks, upTo: number): void {
  const first = blocks.rest.offset;
  for (let at = first; at < upTo; at += 300_001) {
    blocks.update(contents.subarray(at, Math.min(upTo, at + 300_001)));
  }
}

it("remembers each block once all of it came", () => {
  const blocks = blocksOf();
  feed(blocks, range.offset + blockBytes - 1);
  expect([...remembered.keys()]).toEqual([]);
  const others = blocksOf();
  feed(others, contents.length);
  others.end();
  expect(others.isDone).toBe(true);
  expect([...remembered].map(([offset, { lengthBytes }]) => [offset, lengthBytes])).toEqual([
    [2 * blockBytes, blockBytes],
    [3 * blockBytes, blockBytes],
    [4 * blockBytes, 7],
  ]);
});

it("passes over the blocks that are there, up to the first that is not as it was written", async () => {
  feed(blocksOf(), range.offset + blockBytes + 5);
  await handle.write(contents, 0, contents.length, 0);
  const blocks = blocksOf();
  expect(await blocks.skipWritten()).toBe(blockBytes);
  expect(blocks.rest).toEqual({ offset: 3 * blockBytes, lengthBytes: blockBytes + 7 });
  feed(blocks, contents.length);
  expect(blocks.isDone).toBe(true);
  const all = blocksOf();
  expect(await all.skipWritten()).toBe(range.lengthBytes);
  expect(all.isDone).toBe(true);

  await handle.write("x", 3 * blockBytes + 9);
  const spoiled = blocksOf();
  expect(await spoiled.skipWritten()).toBe(blockBytes);
  feed(spoiled, contents.length);
  expect(spoiled.isDone).toBe(true);
});

it("is done with a range of nothing", async () => {
  const blocks = blocksOf({ offset: 0, lengthBytes: 0 });
  expect(await blocks.skipWritten()).toBe(0);
  blocks.end();
  expect(blocks.isDone).toBe(true);
});
