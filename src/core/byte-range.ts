/** Bytes wanted of an object, as an HTTP range can say it. */
export type ByteRange =
  | { readonly first: number; readonly last?: number }
  | { readonly suffixLength: number };

/** A range settled against a size: both ends inclusive, as in `Content-Range`. */
export interface ResolvedRange {
  readonly first: number;
  readonly last: number;
}

/** `bytes=0-9`, `bytes=5-`, `bytes=-3`. */
export function formatRange(range: ByteRange): string {
  if ("suffixLength" in range) return `bytes=-${range.suffixLength}`;
  return `bytes=${range.first}-${range.last ?? ""}`;
}

/**
 * Reads a `Range` header. Undefined for whatever S3 ignores and answers with the whole object:
 * other units, several ranges, an end before the start, garbage.
 */
export function parseRange(header: string): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header.trim());
  if (match === null) return undefined;
  const [, first = "", last = ""] = match;
  if (first === "") return last === "" ? undefined : { suffixLength: Number(last) };
  if (last === "") return { first: Number(first) };
  if (Number(last) < Number(first)) return undefined;
  return { first: Number(first), last: Number(last) };
}

/** Settles a range against an object of `sizeBytes`; undefined means 416 InvalidRange. */
export function resolveRange(range: ByteRange, sizeBytes: number): ResolvedRange | undefined {
  if ("suffixLength" in range) {
    if (range.suffixLength === 0 || sizeBytes === 0) return undefined;
    return { first: Math.max(0, sizeBytes - range.suffixLength), last: sizeBytes - 1 };
  }
  if (range.first >= sizeBytes) return undefined;
  return { first: range.first, last: Math.min(range.last ?? sizeBytes - 1, sizeBytes - 1) };
}
