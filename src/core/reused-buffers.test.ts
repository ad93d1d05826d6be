import { expect, it } from "vitest";
import { ReusedBuffers } from "./reused-buffers.ts";

const bounds = { reusedBytes: 256 * 1024, unusedBytes: 4 * 1024 * 1024 };

it("gives memory of the asked length, that of before when it is large enough", () => {
  const buffers = new ReusedBuffers(bounds);
  const first = buffers.take(5000);
  expect(first).toHaveLength(5000);
  buffers.give(first);
  const second = buffers.take(8192);
  expect(second).toHaveLength(8192);
  expect(second.buffer).toBe(first.buffer);
  expect(buffers.take(8192).buffer).not.toBe(first.buffer);
});

it.each([0, 1, 4096, 4097, bounds.reusedBytes])("holds %d bytes", (lengthBytes) => {
  const buffers = new ReusedBuffers(bounds);
  const bytes = buffers.take(lengthBytes);
  expect(bytes).toHaveLength(lengthBytes);
  buffers.give(bytes);
  expect(buffers.take(lengthBytes).buffer).toBe(bytes.buffer);
});

it("keeps no large memory, none of others, and no more than is allowed", () => {
  const buffers = new ReusedBuffers(bounds);
  for (const foreign of [Buffer.alloc(bounds.reusedBytes + 1), Buffer.from("pool")]) {
    buffers.give(foreign);
    expect(buffers.take(foreign.length).buffer).not.toBe(foreign.buffer);
  }
  const many = Array.from({ length: 40 }, () => buffers.take(bounds.reusedBytes));
  for (const one of many) buffers.give(one);
  const again = Array.from({ length: 40 }, () => buffers.take(bounds.reusedBytes));
  const memory = new Set(many.map((one) => one.buffer));
  const reused = again.filter((one) => memory.has(one.buffer));
  expect(reused).toHaveLength(bounds.unusedBytes / bounds.reusedBytes);
});
