import { readKeyPattern } from "./key-pattern.ts";
import { Selection } from "./selection.ts";

/** Which objects of a bucket are meant: by a prefix or pattern, and what is selected of it. */
export interface KeyChoice {
  /** The listing that holds them all. */
  readonly prefix: string;
  readonly isPattern: boolean;
  /** Up to the last `/` before what varies: the paths of what is selected begin behind it. */
  readonly root: string;
  /** Whether all under the prefix are meant. */
  readonly isAll: boolean;
  accepts(object: {
    readonly key: string;
    readonly sizeBytes: number;
    readonly lastModified: Date;
  }): boolean;
  /** For a folder, which ends with `/`: false when nothing below it can be meant. */
  mayAcceptBelow(folder: string): boolean;
}

/**
 * Reads a key that is a prefix or, unless `raw`, a pattern. The selection's paths begin behind the
 * last `/` of the prefix, or of what stands before the first wildcard.
 */
export function chooseKeys(
  key: string,
  {
    selection = Selection.all,
    raw = false,
  }: { readonly selection?: Selection; readonly raw?: boolean } = {},
): KeyChoice {
  const pattern = raw ? undefined : readKeyPattern(key);
  const given = pattern?.prefix ?? key;
  const root = pattern?.root ?? key.slice(0, key.lastIndexOf("/") + 1);
  const selected = root + selection.prefix;
  return {
    prefix: selected.startsWith(given) ? selected : given,
    isPattern: pattern !== undefined,
    root,
    isAll: pattern === undefined && selection.isAll,
    accepts: (object) =>
      (pattern === undefined ? object.key.startsWith(key) : pattern.matches(object.key)) &&
      (selection.isAll ||
        selection.accepts({
          path: object.key.slice(root.length),
          sizeBytes: object.sizeBytes,
          modified: object.lastModified,
        })),
    mayAcceptBelow: (folder) => selection.mayAcceptBelow(folder.slice(root.length)),
  };
}
