import * as fc from "fast-check";
import { expect, it } from "vitest";
import { checksumAlgorithms } from "../../core/checksum.ts";
import { renderXml, s3Namespace } from "../xml/render.ts";
import {
  parseCompleteMultipartUpload,
  renderCompleteMultipartUpload,
} from "./complete-multipart-upload.ts";

it("comes back as it was written", () => {
  const base64 = fc.base64String();
  const part = fc.record({
    partNumber: fc.integer({ min: 1, max: 10_000 }),
    etag: fc.stringMatching(/^"?[0-9a-zA-Z&<-]{1,32}"?$/),
    checksums: fc.dictionary(fc.constantFrom(...checksumAlgorithms), base64, {
      noNullPrototype: true,
    }),
  });
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const text = renderXml(renderCompleteMultipartUpload(parts), { namespace: s3Namespace });
      expect(parseCompleteMultipartUpload(text)).toEqual(parts);
    }),
  );
});

it.each([
  "<Part><ETag>e</ETag></Part>",
  "<Part><PartNumber>1</PartNumber></Part>",
  "<Part><PartNumber>-1</PartNumber><ETag>e</ETag></Part>",
  "<Part><PartNumber>x</PartNumber><ETag>e</ETag></Part>",
])("%s is malformed", (part) => {
  const text = `<CompleteMultipartUpload>${part}</CompleteMultipartUpload>`;
  expect(() => parseCompleteMultipartUpload(text)).toThrow(
    expect.objectContaining({ code: "MalformedXML" }),
  );
});
