import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { S3Error } from "../../s3-error.ts";
import { readListObjects, renderListObjects, renderListObjectsV2 } from "./list-objects.ts";
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

type Entry = Parameters<typeof renderListObjects>[0]["entries"][number];

function listed({ checksum, etag, ...entry }: Entry) {
  return {
    ...entry,
    etag: `"${etag}"`,
    ...(checksum && { checksumAlgorithm: checksum.algorithm, checksumType: checksum.type }),
  };
}

function listingOf(text: string) {
  const { rows, ...rest } = readListObjects(Buffer.from(text));
  return { objects: rows.objects(), ...rest };
}

describe("a page of ListObjectsV2", () => {
  it("comes back as it was written", () => {
    fc.assert(
      fc.property(pages, fc.stringMatching(/^[\w+/=&<-]{1,40}$/), ({ page, name }, token) => {
        const text = renderListObjectsV2({
          ...page,
          startAfter: name,
          continuationToken: undefined,
          nextContinuationToken: page.isTruncated ? token : undefined,
        });
        expect(listingOf(text)).toEqual({
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
    const text = renderListObjectsV2({
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
    });
    // Its last letter alone may be missing: the end tag has been seen by then.
    for (let length = 0; length < text.length - 1; length += 1) {
      expect(() => readListObjects(Buffer.from(text.slice(0, length)))).toThrow(S3Error);
    }
  });
});

describe("a page of ListObjects", () => {
  it("comes back as it was written", () => {
    fc.assert(
      fc.property(pages, ({ page, name }) => {
        const text = renderListObjects({ ...page, marker: name, nextMarker: name });
        expect(listingOf(text)).toEqual({
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
