import { compileGlob, hasWildcards } from "./glob.ts";

/** Keys of a bucket that a place with wildcards names. */
export interface KeyPattern {
  /** The listing that holds them all. */
  readonly prefix: string;
  /**
   * The part of the keys that ends with the last `/` before the first wildcard: what comes behind it
   * is the path below the root, by which they are selected and named at their target.
   */
  readonly root: string;
  readonly matches: (key: string) => boolean;
}

/**
 * Reads a key that may be a pattern, such as `exp-*.tsv`; undefined of a plain key. With `/` at its
 * end a pattern means everything in the folders that fit; with `recursive` it means that as well.
 */
export function readKeyPattern(key: string, recursive = false): KeyPattern | undefined {
  if (!hasWildcards(key)) return undefined;
  const isFolder = key.endsWith("/");
  const { literalPrefix, matches } = compileGlob(isFolder ? `${key}*` : key);
  const root = literalPrefix.slice(0, literalPrefix.lastIndexOf("/") + 1);
  if (!recursive || isFolder) return { prefix: literalPrefix, root, matches };
  const below = compileGlob(`${key}/*`);
  const either = (text: string): boolean => matches(text) || below.matches(text);
  return { prefix: literalPrefix, root, matches: either };
}
