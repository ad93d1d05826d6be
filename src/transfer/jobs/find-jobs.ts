import { StorageError } from "../../core/errors.ts";
import { transferLimits } from "../../core/limits.ts";
import { formatS3Uri, type S3Uri } from "../../core/object-key.ts";
import type { CopyJob, SearchNote, SkippedItem } from "./copy-job.ts";
import type { CopySearch } from "./copy-search.ts";
import { assertDistinct, openTarget, type CopyTarget, type TargetPlace } from "./copy-target.ts";
import { findSources, type FoundSource, type SourceView } from "./find-sources.ts";
import { refusedCopy } from "./refused-copy.ts";
import { resolveSources, type Source } from "./resolve-sources.ts";

type Found = AsyncIterable<CopyJob | SkippedItem | SearchNote>;

/** What a copy has to do, object by object, found while it runs. Throws StorageError. */
export async function* findJobs(search: CopySearch): Found {
  const { sources, notes } = await resolveSources(search);
  yield* notes;
  const target = await openTarget(search, sources);
  if (sources.length > 1) assertDistinct(sources);
  for (const source of sources) assertApart(search, source, target);
  // Only of patterns the names are not known before.
  const taken = sources.length > 1 && sources.some(({ kind }) => kind === "pattern");
  const names = taken ? new Set<string>() : undefined;
  for (const source of sources) yield* jobsOf(search, source, { target, names, sources });
}

interface Targets {
  readonly target: CopyTarget;
  /** Those that are taken, where two sources can have the same. */
  readonly names: Set<string> | undefined;
  readonly sources: readonly Source[];
}

async function* jobsOf(
  search: CopySearch,
  source: Source,
  { target, names, sources }: Targets,
): Found {
  for await (const found of findSources(search, source, viewOf(search, source, sources.length))) {
    if (found.kind === "skipped") {
      yield found;
      continue;
    }
    if (isInside(search, found, target)) continue;
    const { name } = found;
    if (names?.has(name) === true) {
      yield skipped(found, `another source has the same target ${name}`);
      continue;
    }
    remember(names, name);
    const place = await target.place(name);
    if ("reason" in place && source.kind === "object") throw noLocalName(source.uri, place.reason);
    yield toJob(search, found, place);
  }
}

function remember(names: Set<string> | undefined, name: string): void {
  if (names === undefined) return;
  if (names.size >= transferLimits.comparedNames) {
    throw new StorageError(
      "InvalidArgument",
      `Names of more than ${transferLimits.comparedNames} objects cannot be compared.`,
      { remedy: "Copy the sources one by one; what is copied stays." },
    );
  }
  names.add(name);
}

function viewOf(search: CopySearch, source: Source, count: number): SourceView {
  const isFolder = source.kind === "folder" || source.kind === "prefix";
  return {
    under: isFolder && count > 1 ? `${source.name}/` : "",
    // A marker of a folder has no bytes, and a file of its name could not stand beside its files.
    directories: search.target.kind === "local" ? "omit" : undefined,
  };
}

function toJob(search: CopySearch, found: FoundSource, place: TargetPlace): CopyJob | SkippedItem {
  if ("reason" in place) return skipped(found, place.reason);
  if (found.kind === "file") {
    if ("file" in place) return skipped(found, "both sides are on this machine");
    return { kind: "upload", file: found.path, to: place.to };
  }
  const { uri: from, versionId, listed } = found;
  const facts = {
    ...(versionId !== undefined && { versionId }),
    ...(listed !== undefined && { listed }),
  };
  if ("file" in place) return { kind: "download", from, file: place.file, ...facts };
  // An older version of it is another object.
  const isOntoItself = isSame(search, from, place.to) && versionId === undefined;
  if (isOntoItself && !mayChange(search)) throw ontoItself(from);
  return { kind: "copy", from, to: place.to, ...facts };
}

function skipped(found: FoundSource, reason: string): SkippedItem {
  return { kind: "skipped", source: found.kind === "file" ? found.path : found.uri, reason };
}

function isSame(search: CopySearch, from: S3Uri, to: S3Uri): boolean {
  return search.sourceBuckets === undefined && from.bucket === to.bucket && from.key === to.key;
}

/** A copy onto itself, with other headers; a move onto itself would end with nothing. */
function mayChange({ changesObjects, move }: CopySearch): boolean {
  return changesObjects && !move;
}

/** A prefix that is copied into itself would be found again and again. */
function assertApart(search: CopySearch, source: Source, { folder }: CopyTarget): void {
  if (source.kind !== "prefix" || typeof folder !== "object") return;
  if (search.sourceBuckets !== undefined || folder.bucket !== source.bucket) return;
  if (!folder.key.startsWith(source.prefix) || search.list !== undefined) return;
  if (folder.key === source.prefix && mayChange(search)) return;
  const from = formatS3Uri({ bucket: source.bucket, key: source.prefix });
  const message = `${formatS3Uri(folder)} lies inside ${from}.`;
  throw refusedCopy("inside-itself", message, "Copy to another prefix.");
}

/** What a pattern finds in its own target was copied there, perhaps just now. */
function isInside(search: CopySearch, found: FoundSource, { folder }: CopyTarget): boolean {
  if (found.kind !== "object" || found.listed === undefined || typeof folder !== "object") {
    return false;
  }
  if (search.sourceBuckets !== undefined || folder.bucket !== found.uri.bucket) return false;
  return !mayChange(search) && folder.key !== "" && found.uri.key.startsWith(folder.key);
}

/** Of the one object that was named. */
function noLocalName(place: S3Uri, reason: string): Error {
  const message = `${formatS3Uri(place)} cannot have a file of its name: ${reason}.`;
  return refusedCopy("no-local-name", message, "Write the whole path of the file.");
}

function ontoItself(place: S3Uri): Error {
  return refusedCopy(
    "onto-itself",
    `${formatS3Uri(place)} would be copied onto itself.`,
    "Give another target, or say what is to change, such as headers or tags; S3 refuses a copy that changes nothing.",
  );
}
