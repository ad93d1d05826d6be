import * as fc from "fast-check";
import { expect, it } from "vitest";
import { readListObjectVersions, renderListObjectVersions } from "./list-object-versions.ts";
import { checksums, etags, pagesOfEntries, seconds, versionIds } from "./testing-fixtures/pages.ts";

const pages = pagesOfEntries((name) =>
  fc.record({
    key: name,
    versionId: versionIds,
    isLatest: fc.boolean(),
    deleteMarker: fc.boolean(),
    lastModified: seconds,
    etag: etags,
    sizeBytes: fc.nat(),
    checksum: checksums,
    storageClass: fc.constantFrom("STANDARD", "GLACIER_IR"),
  }),
);

it("brings versions and delete markers back in their order", () => {
  fc.assert(
    fc.property(pages, versionIds, ({ page, name }, versionId) => {
      const text = renderListObjectVersions({
        ...page,
        keyMarker: name,
        versionIdMarker: versionId,
        nextKeyMarker: page.isTruncated ? name : undefined,
        nextVersionIdMarker: page.isTruncated ? versionId : undefined,
      });
      expect(readListObjectVersions(Buffer.from(text))).toEqual({
        versions: page.entries.map(
          ({ checksum: _checksum, deleteMarker, etag, storageClass, ...entry }) => ({
            ...entry,
            isDeleteMarker: deleteMarker,
            ...(deleteMarker ? { sizeBytes: 0 } : { etag: `"${etag}"`, storageClass }),
          }),
        ),
        commonPrefixes: page.commonPrefixes,
        isTruncated: page.isTruncated,
        nextKeyMarker: page.isTruncated && name !== "" ? name : undefined,
        nextVersionIdMarker: page.isTruncated ? versionId : undefined,
      });
    }),
  );
});
