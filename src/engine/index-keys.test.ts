import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  bucketRange,
  keyOfObjectKey,
  keyOfSequenceKey,
  keyRange,
  numberKey,
  objectKey,
  partKey,
  partNumberOf,
  readNumber,
  successor,
  versionKey,
} from "./index-keys.ts";

const byte = fc.constantFrom(0, 1, 0x61, 0xfe, 0xff);
const bytes = fc.array(byte, { maxLength: 6 }).map((list) => Buffer.from(list));
const number = fc.maxSafeNat();

test("numbers keep their order and come back", () => {
  fc.assert(
    fc.property(number, number, (a, b) => {
      expect(readNumber(numberKey(a))).toBe(a);
      expect(Math.sign(Buffer.compare(numberKey(a), numberKey(b)))).toBe(Math.sign(a - b));
    }),
  );
});

test("version keys sort by the key's bytes, then newest first", () => {
  fc.assert(
    fc.property(bytes, bytes, number, number, (a, b, first, second) => {
      const order = Buffer.compare(versionKey(1, a, first), versionKey(1, b, second));
      const expected = Buffer.compare(a, b) || Math.sign(second - first);
      expect(Math.sign(order)).toBe(expected);
    }),
  );
});

test("keys come back from their rows", () => {
  fc.assert(
    fc.property(bytes, number, (key, sequence) => {
      expect(keyOfObjectKey(objectKey(7, key))).toEqual(key);
      expect(keyOfSequenceKey(versionKey(7, key, sequence))).toEqual(key);
    }),
  );
  expect(partNumberOf(partKey(5, 10_000))).toBe(10_000);
});

test("the range of one key holds its versions and no other key's", () => {
  fc.assert(
    fc.property(bytes, bytes, number, (key, other, sequence) => {
      const { start, end } = keyRange(3, key);
      const row = versionKey(3, other, sequence);
      const inside = Buffer.compare(row, start) >= 0 && Buffer.compare(row, end) < 0;
      expect(inside).toBe(key.equals(other));
    }),
  );
});

test("the range of a bucket from a key on", () => {
  fc.assert(
    fc.property(bytes, bytes, number, fc.integer({ min: 2, max: 4 }), (from, key, seq, bucket) => {
      const { start, end } = bucketRange(3, from, true);
      const row = versionKey(bucket, key, seq);
      const inside = Buffer.compare(row, start) >= 0 && Buffer.compare(row, end) < 0;
      expect(inside).toBe(bucket === 3 && Buffer.compare(key, from) >= 0);
    }),
  );
});

test.each([true, false])("the range of a bucket below a prefix, escaped: %s", (escaped) => {
  const prefixes = fc.uint8Array({ maxLength: 3 }).map((drawn) => Buffer.from(drawn));
  const write = (bucket: number, key: Buffer): Buffer =>
    escaped ? versionKey(bucket, key, 1) : objectKey(bucket, key);
  fc.assert(
    fc.property(prefixes, bytes, fc.integer({ min: 2, max: 4 }), (prefix, rest, bucket) => {
      const { start, end } = bucketRange(3, prefix, escaped, prefix);
      for (const key of [rest, Buffer.concat([prefix, rest])]) {
        const row = write(bucket, key);
        const inside = Buffer.compare(row, start) >= 0 && Buffer.compare(row, end) < 0;
        const startsSo = key.subarray(0, prefix.length).equals(prefix);
        expect(inside).toBe(bucket === 3 && startsSo);
      }
    }),
  );
});

test("the successor of a prefix is the first text behind all that start so", () => {
  fc.assert(
    fc.property(bytes, bytes, (prefix, text) => {
      const next = successor(prefix);
      const startsSo = text.subarray(0, prefix.length).equals(prefix);
      const behind = Buffer.compare(text, prefix) >= 0 && !startsSo;
      expect(next !== undefined && Buffer.compare(text, next) >= 0).toBe(behind);
    }),
  );
});
