import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { ListedObject } from "../../../core/object-store.ts";
import { readListObjects } from "./list-objects.ts";
import { readListObjectVersions } from "./list-object-versions.ts";

const value = fc.oneof(
  fc.stringMatching(/^[a-z0-9%/&;=]{0,9}$/),
  fc.constantFrom(
    "&quot;0cc1&quot;",
    "2026-11-24T10:11:12.000Z",
    "STANDARD",
    "é",
    "12",
    " ",
    "]]>",
  ),
);
const leafName = fc.constantFrom("Key", "Size", "ETag", "LastModified", "StorageClass", "Other");
const leaf = fc
  .tuple(leafName, value, fc.constantFrom("", " a='1'", " "))
  .map(([name, text, attributes]) => `<${name}${attributes}>${text}</${name}>`);
const piece = fc.oneof(
  { weight: 6, arbitrary: leaf },
  fc.constantFrom(
    "<Key/>",
    "<Owner><ID>k</ID></Owner>",
    "<Deep><Deeper/></Deep>",
    "\n  ",
    "<Key>x</Ke>",
    "text",
  ),
);
/** The same members with other values, as on most pages, or others. */
const entries = fc
  .array(fc.array(piece, { maxLength: 5 }), { minLength: 1, maxLength: 3 })
  .chain((kinds) => fc.array(fc.tuple(fc.constantFrom(...kinds), value), { maxLength: 9 }))
  .map((all) =>
    all.map(([pieces, text]) =>
      pieces.map((one) => one.replace(/>[^<]+<\//, `>${text}</`)).join(""),
    ),
  );

it("reads many entries of a page as it reads each alone", () => {
  fc.assert(
    fc.property(entries, fc.constantFrom("", "\n "), (all, blank) => {
      const page = (some: readonly string[]): Buffer =>
        Buffer.from(
          `<ListBucketResult>${some.map((one) => `${blank}<Contents>${one}</Contents>`).join("")}` +
            "</ListBucketResult>",
        );
      const read = (some: readonly string[]): readonly ListedObject[] | undefined => {
        try {
          return readListObjects(page(some)).rows.objects();
        } catch {
          return undefined;
        }
      };
      const alone = all.map((one) => read([one]));
      // What is refused alone may have a tag that goes on in the entry behind it.
      fc.pre(!alone.includes(undefined));
      expect(read(all)).toEqual(alone.flat());
    }),
    { numRuns: 2000 },
  );
});

it("tells versions and delete markers of one shape apart", () => {
  const kinds = Array.from({ length: 9 }, (_, index) =>
    index % 3 === 0 ? "Version" : "DeleteMarker",
  );
  const text = kinds.map((kind, index) => `<${kind}><Key>k${index}</Key></${kind}>`).join("");
  const page = Buffer.from(`<ListVersionsResult>${text}</ListVersionsResult>`);
  const { versions } = readListObjectVersions(page);
  expect(versions.map(({ key, isDeleteMarker }) => [key, isDeleteMarker])).toEqual(
    kinds.map((kind, index) => [`k${index}`, kind === "DeleteMarker"]),
  );
});

it("refuses a page that is cut off in the middle of an entry of a known shape", () => {
  const entry = "<Contents><Key>k</Key><Size>1</Size></Contents>";
  const text = `<ListBucketResult>${entry.repeat(3)}</ListBucketResult>`;
  for (let length = 0; length < text.length - 1; length += 1) {
    expect(() => readListObjects(Buffer.from(text.slice(0, length)))).toThrow(/./);
  }
});
