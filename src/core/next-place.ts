import { StorageError } from "./errors.ts";

interface Listing {
  /** Such as `ListObjectsV2`. */
  readonly operation: string;
  /** Undefined: of the service's buckets. */
  readonly bucket?: string;
}

/**
 * The place after a page, as the store names it. Throws IntegrityError for a page that says there is
 * more but not where, or that leads back to where it began. `from`: where the page was to begin.
 */
export function nextPlace<Where extends Readonly<Record<string, string | number>>>(
  page: { readonly isTruncated: boolean; readonly next: Where | undefined },
  from: Readonly<Partial<Record<keyof Where, unknown>>>,
  listing: Listing,
): Where | undefined {
  const { isTruncated, next } = page;
  if (!isTruncated) return undefined;
  if (next === undefined) throw brokenPaging(listing, "a page says there is more but not where.");
  const leadsOn = Object.entries(next).some(([name, value]) => {
    const before = from[name];
    return typeof value === "number" && typeof before === "number"
      ? value > before
      : value !== before;
  });
  if (!leadsOn) throw brokenPaging(listing, "a page leads back to itself or before.");
  return next;
}

/**
 * Throws IntegrityError when a page names something that does not begin with the prefix that was asked
 * for: what is done to "all below a prefix" would be done to others.
 */
export function assertWithinPrefix(
  names: readonly (readonly string[])[],
  prefix: string | undefined,
  listing: Listing,
): void {
  if (prefix === undefined || prefix === "") return;
  for (const group of names) {
    const other = group.find((name) => !name.startsWith(prefix));
    if (other === undefined) continue;
    throw brokenPaging(listing, `asked for ${prefix}, the store lists ${other} as well.`);
  }
}

/** For `pagesOf`: what a listing throws that comes back to a place where it has been. */
export function circularPaging(listing: Listing): StorageError {
  return brokenPaging(listing, "its pages lead round in a circle.");
}

/** A listing that repeats its place or is cut off without one would never end or lose keys. */
function brokenPaging({ operation, bucket }: Listing, what: string): StorageError {
  const head = bucket === undefined ? operation : `${operation} of ${bucket}`;
  return new StorageError("IntegrityError", `${head}: ${what}`, {
    operation,
    ...(bucket !== undefined && { bucket }),
    remedy: "The store's listing is broken; nothing that depends on a whole listing may go on.",
  });
}
