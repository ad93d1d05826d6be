import * as fc from "fast-check";
import { expect, it } from "vitest";
import { childrenNamed, child, childText, parseXml } from "../xml/parse.ts";
import { renderXml, s3Namespace } from "../xml/render.ts";
import { readObjectAttributes, renderObjectAttributes } from "./object-attributes.ts";

const optional = <Value>(values: fc.Arbitrary<Value>) => fc.option(values, { nil: undefined });

const value = fc.base64String({ minLength: 4 }).filter((text) => !text.includes("-"));

const attributes = fc.record({
  etag: optional(fc.stringMatching(/^[0-9a-f]{32}(-\d{1,5})?$/)),
  checksum: optional(
    fc.record({
      algorithm: fc.constantFrom("CRC32" as const, "SHA256" as const),
      type: fc.constantFrom("FULL_OBJECT" as const, "COMPOSITE" as const),
      value,
    }),
  ),
  parts: optional(fc.record({ count: fc.integer({ min: 1, max: 10_000 }) })),
  storageClass: optional(fc.constantFrom("STANDARD", "GLACIER_IR")),
  sizeBytes: optional(fc.nat()),
});

const written = (of: Parameters<typeof renderObjectAttributes>[0]) =>
  parseXml(renderXml(renderObjectAttributes(of), { namespace: s3Namespace }));

it("brings back whichever attributes were written", () => {
  fc.assert(
    fc.property(attributes, (drawn) => {
      const { parts, ...rest } = drawn;
      expect(readObjectAttributes(written(drawn))).toEqual({ ...rest, partsCount: parts?.count });
    }),
  );
});

const composite = { algorithm: "SHA256", type: "COMPOSITE", value: "AAAA-2" } as const;
const none = { etag: undefined, storageClass: undefined, sizeBytes: undefined };

it("writes the number of parts beside a composite checksum, not in it", () => {
  const parts = { count: 2 };
  expect(readObjectAttributes(written({ ...none, checksum: composite, parts }))).toMatchObject({
    checksum: { algorithm: "SHA256", type: "COMPOSITE", value: "AAAA" },
    partsCount: 2,
  });
});

it("writes a page of parts with where the next one begins", () => {
  const checksum = { algorithm: "SHA256", value: "BBBB" } as const;
  const page = {
    marker: 1,
    limit: 2,
    isTruncated: true,
    parts: [2, 3].map((partNumber) => ({ partNumber, sizeBytes: 5, checksum })),
  };
  const root = written({ ...none, checksum: undefined, parts: { count: 9, page } });
  const parts = child(root, "ObjectParts");
  if (parts === undefined) throw new Error("no ObjectParts");
  expect(childText(parts, "NextPartNumberMarker")).toBe("3");
  expect(childrenNamed(parts, "Part").map((part) => childText(part, "ChecksumSHA256"))).toEqual([
    "BBBB",
    "BBBB",
  ]);
  expect(readObjectAttributes(root).partsCount).toBe(9);
});

it("reads the name that some stores give the number of parts", () => {
  const text =
    "<R><ObjectParts><TotalPartsCount>4</TotalPartsCount></ObjectParts><ObjectSize>7</ObjectSize></R>";
  expect(readObjectAttributes(parseXml(text))).toMatchObject({ partsCount: 4, sizeBytes: 7 });
});
