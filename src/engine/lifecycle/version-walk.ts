import type { ListedVersionRecord } from "../list-queries.ts";

/** Where a noncurrent version stands among the versions of its key. */
export interface NoncurrentPlace {
  /** When its successor was created. */
  readonly noncurrentSince: Date;
  /** Noncurrent versions of the key that are newer, delete markers included. */
  readonly newerNoncurrent: number;
}

/**
 * Follows a listing of versions, page after page. It knows the successor of each version also after
 * that one was deleted by the same sweep, so that a step's end does not make versions look younger.
 */
export class VersionWalk {
  #key: string | undefined;
  #successor = new Date(0);
  #newerNoncurrent = 0;

  /** Undefined: the latest version of its key. Call for every version, in the listing's order. */
  place(version: ListedVersionRecord): NoncurrentPlace | undefined {
    const { key, isLatest, lastModified } = version;
    if (isLatest || key !== this.#key) {
      this.#key = key;
      this.#successor = lastModified;
      this.#newerNoncurrent = 0;
      return undefined;
    }
    const place = { noncurrentSince: this.#successor, newerNoncurrent: this.#newerNoncurrent };
    this.#successor = lastModified;
    this.#newerNoncurrent += 1;
    return place;
  }
}
