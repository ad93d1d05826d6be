import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { isStorageError } from "../../core/errors.ts";
import { asFolder, formatS3Uri, type S3Uri } from "../../core/object-key.ts";
import { readKeyPattern, type KeyPattern } from "../selection/key-pattern.ts";
import type { Place, SearchNote } from "./copy-job.ts";
import type { SourceSearch } from "./copy-search.ts";
import { isAFolder, refusedCopy } from "./refused-copy.ts";

/** One source, looked at: `name` is what it is called in a folder that takes several. */
export type Source =
  | { readonly kind: "file"; readonly path: string; readonly name: string }
  | { readonly kind: "folder"; readonly path: string; readonly name: string }
  | { readonly kind: "object"; readonly uri: S3Uri; readonly name: string }
  | {
      readonly kind: "prefix";
      readonly bucket: string;
      readonly prefix: string;
      readonly name: string;
    }
  | { readonly kind: "pattern"; readonly bucket: string; readonly pattern: KeyPattern };

/** Answers all sources, or throws StorageError for the first that cannot be one. */
export async function resolveSources(
  search: SourceSearch,
): Promise<{ sources: Source[]; notes: SearchNote[] }> {
  const notes: SearchNote[] = [];
  const sources: Source[] = [];
  for (const place of search.sources) sources.push(await resolveSource(search, place, notes));
  return { sources, notes };
}

async function resolveSource(
  search: SourceSearch,
  place: Place,
  notes: SearchNote[],
): Promise<Source> {
  if (place.kind === "local") return localSource(search, place.path);
  const { bucket, key } = place.uri;
  const pattern = search.patterns ? readKeyPattern(key, search.recursive) : undefined;
  if (pattern !== undefined) {
    if (!(await isThere(search, place.uri))) return { kind: "pattern", bucket, pattern };
    const message = `${formatS3Uri(place.uri)} is there under just that name, so its wildcards are not read as such.`;
    notes.push({ kind: "note", message });
  }
  if (search.recursive || search.list !== undefined) {
    const prefix = asFolder(key);
    return { kind: "prefix", bucket, prefix, name: lastName(prefix.slice(0, -1)) };
  }
  if (key === "" || key.endsWith("/")) throw isAFolder(formatS3Uri(place.uri));
  return { kind: "object", uri: place.uri, name: lastName(key) };
}

async function localSource(search: SourceSearch, path: string): Promise<Source> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  // Of `.` and `a/..` too.
  if (!isFolder && search.list !== undefined) {
    throw refusedCopy("is-no-folder", `${path} is no folder.`, "Name the one of the list's paths.");
  }
  if (!isFolder) return { kind: "file", path, name: basename(path) };
  if (!search.recursive && search.list === undefined) throw isAFolder(path);
  return { kind: "folder", path, name: basename(resolve(path)) };
}

/** Whether a name with wildcards is one of an object, or of a folder where those are meant. */
async function isThere(search: SourceSearch, { bucket, key }: S3Uri): Promise<boolean> {
  const { store } = (search.sourceBuckets ?? search.buckets).of(bucket);
  const { signal } = search;
  try {
    if (search.recursive) {
      const { objects } = await store.listObjects({ prefix: asFolder(key), maxKeys: 1, signal });
      return objects.length > 0;
    }
    await store.headObject(key, { signal });
    return true;
  } catch (error) {
    // Who may only list finds out by the listing what there is.
    if (isStorageError(error, "NotFound", "PermissionDenied", "InvalidKey")) return false;
    throw error;
  }
}

export function lastName(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1);
}
