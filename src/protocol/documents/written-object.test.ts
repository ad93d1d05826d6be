import * as fc from "fast-check";
import { expect, it } from "vitest";
import { parseXml } from "../xml/parse.ts";
import { renderXml, s3Namespace, type XmlNode } from "../xml/render.ts";
import { readWrittenObject, renderCompleteResult, renderCopyResult } from "./written-object.ts";

const read = (node: XmlNode) =>
  readWrittenObject(parseXml(renderXml(node, { namespace: s3Namespace })));

const lastModified = new Date("2026-11-24T10:00:00.700Z");
const checksum = fc.option(
  fc.record({
    algorithm: fc.constantFrom("CRC32", "SHA256"),
    type: fc.constant("FULL_OBJECT" as const),
    value: fc.base64String({ minLength: 8 }),
  }),
  { nil: undefined },
);

it("comes back as it was written, the ETag in quotes", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[0-9a-f]{32}(-[1-9])?$/), checksum, (etag, found) => {
      const written = { etag: `"${etag}"`, checksum: found };
      const copied = { etag, lastModified, checksum: found };
      expect(read(renderCopyResult("CopyObjectResult", copied))).toEqual(written);
      const completed = { location: "l", bucket: "b", key: "<k>", etag, checksum: found };
      expect(read(renderCompleteResult(completed))).toEqual(written);
    }),
  );
});

it("of a part has a checksum without a type", () => {
  const part = {
    etag: "e",
    lastModified,
    checksum: { algorithm: "CRC32", value: "NSRBwg==" },
  } as const;
  const node = renderCopyResult("CopyPartResult", part);
  expect(renderXml(node)).not.toContain("ChecksumType");
  expect(read(node).checksum).toEqual({ ...part.checksum, type: "FULL_OBJECT" });
});

it("may lack all of it", () => {
  expect(readWrittenObject(parseXml("<CopyObjectResult/>"))).toEqual({
    etag: "",
    checksum: undefined,
  });
});
