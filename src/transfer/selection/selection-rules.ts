import type { SelectionRule } from "./selection.ts";

/** Patterns of two lists, of which excludes have the last word. */
export function rulesOf({
  include = [],
  exclude = [],
}: {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
}): SelectionRule[] {
  return [
    ...include.map((pattern) => ({ kind: "include" as const, pattern })),
    ...exclude.map((pattern) => ({ kind: "exclude" as const, pattern })),
  ];
}
