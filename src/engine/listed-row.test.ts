import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checksumAlgorithms } from "../core/checksum.ts";
import { objectKey } from "./index-keys.ts";
import { ListedRow } from "./listed-row.ts";
import { toObjectRecord } from "./object-record.ts";
import { jsonRows } from "./row-codec.ts";
import type { VersionRow } from "./rows.ts";
import { rowCodecs } from "./tables.ts";
import { contentOf, listedOf } from "./testing-fixtures/taken-objects.ts";

/** With all that could be taken for the start, the end or a member of a row. */
const text = fc.string({
  unit: fc.constantFrom(
    "a",
    '"',
    "\\",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "é",
    "\u0000",
    "\ud800",
    "😀",
  ),
  maxLength: 8,
});
const name = fc.oneof(text, fc.constantFrom("at", "size", "etag", "class", "sum", "seq"));
const texts = fc.dictionary(name, text, { maxKeys: 4 });
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });

const rows: fc.Arbitrary<VersionRow> = fc
  .record({
    seq: fc.maxSafeNat(),
    id: fc.stringMatching(/^[\w.]{1,40}$/),
    headers: texts,
    meta: optional(texts),
    tags: optional(fc.array(fc.record({ Key: text, Value: text }), { maxLength: 2 })),
    class: optional(fc.constantFrom("GLACIER", "STANDARD_IA")),
    at: fc.nat(4_000_000_000_000),
    size: fc.maxSafeNat(),
    etag: fc.oneof(fc.stringMatching(/^[0-9a-f]{32}(-\d{1,4})?$/), text),
    sum: optional(
      fc.tuple(
        fc.constantFrom(...checksumAlgorithms),
        fc.constantFrom("FULL_OBJECT" as const, "COMPOSITE" as const),
        text,
      ),
    ),
    content: optional(fc.record({ md5: text, slice: fc.constant([7, 0, 9, "store"] as const) })),
  })
  .map((row) => JSON.parse(JSON.stringify(row)) as VersionRow);

const keys = fc.string({ unit: "binary", minLength: 1, maxLength: 40 });

function rowOf(bytes: Uint8Array, key: string): ListedRow {
  const row = new ListedRow();
  // As lmdb lends them: among others, and behind them what was there before.
  const lent = Buffer.concat([Buffer.from("##"), objectKey(3, Buffer.from(key, "utf8"))]);
  row.source.takeKey(lent, 2, lent.length);
  row.source.takeRow(Buffer.concat([bytes, Buffer.from('"}],"sum":[')]), bytes.length);
  return row;
}

const isPlain = ({ etag, size }: VersionRow): boolean =>
  size < 1e15 && !JSON.stringify(etag).includes("\\");

/** As rows were written until now, in the order in which an object's members came. */
const olderRows = jsonRows<VersionRow>(() => "an object");

describe.each([
  ["of today", rowCodecs.current],
  ["of older versions", olderRows],
])("rows %s", (_which, codec) => {
  test("tell what the whole row does, or that they have to be read as a whole", () => {
    fc.assert(
      fc.property(rows, keys, (stored, drawn) => {
        const key = drawn.toWellFormed();
        const indexKey = objectKey(3, Buffer.from(key, "utf8"));
        const row = rowOf(codec.encode(stored, indexKey), key);
        expect(row.key.toString("utf8")).toBe(key);
        expect(row.read()).toBe(isPlain(stored));
        if (!isPlain(stored)) return;
        expect(contentOf(row)).toEqual(listedOf(toObjectRecord("bucket", key, stored)));
      }),
    );
  });
});

const sample: VersionRow = {
  seq: 5,
  id: "null",
  headers: { "content-type": "text/plain" },
  at: 1_795_752_144_836,
  size: 4096,
  etag: "91bba24e9e4912e823c00920ced3e85c",
  sum: ["CRC32", "FULL_OBJECT", "W9a2Vw=="],
};
const sampleKey = objectKey(3, Buffer.from("key"));

test("one flipped bit anywhere is never other data", () => {
  const written = rowCodecs.current.encode(sample, sampleKey);
  for (let bit = 0; bit < written.length * 8; bit += 1) {
    const changed = Buffer.from(written);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    expect(rowOf(changed, "key").read()).toBe(false);
  }
});

test("a row under another key, cut off or of a newer shape is not read", () => {
  const written = rowCodecs.current.encode(sample, sampleKey);
  expect(rowOf(written, "key").read()).toBe(true);
  expect(rowOf(written, "kex").read()).toBe(false);
  for (let length = 0; length < written.length; length += 1) {
    expect(rowOf(written.subarray(0, length), "key").read()).toBe(false);
  }
  const newer = jsonRows<VersionRow>(() => "an object", [(row) => row]);
  expect(rowOf(newer.encode(sample, sampleKey), "key").read()).toBe(false);
});

test("no member of JSON is taken for one of a row", () => {
  const odd = [
    '[{"at":1}]',
    '"at"',
    "7",
    "{}",
    '{"at":1,"size":2}',
    '{"at":1.5,"size":2,"etag":""}',
  ];
  for (const json of odd) {
    const written = jsonRows<unknown>(() => "an object").encode(JSON.parse(json), sampleKey);
    expect(rowOf(written, "key").read()).toBe(false);
  }
});

test("one row after the other is read in the same memory, long ones among them", () => {
  const row = new ListedRow();
  const meta = { long: "x".repeat(20_000) };
  for (const stored of [sample, { ...sample, meta, size: 7 }, { ...sample, class: "GLACIER" }]) {
    row.source.takeKey(sampleKey, 0, sampleKey.length);
    const bytes = olderRows.encode(stored, sampleKey);
    row.source.takeRow(bytes, bytes.length);
    expect(row.read()).toBe(true);
    expect(contentOf(row)).toEqual(listedOf(toObjectRecord("bucket", "key", stored)));
  }
});
