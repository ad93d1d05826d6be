import { stat } from "node:fs/promises";
import { asFolder, formatS3Uri, type S3Uri } from "../../core/object-key.ts";
import { DownloadFolder } from "../local/download-folder.ts";
import type { CopySearch } from "./copy-search.ts";
import { refusedCopy } from "./refused-copy.ts";
import { lastName, type Source } from "./resolve-sources.ts";

/** Where one thing goes, or why it can go nowhere. */
export type TargetPlace =
  | { readonly to: S3Uri }
  | { readonly file: string }
  | { readonly reason: string };

/** Where everything goes. */
export interface CopyTarget {
  /** The folder that takes what is copied; undefined: the target is one file or object. */
  readonly folder: S3Uri | string | undefined;
  place(name: string): TargetPlace | Promise<TargetPlace>;
}

/** Looks at the target once, before anything is copied. Throws what `refusedCopy` makes. */
export async function openTarget(
  search: CopySearch,
  sources: readonly Source[],
): Promise<CopyTarget> {
  const [first] = sources;
  const isOne = sources.length === 1 && (first?.kind === "file" || first?.kind === "object");
  // What is below one folder or prefix goes into a new folder without its ending slash as well.
  const isTree = sources.length === 1 && (first?.kind === "folder" || first?.kind === "prefix");
  const { target } = search;
  return target.kind === "remote"
    ? remoteTarget(target.uri, { isOne, isTree, name: isOne ? first.name : "" })
    : localTargetOf(search, target.path, { isOne, isTree });
}

interface Shape {
  readonly isOne: boolean;
  readonly isTree: boolean;
}

function remoteTarget(uri: S3Uri, shape: Shape & { readonly name: string }): CopyTarget {
  const { bucket } = uri;
  const isFolder = uri.key === "" || uri.key.endsWith("/");
  if (shape.isOne && !isFolder) return { folder: undefined, place: () => ({ to: uri }) };
  if (!isFolder && !shape.isTree) {
    throw needsFolder(formatS3Uri(uri), "Write it with / at its end");
  }
  if (shape.isOne && shape.name === "") {
    const message = `${formatS3Uri(uri)} needs a name for the object.`;
    throw refusedCopy("needs-name", message, "Write the whole key.");
  }
  const prefix = asFolder(uri.key);
  return {
    folder: { bucket, key: prefix },
    place: (name) => ({ to: { bucket, key: prefix + name } }),
  };
}

async function localTargetOf(
  search: CopySearch,
  path: string,
  { isOne, isTree }: Shape,
): Promise<CopyTarget> {
  const found = await stat(path).catch(() => undefined);
  const isFolder = found?.isDirectory() ?? /[/\\]$/.test(path);
  if (isOne && !isFolder) return { folder: undefined, place: () => ({ file: path }) };
  if (!isFolder && found !== undefined) {
    throw refusedCopy("is-no-folder", `${path} is no folder.`, "Name one, new or old.");
  }
  if (!isFolder && !isTree) throw needsFolder(path, "Make it, or write it with / at its end");
  const folder = new DownloadFolder(path, search.caseConflicts);
  return { folder: path, place: (name) => folder.place(name) };
}

function needsFolder(place: string, remedy: string): Error {
  const message = `${place} is no folder, and several objects can go into a folder only.`;
  return refusedCopy("needs-folder", message, `${remedy}.`);
}

/** Sources of the same name would overwrite each other in one folder. */
export function assertDistinct(sources: readonly Source[]): void {
  const seen = new Map<string, Source>();
  for (const source of sources) {
    if (source.kind === "pattern") continue;
    const other = seen.get(source.name);
    if (other !== undefined) {
      const message = `${shownSource(other)} and ${shownSource(source)} would both be copied to the name ${source.name}.`;
      throw refusedCopy("same-target", message, "Copy them one by one, each to a name of its own.");
    }
    seen.set(source.name, source);
  }
}

function shownSource(source: Source): string {
  switch (source.kind) {
    case "file":
    case "folder":
      return source.path;
    case "object":
      return formatS3Uri(source.uri);
    case "prefix":
      return formatS3Uri({ bucket: source.bucket, key: source.prefix });
    case "pattern":
      return formatS3Uri({ bucket: source.bucket, key: lastName(source.pattern.prefix) });
  }
}
