import { expect, it } from "vitest";
import { archiveLimits } from "../../core/archive-limits.ts";
import { PieceBuffers } from "./piece-buffers.ts";

it("gives memory of the asked length, that of before when it is large enough", () => {
  const buffers = new PieceBuffers();
  const first = buffers.take(5000);
  expect(first).toHaveLength(5000);
  buffers.give(first);
  const second = buffers.take(8192);
  expect(second).toHaveLength(8192);
  expect(second.buffer).toBe(first.buffer);
  expect(buffers.take(8192).buffer).not.toBe(first.buffer);
});

it.each([0, 1, 4096, 4097, archiveLimits.reusedBytes])("holds %d bytes", (lengthBytes) => {
  const buffers = new PieceBuffers();
  const bytes = buffers.take(lengthBytes);
  expect(bytes).toHaveLength(lengthBytes);
  buffers.give(bytes);
  expect(buffers.take(lengthBytes).buffer).toBe(bytes.buffer);
});

it("keeps no large memory, none of others, and no more than is allowed", () => {
  const buffers = new PieceBuffers();
  for (const foreign of [Buffer.alloc(archiveLimits.reusedBytes + 1), Buffer.from("pool")]) {
    buffers.give(foreign);
    expect(buffers.take(foreign.length).buffer).not.toBe(foreign.buffer);
  }
  const many = Array.from({ length: 40 }, () => buffers.take(archiveLimits.reusedBytes));
  for (const one of many) buffers.give(one);
  const again = Array.from({ length: 40 }, () => buffers.take(archiveLimits.reusedBytes));
  const memory = new Set(many.map((one) => one.buffer));
  const reused = again.filter((one) => memory.has(one.buffer));
  expect(reused).toHaveLength(archiveLimits.unusedBytes / archiveLimits.reusedBytes);
});
