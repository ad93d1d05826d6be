import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvariantError } from "../../../core/assert.ts";
import { compareKeys } from "../../../core/object-key.ts";
import { giveMemory, takeMemory } from "../../../core/spare-memory.ts";
import { escapeXml } from "../../xml/render.ts";
import { encodeListedName } from "../../listed-name.ts";
import { readListObjects, renderListObjectsV2 } from "./list-objects.ts";
import type { ObjectRows } from "./object-rows.ts";
import { WrittenObjects } from "./written-objects.ts";
import { pagesOfEntries, seconds } from "./testing-fixtures/pages.ts";

const pages = pagesOfEntries((name) =>
  fc.record({
    key: name,
    lastModified: seconds,
    etag: fc.constant("e"),
    sizeBytes: fc.nat(),
    storageClass: fc.option(fc.constantFrom("STANDARD", "GLACIER"), { nil: undefined }),
  }),
);

function rowsOf(text: string | Uint8Array): ObjectRows {
  return readListObjects(Buffer.from(text)).rows as ObjectRows;
}

function listed(keys: readonly string[], write: (key: string) => string, head = ""): string {
  const entries = keys.map((key) => `<Contents><Key>${write(key)}</Key><Size>7</Size></Contents>`);
  return `<ListBucketResult>${head}${entries.join("")}</ListBucketResult>`;
}

const encoded = (keys: readonly string[]): string =>
  listed(keys, encodeListedName, "<EncodingType>url</EncodingType>");
const spaced = (keys: readonly string[]): string => encoded(keys).replaceAll("%20", "+");
const escaped = (keys: readonly string[]): string => listed(keys, escapeXml);

const isSorted = (keys: readonly string[]): boolean =>
  keys.every((key, index) => index === 0 || compareKeys(keys[index - 1] ?? "", key) < 0);

/** Keys that fork within what is written otherwise than it is meant. */
const alike = fc.array(
  fc
    .stringMatching(/^(?:seed=1\/|a&b)?[ab01 !=&<>"+%/~é日\u{1F600}\ue000-]{0,5}$/u)
    .filter((key) => key !== ""),
  { maxLength: 6 },
);

describe("rows of a page", () => {
  it("tell of each value what its object does", () => {
    fc.assert(
      fc.property(pages, ({ page, name }) => {
        const objects = new WrittenObjects(page);
        for (const entry of page.entries) objects.addContent(entry);
        const markers = {
          startAfter: name,
          continuationToken: undefined,
          nextContinuationToken: undefined,
        };
        const rows = rowsOf(renderListObjectsV2({ ...page, ...markers }, objects));
        const read = Array.from({ length: rows.length }, (_, row) => ({
          key: rows.key(row),
          etag: '"e"',
          sizeBytes: rows.sizeBytes(row),
          lastModified: new Date(rows.lastModifiedMs(row)),
          storageClass: rows.storageClass(row),
        }));
        expect(read).toEqual(rows.objects());
      }),
    );
  });

  it.each([
    ["escaped", escaped],
    ["percent-encoded", encoded],
    ["with plus signs for blanks", spaced],
  ])("know whether keys are in order that are written %s", (_how, write) => {
    fc.assert(
      fc.property(alike, fc.boolean(), (drawn, sorts) => {
        const keys = sorts ? [...new Set(drawn)].toSorted(compareKeys) : drawn;
        expect(rowsOf(write(keys)).isAscending).toBe(isSorted(keys));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    // The bytes that differ stand deep in a reference, in an escape, or are a sign for another character.
    ["&#x1000;", "&#x100;z", ""],
    ["&#x100;z", "&#x1000;", ""],
    ["%4a", "%4B", "<EncodingType>url</EncodingType>"],
    ["%4B", "%4a", "<EncodingType>url</EncodingType>"],
    ["a+", "a*", "<EncodingType>url</EncodingType>"],
    ["a*", "a+", "<EncodingType>url</EncodingType>"],
    ["a*", "a+", ""],
    ["a+", "a*", ""],
  ])("know whether %s comes before %s on a page with %j", (first, second, head) => {
    const rows = rowsOf(listed([first, second], (key) => key, head));
    const keys = rows.objects().map(({ key }) => key);
    expect(rows.isAscending).toBe(isSorted(keys));
  });

  it.each([
    ["escaped", escaped],
    ["percent-encoded", encoded],
    ["with plus signs for blanks", spaced],
  ])("write keys of printable ASCII alone, %s", (_how, write) => {
    fc.assert(
      fc.property(alike, (keys) => {
        const rows = rowsOf(write(keys));
        const target = Buffer.alloc(100);
        for (const [row, key] of keys.entries()) {
          const end = rows.writeKey(row, target, 3);
          const isPlain = /^[a-z0-9/~-]*$/.test(key);
          expect(end === -1 ? isPlain : target.toString("latin1", 3, end)).toBe(
            end === -1 ? false : key,
          );
        }
      }),
    );
    expect(rowsOf(listed(["a\u007f"], (key) => key)).writeKey(0, Buffer.alloc(9), 0)).toBe(-1);
    const [key] = ["runs/0042.tsv"];
    expect(rowsOf(write([key])).writeKey(0, Buffer.alloc(20), 7)).toBe(20);
    expect(rowsOf(write([key])).writeKey(0, Buffer.alloc(19), 7)).toBe(-1);
  });

  it("are as many as a page has, and some of them the same", () => {
    const keys = Array.from({ length: 3000 }, (_, index) => `k${index + 10_000}`);
    const rows = rowsOf(escaped(keys));
    expect(rows.objects().map(({ key }) => key)).toEqual(keys);
    const some = rows.slice(998, 2001);
    expect(some.objects().map(({ key }) => key)).toEqual(keys.slice(998, 2001));
    expect(some.key(0)).toBe("k10998");
    // Entries without keys say nothing of how many follow.
    const nameless = `<ListBucketResult>${"<Contents><Size>1</Size></Contents>".repeat(300)}</ListBucketResult>`;
    expect(rowsOf(nameless).length).toBe(300);
  });

  it("cannot be looked at once their memory may be another's", () => {
    const memory = takeMemory(100_000);
    const bytes = Buffer.from(memory);
    const text = escaped(["a", "b"]);
    const rows = readListObjects(bytes.subarray(0, bytes.write(text))).rows;
    const part = rows.slice(1, 2);
    expect(() => rows.key(0)).toThrow(InvariantError);
    expect(part.key(0)).toBe("b");
    part.release();
    expect(() => part.key(0)).toThrow(InvariantError);
    expect(() => part.release()).toThrow(InvariantError);
    expect(takeMemory(100_000)).toBe(memory);
    giveMemory(memory);
  });
});
