import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { asFolder, formatS3Uri, type S3Uri } from "../../core/object-key.ts";
import type { Buckets } from "../buckets.ts";
import { linkedFolder } from "../local/linked-folder.ts";
import { localFiles } from "../local/local-files.ts";
import { localTarget } from "../local/local-target.ts";
import { listPages, objectsOf } from "../objects/list-pages.ts";
import type { Selection } from "../selection/selection.ts";
import type { TransferContext } from "../transfer-context.ts";
import type { CopyJob, SkippedItem } from "./copy-job.ts";
import { refusedCopy } from "./refused-copy.ts";

/** From where to where; a local side is a path. */
type CopyPlaces =
  | { readonly kind: "upload"; readonly from: string; readonly to: S3Uri }
  | { readonly kind: "download"; readonly from: S3Uri; readonly to: string }
  | { readonly kind: "copy"; readonly from: S3Uri; readonly to: S3Uri };

/** Where to look for what is to be copied. */
export interface CopySearch {
  readonly places: CopyPlaces;
  /** All that is below a folder or prefix. */
  readonly recursive: boolean;
  /** What of it is meant; by the path below the source. Of no effect on a single file or object. */
  readonly selection: Selection;
  readonly buckets: Buckets;
  readonly signal: AbortSignal;
}

type Found = AsyncIterable<CopyJob | SkippedItem>;

/** What a copy has to do, object by object, found while it runs. Throws StorageError. */
export function findJobs(search: CopySearch): Found {
  const { places } = search;
  switch (places.kind) {
    case "upload":
      return uploads(search, places.from, places.to);
    case "download":
      return downloads(search, places.from, places.to);
    case "copy":
      return copies(search, places.from, places.to);
  }
}

async function* uploads(search: CopySearch, path: string, to: S3Uri): Found {
  if (!(await isFolder(path))) {
    yield { kind: "upload", file: path, to: named(to, basename(path)) };
    return;
  }
  if (!search.recursive) throw isAFolder(path);
  const prefix = asFolder(to.key);
  const { selection } = search;
  const enters = (folder: string): boolean => selection.mayAcceptBelow(folder);
  for await (const found of localFiles(path, { enters })) {
    if (found.kind === "skipped") {
      yield found;
      continue;
    }
    const { path: file, relative } = found;
    if (!(await isSelected(selection, file, relative))) continue;
    yield { kind: "upload", file, to: { bucket: to.bucket, key: `${prefix}${relative}` } };
  }
}

async function isSelected(selection: Selection, file: string, path: string): Promise<boolean> {
  if (!selection.hasLimits || !selection.acceptsPath(path)) return selection.acceptsPath(path);
  const found = await stat(file).catch(() => undefined);
  // One that has gone meanwhile is told by its upload.
  if (found === undefined) return true;
  return selection.accepts({ path, sizeBytes: found.size, modified: found.mtime });
}

async function* downloads(search: CopySearch, from: S3Uri, path: string): Found {
  if (!search.recursive) {
    assertObject(from);
    const folder = /[/\\]$/.test(path) || (await isFolder(path));
    yield { kind: "download", from, file: folder ? fileIn(path, from) : path };
    return;
  }
  await assertFolder(path);
  const prefix = asFolder(from.key);
  // A marker of a folder has no bytes, and a file of its name could not stand beside its files.
  for await (const key of keysUnder(search, from.bucket, prefix, "omit")) {
    const place = localTarget(path, key.slice(prefix.length));
    const source = { bucket: from.bucket, key };
    const link = "file" in place ? await linkedFolder(path, place.file) : undefined;
    if ("reason" in place) yield { kind: "skipped", source, reason: place.reason };
    else if (link === undefined) yield { kind: "download", from: source, file: place.file };
    else yield { kind: "skipped", source, reason: `${link} is a link to another place` };
  }
}

async function* copies(search: CopySearch, from: S3Uri, to: S3Uri): Found {
  if (!search.recursive) {
    assertObject(from);
    const target = named(to, lastName(from.key));
    if (target.bucket === from.bucket && target.key === from.key) throw ontoItself(from);
    yield { kind: "copy", from, to: target };
    return;
  }
  const prefix = asFolder(from.key);
  const targetPrefix = asFolder(to.key);
  if (from.bucket === to.bucket && targetPrefix.startsWith(prefix)) {
    const message = `${formatS3Uri(to)} lies inside ${formatS3Uri(from)}.`;
    throw refusedCopy("inside-itself", message, "Copy to another prefix.");
  }
  for await (const key of keysUnder(search, from.bucket, prefix)) {
    const target = { bucket: to.bucket, key: `${targetPrefix}${key.slice(prefix.length)}` };
    yield { kind: "copy", from: { bucket: from.bucket, key }, to: target };
  }
}

async function* keysUnder(
  { buckets, signal, selection }: CopySearch,
  bucket: string,
  prefix: string,
  directories?: TransferContext["directories"],
): AsyncIterable<string> {
  const context = buckets.of(bucket);
  const narrowed = prefix + selection.prefix;
  for await (const page of listPages(context.store, narrowed, { signal })) {
    for (const object of objectsOf(page, directories ?? context.directories)) {
      const { key, sizeBytes, lastModified: modified } = object;
      const path = key.slice(prefix.length);
      if (selection.isAll || selection.accepts({ path, sizeBytes, modified })) yield key;
    }
  }
}

/** The file of an object's own name in a folder. */
function fileIn(folder: string, from: S3Uri): string {
  const place = localTarget(folder, lastName(from.key));
  if ("file" in place) return place.file;
  const message = `${formatS3Uri(from)} cannot have a file of its name: ${place.reason}.`;
  throw refusedCopy("no-local-name", message, "Write the whole path of the file.");
}

function lastName(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1);
}

/** `s3://bucket` and `s3://bucket/folder/` take the source's own name. */
function named(to: S3Uri, name: string): S3Uri {
  if (to.key !== "" && !to.key.endsWith("/")) return to;
  if (name !== "") return { bucket: to.bucket, key: `${to.key}${name}` };
  const message = `${formatS3Uri(to)} needs a name for the object.`;
  throw refusedCopy("needs-name", message, "Write the whole key.");
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** Found out once, not at every object. */
async function assertFolder(path: string): Promise<void> {
  const isOther = await stat(path).then(
    (found) => !found.isDirectory(),
    () => false,
  );
  if (isOther) throw refusedCopy("is-no-folder", `${path} is no folder.`, "Name one, new or old.");
}

function ontoItself(place: S3Uri): Error {
  return refusedCopy(
    "onto-itself",
    `${formatS3Uri(place)} would be copied onto itself.`,
    "Give another target; S3 refuses a copy that changes nothing.",
  );
}

function assertObject(from: S3Uri): void {
  if (from.key === "" || from.key.endsWith("/")) throw isAFolder(formatS3Uri(from));
}

function isAFolder(place: string): Error {
  return refusedCopy("is-folder", `${place} is a folder.`, "Copy all that is below it.");
}
