import { wrongArgument } from "../core/check-options.ts";
import type { ListOptions, ListVersionsOptions } from "../core/object-store.ts";

/** Where a page of objects begins. */
export type ObjectPlace = Pick<ListOptions, "continuationToken" | "startAfter">;
/** Where a page of versions begins. */
export type VersionPlace = Pick<ListVersionsOptions, "keyMarker" | "versionIdMarker">;

/** A place as one word that can stand in a URL. */
export function formatCursor(place: ObjectPlace | VersionPlace): string {
  return Buffer.from(JSON.stringify(place)).toString("base64url");
}

/** Throws InvalidArgument for what is no cursor, or one of versions. */
export function readObjectCursor(cursor: string): ObjectPlace {
  const { continuationToken } = membersOf(cursor);
  if (typeof continuationToken === "string") return { continuationToken };
  throw wrongArgument("list", "the cursor", "the cursor of a page of files", cursor);
}

/** Throws InvalidArgument for what is no cursor, or one of files. */
export function readVersionCursor(cursor: string): VersionPlace {
  const { keyMarker, versionIdMarker } = membersOf(cursor);
  if (typeof keyMarker === "string") {
    return { keyMarker, ...(typeof versionIdMarker === "string" && { versionIdMarker }) };
  }
  throw wrongArgument("list", "the cursor", "the cursor of a page of versions", cursor);
}

type Members = Readonly<Record<"continuationToken" | "keyMarker" | "versionIdMarker", unknown>>;

function membersOf(cursor: string): Partial<Members> {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
