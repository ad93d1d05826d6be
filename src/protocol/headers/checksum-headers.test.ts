import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checksumAlgorithms, type ObjectChecksum } from "../../core/checksum.ts";
import { parseXml } from "../xml/parse.ts";
import { element, renderXml } from "../xml/render.ts";
import {
  checksumElements,
  checksumHeaders,
  readChecksumElements,
  readChecksumHeaders,
} from "./checksum-headers.ts";

const checksums: fc.Arbitrary<ObjectChecksum> = fc
  .record({
    algorithm: fc.constantFrom(...checksumAlgorithms),
    digest: fc.uint8Array({ minLength: 4, maxLength: 32 }),
    parts: fc.option(fc.integer({ min: 1, max: 10_000 }), { nil: undefined }),
  })
  .map(({ algorithm, digest, parts }) => {
    const value = Buffer.from(digest).toString("base64");
    return parts === undefined
      ? { algorithm, type: "FULL_OBJECT", value }
      : { algorithm, type: "COMPOSITE", value: `${value}-${parts}` };
  });

function fromHeaders(headers: Readonly<Record<string, string>>): ObjectChecksum | undefined {
  return readChecksumHeaders((name) => headers[name]);
}

describe("checksums", () => {
  it("come back from headers", () => {
    fc.assert(
      fc.property(checksums, (checksum) => {
        expect(fromHeaders(checksumHeaders(checksum))).toEqual(checksum);
      }),
    );
  });

  it("come back from XML", () => {
    fc.assert(
      fc.property(checksums, (checksum) => {
        const text = renderXml(element("Result", checksumElements(checksum)));
        expect(readChecksumElements(parseXml(text))).toEqual(checksum);
      }),
    );
  });

  it("may be missing", () => {
    expect(checksumHeaders(undefined)).toEqual({});
    expect(fromHeaders({})).toBeUndefined();
    expect(readChecksumElements(parseXml("<Result/>"))).toBeUndefined();
  });

  it("without a type are of the whole object, unless they count parts", () => {
    const name = "x-amz-checksum-crc32";
    expect(fromHeaders({ [name]: "NSRBwg==" })).toMatchObject({ type: "FULL_OBJECT" });
    expect(fromHeaders({ [name]: "NSRBwg==-2" })).toMatchObject({ type: "COMPOSITE" });
  });
});
