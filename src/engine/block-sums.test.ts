import { expect, test } from "vitest";
import { blockBytes, BlockSums, isBlockIntact, rowOfBlock, sumOfBlock } from "./block-sums.ts";

const id = "0123456789abcdef0123456789abcdef";
const blocks = 300;

test.each([
  ["plain", undefined],
  ["encrypted", Buffer.alloc(32, 1)],
])(
  "each block of a %s file of several rows is intact, and no other in its place is",
  (_how, key) => {
    const plain = Buffer.alloc(blocks * blockBytes - 1, "x");
    const sums = new BlockSums(id, key);
    const sealed = key !== undefined;
    const bytes = Buffer.concat([
      ...sums.update(plain.subarray(0, 100_000)),
      ...sums.update(plain.subarray(100_000)),
    ]);
    expect(bytes.equals(plain)).toBe(!sealed);
    const rows = sums.rows();
    expect(rows).toHaveLength(rowOfBlock(blocks - 1) + 1);
    const isIntact = (block: number, content: number): boolean =>
      isBlockIntact(
        id,
        block,
        bytes.subarray(content * blockBytes, (content + 1) * blockBytes),
        sumOfBlock(block, rows[rowOfBlock(block)] ?? Buffer.alloc(0), sealed).sum,
      );
    for (const block of [0, 1, 127, 128, 129, 255, 256, blocks - 1]) {
      expect(isIntact(block, block), `block ${block}`).toBe(true);
    }
    expect(isIntact(128, blocks - 1)).toBe(false);
    const first = sumOfBlock(0, rows[0] ?? bytes, sealed);
    expect(isBlockIntact(id, 128, bytes.subarray(0, blockBytes), first.sum)).toBe(false);
    expect(first.tag).toHaveLength(sealed ? 16 : 0);
  },
);
