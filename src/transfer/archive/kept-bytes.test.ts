import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { KeptBytes } from "./kept-bytes.ts";

it("keeps what came, in its order, whatever its length", () => {
  const kept = new KeptBytes();
  const records = [1, 0, 65_535, 1, 65_536, 200_000, 7].map((size) => randomBytes(size));
  for (const record of records) kept.add(record);
  expect(kept.count).toBe(records.length);
  const whole = Buffer.concat(records);
  expect(kept.sizeBytes).toBe(whole.length);
  expect(Buffer.compare(Buffer.concat(kept.pieces()), whole)).toBe(0);
});

it("shares no memory with what it was given", () => {
  const kept = new KeptBytes();
  const record = Buffer.from("abc");
  kept.add(record);
  record.fill("x");
  expect(Buffer.concat(kept.pieces()).toString()).toBe("abc");
});

it("is empty at first", () => {
  expect(Buffer.concat(new KeptBytes().pieces())).toHaveLength(0);
});
