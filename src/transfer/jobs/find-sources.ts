import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { S3Uri } from "../../core/object-key.ts";
import { localFiles } from "../local/local-files.ts";
import { localTarget } from "../local/local-target.ts";
import { explainedHead } from "../objects/explained-head.ts";
import { listPages, objectsOf } from "../objects/list-pages.ts";
import type { Selection } from "../selection/selection.ts";
import type { TransferContext } from "../transfer-context.ts";
import type { SkippedItem, SourceFacts } from "./copy-job.ts";
import type { SourceSearch } from "./copy-search.ts";
import type { Source } from "./resolve-sources.ts";

/** A file or object to copy. `name`: what it is called at the target, with `/` between its parts. */
export type FoundSource = { readonly name: string } & (
  | { readonly kind: "file"; readonly path: string }
  | ({ readonly kind: "object"; readonly uri: S3Uri } & SourceFacts)
);

type Found = AsyncIterable<FoundSource | SkippedItem>;

/** How a search goes through one source. */
export interface SourceView {
  /** Before the names of what is in a folder, where several folders share a target. */
  readonly under: string;
  /** Whether markers of folders, empty objects whose keys end in `/`, are objects like others. */
  readonly directories: TransferContext["directories"] | undefined;
}

/** All that a source means, found while it is read. Throws StorageError. */
export async function* findSources(search: SourceSearch, source: Source, view: SourceView): Found {
  switch (source.kind) {
    case "file": {
      const { path, name } = source;
      if (await isSelected(search.selection, path, name)) yield { kind: "file", path, name };
      return;
    }
    case "object": {
      const { uri, name } = source;
      const { versionId } = search;
      const version = versionId !== undefined && { versionId };
      if (await isMeant(search, source)) yield { kind: "object", uri, name, ...version };
      return;
    }
    case "folder":
      yield* search.list === undefined
        ? filesOf(search, source.path, view)
        : listedFiles(search, search.list, source.path);
      return;
    case "prefix": {
      const { bucket, prefix } = source;
      yield* search.list === undefined
        ? objectsBelow(search, { bucket, prefix, root: prefix }, view)
        : listedObjects(search, search.list, { bucket, key: prefix });
      return;
    }
    case "pattern": {
      const { bucket, pattern } = source;
      yield* objectsBelow(search, { bucket, ...pattern }, view);
    }
  }
}

async function* filesOf(search: SourceSearch, folder: string, { under }: SourceView): Found {
  const { selection, links } = search;
  const enters = (below: string): boolean => selection.mayAcceptBelow(below);
  for await (const found of localFiles(folder, { enters, links })) {
    if (found.kind === "skipped") {
      yield found;
      continue;
    }
    const { path, relative } = found;
    if (!(await isSelected(selection, path, relative))) continue;
    yield { kind: "file", path, name: under + relative };
  }
}

async function isSelected(selection: Selection, file: string, path: string): Promise<boolean> {
  if (!selection.acceptsPath(path)) return false;
  if (!selection.hasLimits) return true;
  const found = await stat(file).catch(() => undefined);
  // One that has gone meanwhile is told by its upload.
  if (found === undefined) return true;
  return selection.accepts({ path, sizeBytes: found.size, modified: found.mtime });
}

/** Of one object, whose size and time take a HEAD where they count. */
async function isMeant(
  search: SourceSearch,
  { uri, name }: Extract<Source, { kind: "object" }>,
): Promise<boolean> {
  const { selection, signal, versionId, sourceBuckets = search.buckets } = search;
  if (!selection.acceptsPath(name)) return false;
  if (!selection.hasLimits) return true;
  const version = versionId !== undefined && { versionId };
  const { store } = sourceBuckets.of(uri.bucket);
  const head = await explainedHead(store, uri.key, { ...version, signal });
  const { sizeBytes, lastModified: modified } = head;
  return selection.accepts({ path: name, sizeBytes, modified });
}

/** Part of a bucket. */
interface Listing {
  readonly bucket: string;
  readonly prefix: string;
  readonly root: string;
  readonly matches?: (key: string) => boolean;
}

async function* objectsBelow(
  search: SourceSearch,
  { bucket, prefix, root, matches }: Listing,
  { under, directories }: SourceView,
): Found {
  const { signal, selection } = search;
  const context = (search.sourceBuckets ?? search.buckets).of(bucket);
  const narrowed = matches === undefined ? prefix + selection.prefix : prefix;
  for await (const page of listPages(context.store, narrowed, { signal })) {
    for (const listed of objectsOf(page, directories ?? context.directories)) {
      const { key, sizeBytes, lastModified: modified } = listed;
      if (matches?.(key) === false) continue;
      const path = key.slice(root.length);
      if (!selection.isAll && !selection.accepts({ path, sizeBytes, modified })) continue;
      yield { kind: "object", uri: { bucket, key }, name: under + path, listed };
    }
  }
}

async function* listedFiles(
  { selection }: SourceSearch,
  list: AsyncIterable<string>,
  folder: string,
): Found {
  for await (const name of list) {
    if (!selection.acceptsPath(name)) continue;
    const place = localTarget(folder, name);
    if ("reason" in place) {
      const reason = place.reason.replace("the key", "the path in the list");
      yield { kind: "skipped", source: join(folder, name), reason };
    } else if (await isSelected(selection, place.file, name)) {
      yield { kind: "file", path: place.file, name };
    }
  }
}

async function* listedObjects(
  { selection }: SourceSearch,
  list: AsyncIterable<string>,
  { bucket, key: root }: S3Uri,
): Found {
  for await (const key of list) {
    const uri = { bucket, key };
    if (!key.startsWith(root)) {
      yield { kind: "skipped", source: uri, reason: `it is in the list, but not below ${root}` };
      continue;
    }
    const name = key.slice(root.length);
    if (selection.acceptsPath(name)) yield { kind: "object", uri, name };
  }
}
