import type { ResolvedRange } from "../../core/byte-range.ts";

export interface ContentRange {
  readonly range: ResolvedRange;
  /** Of the whole object; undefined when the answer does not tell (`*`). */
  readonly sizeBytes: number | undefined;
}

/** `bytes 0-9/100`. */
export function formatContentRange({ first, last }: ResolvedRange, sizeBytes: number): string {
  return `bytes ${first}-${last}/${sizeBytes}`;
}

/** Undefined for whatever is no range of bytes, such as the `bytes *\/100` of a 416. */
export function parseContentRange(header: string): ContentRange | undefined {
  const match = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(header.trim());
  if (match === null) return undefined;
  const [, first, last, size] = match;
  return {
    range: { first: Number(first), last: Number(last) },
    sizeBytes: size === "*" ? undefined : Number(size),
  };
}
