import * as fc from "fast-check";
import { expect, it } from "vitest";
import { readListMultipartUploads, renderListMultipartUploads } from "./list-multipart-uploads.ts";
import { checksums, pagesOfEntries, seconds } from "./testing-fixtures/pages.ts";

const uploadIds = fc.stringMatching(/^[\w.-]{1,40}$/);

const pages = pagesOfEntries((name) =>
  fc.record({
    key: name,
    uploadId: uploadIds,
    initiatorArn: fc.constant("arn:aws:iam::111122223333:user/a&b"),
    initiatedAt: seconds,
    checksum: checksums,
  }),
);

it("brings open uploads back", () => {
  fc.assert(
    fc.property(pages, uploadIds, ({ page, name }, uploadId) => {
      const text = renderListMultipartUploads({
        ...page,
        keyMarker: name,
        uploadIdMarker: uploadId,
        nextKeyMarker: name,
        nextUploadIdMarker: uploadId,
      });
      expect(readListMultipartUploads(Buffer.from(text))).toEqual({
        uploads: page.entries.map(({ key, uploadId: id, initiatedAt }) => ({
          key,
          uploadId: id,
          initiated: initiatedAt,
        })),
        commonPrefixes: page.commonPrefixes,
        isTruncated: page.isTruncated,
        nextKeyMarker: name === "" ? undefined : name,
        nextUploadIdMarker: uploadId,
      });
    }),
  );
});
