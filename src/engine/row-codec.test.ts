import { describe, expect, test } from "vitest";
import { byteRows, jsonRows, numberRows } from "./row-codec.ts";

const key = Buffer.from("key");
const name = (): string => "an object";
const damaged = expect.objectContaining({
  code: "InternalError",
  message: expect.stringMatching(/an object fails its checksum/),
});

test("rows come back", () => {
  const row = { text: "ü😀", list: [1, "a"] };
  const json = jsonRows<typeof row>(name);
  expect(json.decode(json.encode(row, key), key)).toEqual(row);
  const bytes = byteRows(name);
  for (const content of [Buffer.from([0, 255]), Buffer.alloc(0)]) {
    expect(Buffer.from(bytes.decode(bytes.encode(content, key), key))).toEqual(content);
  }
  const number = numberRows(name);
  expect(number.decode(number.encode(1_800_000_000_000_000, key), key)).toBe(1_800_000_000_000_000);
});

test("one flipped bit anywhere is an error, never other data", () => {
  const json = jsonRows<object>(name);
  const row = json.encode({ etag: "abc", size: 12 }, key);
  for (let bit = 0; bit < row.length * 8; bit += 1) {
    const changed = Buffer.from(row);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    expect(() => json.decode(changed, key)).toThrow(damaged);
  }
  expect(() => json.decode(row.subarray(0, 3), key)).toThrow(damaged);
});

test("a row under another key is an error", () => {
  for (const codec of [jsonRows<number>(name), numberRows(name)]) {
    expect(() => codec.decode(codec.encode(7, key), Buffer.from("kez"))).toThrow(damaged);
  }
});

describe("the first format", () => {
  const first = Buffer.from("01561bacaf7b2261223a317d", "hex");

  test("is read, and its damage noticed", () => {
    const json = jsonRows<object>(name);
    expect(json.decode(first, key)).toEqual({ a: 1 });
    for (let bit = 0; bit < first.length * 8; bit += 1) {
      const changed = Buffer.from(first);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => json.decode(changed, key)).toThrow(damaged);
    }
  });

  test("has bare numbers", () => {
    const bare = Buffer.from("00066517289b8800", "hex");
    expect(numberRows(name).decode(bare, key)).toBe(0x0006_6517_289b_8800);
  });
});

const rename = (row: unknown): unknown => ({ b: (row as { a: number }).a });
const double = (row: unknown): unknown => ({ b: (row as { b: number }).b * 2 });

test("rows of older shapes are brought up step by step; newer ones are refused", () => {
  const v1 = jsonRows<{ a: number }>(name);
  const v2 = jsonRows<{ b: number }>(name, [rename]);
  const v3 = jsonRows<{ b: number }>(name, [rename, double]);
  expect(v2.decode(v1.encode({ a: 1 }, key), key)).toEqual({ b: 1 });
  expect(v3.decode(v1.encode({ a: 1 }, key), key)).toEqual({ b: 2 });
  expect(v3.decode(v2.encode({ b: 1 }, key), key)).toEqual({ b: 2 });
  expect(v3.decode(v3.encode({ b: 1 }, key), key)).toEqual({ b: 1 });
  expect(() => v2.decode(v3.encode({ b: 1 }, key), key)).toThrow(/written by a newer version/);
});
