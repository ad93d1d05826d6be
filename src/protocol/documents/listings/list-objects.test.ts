import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { S3Error } from "../../s3-error.ts";
import { readListObjects, renderListObjects, renderListObjectsV2 } from "./list-objects.ts";
import type { WrittenContent, WrittenPage } from "./write-listing.ts";
import { WrittenObjects } from "./written-objects.ts";
import { checksums, etags, pagesOfEntries, seconds } from "./testing-fixtures/pages.ts";

const pages = pagesOfEntries((name) =>
  fc.record({
    key: name,
    lastModified: seconds,
    etag: etags,
    sizeBytes: fc.nat(),
    checksum: checksums,
    storageClass: fc.constantFrom("STANDARD", "GLACIER"),
  }),
);

function written({ urlEncoded, ownerId, entries }: Page): WrittenObjects {
  const objects = new WrittenObjects({ urlEncoded, ownerId });
  for (const entry of entries) objects.addContent(entry);
  return objects;
}

type Page = Pick<WrittenPage<WrittenContent>, "urlEncoded" | "ownerId" | "entries">;

function listed({ checksum, etag, ...entry }: WrittenContent) {
  return {
    ...entry,
    etag: `"${etag}"`,
    ...(checksum && { checksumAlgorithm: checksum.algorithm, checksumType: checksum.type }),
  };
}

function listingOf(page: Uint8Array) {
  const { rows, ...rest } = readListObjects(Buffer.from(page));
  return { objects: rows.objects(), ...rest };
}

describe("a page of ListObjectsV2", () => {
  it("comes back as it was written", () => {
    fc.assert(
      fc.property(pages, fc.stringMatching(/^[\w+/=&<-]{1,40}$/), ({ page, name }, token) => {
        const markers = {
          startAfter: name,
          continuationToken: undefined,
          nextContinuationToken: page.isTruncated ? token : undefined,
        };
        expect(listingOf(renderListObjectsV2({ ...page, ...markers }, written(page)))).toEqual({
          objects: page.entries.map(listed),
          commonPrefixes: page.commonPrefixes,
          isTruncated: page.isTruncated,
          nextContinuationToken: page.isTruncated ? token : undefined,
          nextMarker: undefined,
        });
      }),
    );
  });

  it("is refused wherever it is cut off", () => {
    const page = {
      bucket: "bkt",
      prefix: "",
      delimiter: "/",
      limit: 1000,
      urlEncoded: true,
      isTruncated: true,
      entries: [{ key: "k", lastModified: new Date(0), etag: "e", sizeBytes: 1 }],
      commonPrefixes: ["p/"],
      ownerId: "o",
      startAfter: undefined,
      continuationToken: undefined,
      nextContinuationToken: "t",
    };
    const bytes = Buffer.from(renderListObjectsV2(page, written(page)));
    // Its last letter alone may be missing: the end tag has been seen by then.
    for (let length = 0; length < bytes.length - 1; length += 1) {
      expect(() => readListObjects(bytes.subarray(0, length))).toThrow(S3Error);
    }
  });
});

describe("a page of ListObjects", () => {
  it("comes back as it was written", () => {
    fc.assert(
      fc.property(pages, ({ page, name }) => {
        const markers = { marker: name, nextMarker: name };
        expect(listingOf(renderListObjects({ ...page, ...markers }, written(page)))).toEqual({
          objects: page.entries.map(listed),
          commonPrefixes: page.commonPrefixes,
          isTruncated: page.isTruncated,
          nextContinuationToken: undefined,
          nextMarker: name === "" ? undefined : name,
        });
      }),
    );
  });
});
