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
 * end a pattern means everything in the folders that fit.
 */
export function readKeyPattern(key: string): KeyPattern | undefined {
  if (!hasWildcards(key)) return undefined;
  const { literalPrefix, matches } = compileGlob(key.endsWith("/") ? `${key}*` : key);
  const root = literalPrefix.slice(0, literalPrefix.lastIndexOf("/") + 1);
  return { prefix: literalPrefix, root, matches };
}
