import { expect, test } from "vitest";
import { decodeBytes, decodeRow, encodeBytes, encodeRow } from "./row-codec.ts";

test("rows come back", () => {
  const row = { text: "ü😀", list: [1, "a"] };
  expect(decodeRow(encodeRow(row), "x")).toEqual(row);
  expect(decodeBytes(encodeBytes(Buffer.from([0, 255])), "x")).toEqual(Buffer.from([0, 255]));
  expect(decodeBytes(encodeBytes(Buffer.alloc(0)), "x")).toHaveLength(0);
});

test("one flipped bit anywhere is an error, never other data", () => {
  const row = encodeRow({ etag: "abc", size: 12 });
  for (let bit = 0; bit < row.length * 8; bit += 1) {
    const damaged = Buffer.from(row);
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    expect(() => decodeRow(damaged, "an object")).toThrow(
      expect.objectContaining({
        code: "InternalError",
        message: expect.stringMatching(/an object/),
      }),
    );
  }
  expect(() => decodeRow(row.subarray(0, 3), "x")).toThrow(/checksum/);
});
