import { asFolder } from "../../core/object-key.ts";
import { versionPages } from "../versions/version-pages.ts";
import type { SkippedItem } from "./copy-job.ts";
import type { SourceSearch } from "./copy-search.ts";
import { findSources } from "./find-sources.ts";
import { resolveSources, type Source } from "./resolve-sources.ts";

/** An object, or one version or delete marker of it. */
export interface FoundRemoval {
  readonly kind: "removal";
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
}

/** Where to look for what is to be deleted; all places are in S3. */
export interface RemovalSearch extends SourceSearch {
  /** All versions and delete markers, in place of what is there now. */
  readonly versions: boolean;
}

/** All that is meant, found while it is read, and notes of the search. Throws StorageError. */
export async function* findRemovals(
  search: RemovalSearch,
): AsyncGenerator<
  FoundRemoval | SkippedItem | { readonly kind: "note"; readonly message: string }
> {
  const { sources, notes } = await resolveSources(search);
  yield* notes;
  for (const source of sources) {
    if (search.versions) yield* versionsOf(search, source);
    else yield* objectsOf(search, source);
  }
}

async function* objectsOf(
  search: RemovalSearch,
  source: Source,
): AsyncGenerator<FoundRemoval | SkippedItem> {
  for await (const found of findSources(search, source, { under: "", directories: "include" })) {
    if (found.kind === "object") yield { kind: "removal", ...found.uri };
    else if (found.kind === "skipped") yield found;
  }
}

/** Part of a bucket whose versions are meant. */
interface VersionScope {
  readonly bucket: string;
  readonly prefix: string;
  /** What the selection's paths begin behind. */
  readonly root: string;
  readonly matches: (key: string) => boolean;
}

async function* versionsOf(search: RemovalSearch, source: Source): AsyncGenerator<FoundRemoval> {
  const scope = scopeOf(source);
  if (scope === undefined) return;
  const { bucket, prefix, root, matches } = scope;
  const { selection, signal } = search;
  const { store } = search.buckets.of(bucket);
  for await (const { versions } of versionPages(store, prefix, { signal })) {
    for (const { key, versionId, sizeBytes, lastModified: modified } of versions) {
      if (!matches(key)) continue;
      const path = key.slice(root.length);
      if (!selection.accepts({ path, sizeBytes, modified })) continue;
      yield { kind: "removal", bucket, key, versionId };
    }
  }
}

function scopeOf(source: Source): VersionScope | undefined {
  switch (source.kind) {
    case "object": {
      const { bucket, key } = source.uri;
      const root = key.slice(0, key.lastIndexOf("/") + 1);
      return { bucket, prefix: key, root, matches: (other) => other === key };
    }
    case "prefix": {
      const prefix = asFolder(source.prefix);
      return { bucket: source.bucket, prefix, root: prefix, matches: () => true };
    }
    case "pattern":
      return { bucket: source.bucket, ...source.pattern };
    case "file":
    case "folder":
      return undefined;
  }
}
