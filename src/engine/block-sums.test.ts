import { expect, test } from "vitest";
import { blockBytes, BlockSums, isBlockIntact, rowOfBlock } from "./block-sums.ts";

const id = "0123456789abcdef0123456789abcdef";
const blocks = 300;

test("each block of a file of several rows is intact, and no other in its place is", () => {
  const bytes = Buffer.alloc(blocks * blockBytes - 1, "x");
  const sums = new BlockSums(id);
  sums.update(bytes);
  const rows = sums.rows();
  expect(rows).toHaveLength(rowOfBlock(blocks - 1) + 1);
  const isIntact = (block: number, content: number): boolean =>
    isBlockIntact(
      id,
      block,
      bytes.subarray(content * blockBytes, (content + 1) * blockBytes),
      rows[rowOfBlock(block)] ?? Buffer.alloc(0),
    );
  for (const block of [0, 1, 127, 128, 129, 255, 256, blocks - 1]) {
    expect(isIntact(block, block), `block ${block}`).toBe(true);
  }
  expect(isIntact(128, blocks - 1)).toBe(false);
  expect(isBlockIntact(id, 128, bytes.subarray(0, blockBytes), rows[0] ?? bytes)).toBe(false);
});
