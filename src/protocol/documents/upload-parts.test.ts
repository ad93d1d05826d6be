import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { xmlText } from "../testing-fixtures/xml-text.ts";
import { parseXml } from "../xml/parse.ts";
import { renderXml, s3Namespace, type XmlNode } from "../xml/render.ts";
import {
  readListParts,
  readUploadId,
  renderInitiateResult,
  renderListParts,
} from "./upload-parts.ts";

const parsed = (node: XmlNode) => parseXml(renderXml(node, { namespace: s3Namespace }));

describe("the id of an upload", () => {
  it("comes back as it was written", () => {
    fc.assert(
      fc.property(xmlText, fc.stringMatching(/^[\w.+/=-]+$/), (key, uploadId) => {
        expect(readUploadId(parsed(renderInitiateResult({ bucket: "b", key, uploadId })))).toBe(
          uploadId,
        );
      }),
    );
  });

  it.each(["<R/>", "<R><UploadId/></R>"])("is missing in %s", (document) => {
    expect(readUploadId(parseXml(document))).toBeUndefined();
  });
});

describe("a page of parts", () => {
  const part = fc.record({
    partNumber: fc.integer({ min: 1, max: 10_000 }),
    etag: fc.stringMatching(/^[0-9a-f]{32}$/),
    sizeBytes: fc.nat(),
    value: fc.option(fc.base64String({ minLength: 4 }), { nil: undefined }),
  });

  it("comes back as it was written", () => {
    fc.assert(
      fc.property(xmlText, fc.array(part), fc.boolean(), (key, drawn, isTruncated) => {
        const parts = drawn.map(({ value, ...rest }) => ({
          ...rest,
          lastModified: new Date(0),
          checksum: value === undefined ? undefined : ({ algorithm: "CRC32", value } as const),
        }));
        const page = {
          bucket: "b",
          key,
          uploadId: "u",
          marker: 0,
          limit: 1000,
          isTruncated,
          parts,
          initiatorArn: "i",
          ownerId: "o",
          storageClass: "STANDARD",
        };
        expect(readListParts(parsed(renderListParts(page)))).toEqual({
          parts: parts.map(({ partNumber, etag, sizeBytes, checksum }) => ({
            partNumber,
            etag: `"${etag}"`,
            sizeBytes,
            checksum: checksum && { ...checksum, type: "FULL_OBJECT" },
          })),
          isTruncated,
          nextMarker: parts.at(-1)?.partNumber ?? 0,
        });
      }),
    );
  });

  it("that goes on but says not where is told apart from the last one", () => {
    const document = "<ListPartsResult><IsTruncated>true</IsTruncated></ListPartsResult>";
    expect(readListParts(parseXml(document))).toEqual({
      parts: [],
      isTruncated: true,
      nextMarker: undefined,
    });
  });
});
