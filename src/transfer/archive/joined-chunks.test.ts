import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { JoinedChunks } from "./joined-chunks.ts";

it("keeps all bytes in their order, in few chunks", () => {
  const joined = new JoinedChunks();
  const pieces = [3, 0, 65_536, 1, 65_535, 200_000, 7].map((size) => randomBytes(size));
  const chunks = pieces.flatMap((piece) => joined.add(piece));
  chunks.push(...joined.rest());
  expect(Buffer.compare(Buffer.concat(chunks), Buffer.concat(pieces))).toBe(0);
  expect(chunks.map(({ length }) => length)).toEqual([3, ...Array(5).fill(65_536), 3399]);
  expect(joined.rest()).toEqual([]);
});

it("lets the first pieces go at once, the later ones when a chunk is full", () => {
  const joined = new JoinedChunks();
  expect(joined.add(Buffer.from("a"), Buffer.from("b")).map(String)).toEqual(["ab"]);
  expect(joined.add(Buffer.from("c"))).toEqual([]);
  expect(joined.rest().map(String)).toEqual(["c"]);
});

it("shares no memory with what it was given, nor one chunk with the next", () => {
  const joined = new JoinedChunks();
  const piece = Buffer.from("abc");
  const [first] = joined.add(piece);
  piece.fill("x");
  joined.add(piece);
  const [second] = joined.rest();
  expect(String(first)).toBe("abc");
  expect(first?.buffer).not.toBe(second?.buffer);
});
