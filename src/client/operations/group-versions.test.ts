import { describe, expect, it } from "vitest";
import type { ListedVersion } from "../../core/object-store.ts";
import { groupVersions } from "./group-versions.ts";

const version = (key: string, versionId: string, second: number): ListedVersion => ({
  key,
  versionId,
  isLatest: versionId.startsWith("latest"),
  isDeleteMarker: versionId.endsWith("marker"),
  lastModified: new Date(second * 1000),
  sizeBytes: 1,
});
const order = (versions: readonly ListedVersion[]): string[] =>
  versions.map(({ key, versionId }) => `${key} ${versionId}`);

describe("groupVersions", () => {
  it("leaves a page of S3 as it is", () => {
    const page = [
      version("a", "latest marker", 9),
      version("a", "second", 9),
      version("a", "marker", 9),
      version("b", "latest", 3),
    ];
    expect(groupVersions(page, { isOrdered: true })).toBe(page);
  });

  it("puts markers that come behind all versions into their places", () => {
    const page = [
      version("b", "second", 5),
      version("b", "first", 4),
      version("c", "latest", 1),
      version("a", "latest marker", 7),
      version("b", "latest marker", 5),
      version("b", "older marker", 4.5),
    ];
    const ordered = ["b latest marker", "b second", "b older marker", "b first", "c latest"];
    expect(order(groupVersions(page, { isOrdered: true }))).toEqual([
      "a latest marker",
      ...ordered,
    ]);
    expect(order(groupVersions(page, { isOrdered: false }))).toEqual([
      ...ordered,
      "a latest marker",
    ]);
  });

  it("puts the latest first where one key alone is told", () => {
    const page = [version("a", "second", 5), version("a", "latest marker", 5)];
    expect(order(groupVersions(page, { isOrdered: true }))).toEqual([
      "a latest marker",
      "a second",
    ]);
    expect(order(page)).toEqual(["a second", "a latest marker"]);
  });
});
