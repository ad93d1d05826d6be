import type { Capabilities } from "../../core/capabilities.ts";
import { compareKeys } from "../../core/object-key.ts";
import type {
  ListedVersion,
  ListVersionsOptions,
  ListVersionsPage,
  ObjectStore,
} from "../../core/object-store.ts";
import { MemoryStore } from "./memory-store.ts";

/** A version as a test writes it: `k1` at second 3, `-` in place of the size for a delete marker. */
export type DrawnVersion = readonly [key: string, second: number, size: number | "-"];

/** A store that lists versions written into a test, a few a page. */
export class VersionStore {
  readonly bucket = "bkt";
  readonly capabilities: Capabilities;
  /** The markers from which pages were asked for. */
  readonly markers: string[] = [];
  readonly #versions: readonly ListedVersion[];
  readonly #pageSize: number;

  constructor(
    drawn: readonly DrawnVersion[],
    { pageSize = 2, ordered = true }: { pageSize?: number; ordered?: boolean } = {},
  ) {
    this.#pageSize = pageSize;
    this.capabilities = new MemoryStore(ordered ? {} : { orderedListing: "no" }).capabilities;
    const newestFirst = [...drawn].sort((a, b) => compareKeys(a[0], b[0]) || b[1] - a[1]);
    this.#versions = newestFirst.map(([key, second, size], index) => ({
      key,
      versionId: `${key}@${second}`,
      isLatest: newestFirst[index - 1]?.[0] !== key,
      isDeleteMarker: size === "-",
      lastModified: at(second),
      sizeBytes: size === "-" ? 0 : size,
    }));
  }

  asStore(): ObjectStore {
    return this as unknown as ObjectStore;
  }

  listObjectVersions(options: ListVersionsOptions = {}): Promise<ListVersionsPage> {
    const { prefix = "", keyMarker, versionIdMarker } = options;
    this.markers.push(keyMarker ?? "");
    const under = this.#versions.filter(({ key }) => key.startsWith(prefix));
    const start = under.findIndex((version) =>
      isBehind(version, keyMarker, versionIdMarker, under),
    );
    const versions = start === -1 ? [] : under.slice(start, start + this.#pageSize);
    const last = versions.at(-1);
    const hasMore = start !== -1 && start + versions.length < under.length;
    return Promise.resolve({
      versions,
      commonPrefixes: [],
      ...(hasMore &&
        last !== undefined && { nextKeyMarker: last.key, nextVersionIdMarker: last.versionId }),
    });
  }
}

function isBehind(
  version: ListedVersion,
  keyMarker: string | undefined,
  versionIdMarker: string | undefined,
  all: readonly ListedVersion[],
): boolean {
  if (keyMarker === undefined) return true;
  const order = compareKeys(version.key, keyMarker);
  if (order !== 0 || versionIdMarker === undefined) return order > 0;
  const marked = all.findIndex(({ versionId }) => versionId === versionIdMarker);
  return all.indexOf(version) > marked;
}

/** A moment of the tests' time. */
export function at(second: number): Date {
  return new Date(Date.UTC(2026, 10, 1, 0, 0, second));
}
