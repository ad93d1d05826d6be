import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { S3Uri } from "../../core/object-key.ts";
import type { FileService } from "../../files/file-service.ts";
import { UsageError } from "../exit-codes.ts";
import { asFolder, formatUri, type Location } from "../locations.ts";
import type { CopyJob, SkippedCopy } from "./copy-job.ts";
import { localFiles } from "./local-files.ts";
import { localTarget } from "./local-target.ts";

interface CopyRequest {
  readonly source: Location;
  readonly target: Location;
  readonly recursive: boolean;
  readonly openService: (bucket: string) => Promise<FileService>;
  readonly skipped: (item: SkippedCopy) => void;
  readonly signal: AbortSignal;
}

/** What a `cp` has to do, object by object, found while it runs. Throws UsageError. */
export async function* findJobs(request: CopyRequest): AsyncIterable<CopyJob> {
  const { source, target } = request;
  if (source.kind === "local" && target.kind === "remote") {
    yield* uploads(request, source.path, target);
  } else if (source.kind === "remote" && target.kind === "local") {
    yield* downloads(request, source, target.path);
  } else if (source.kind === "remote" && target.kind === "remote") {
    yield* copies(request, source, target);
  } else {
    throw new UsageError(
      "One side of cp has to be in S3.",
      "Write s3://BUCKET/KEY for it; a bare name is always a local file.",
    );
  }
}

async function* uploads(request: CopyRequest, path: string, to: S3Uri): AsyncIterable<CopyJob> {
  if (!(await isFolder(path))) {
    yield { kind: "upload", file: path, to: named(to, basename(path)) };
    return;
  }
  if (!request.recursive) throw needsRecursive(path);
  const prefix = asFolder(to.key);
  for await (const { path: file, relative } of localFiles(path, request.skipped)) {
    yield { kind: "upload", file, to: { bucket: to.bucket, key: `${prefix}${relative}` } };
  }
}

async function* downloads(request: CopyRequest, from: S3Uri, path: string): AsyncIterable<CopyJob> {
  if (!request.recursive) {
    assertObject(from);
    const folder = /[/\\]$/.test(path) || (await isFolder(path));
    const name = from.key.slice(from.key.lastIndexOf("/") + 1);
    const file = folder ? join(path, name) : path;
    const { bucket, key } = from;
    yield { kind: "download", from: { bucket, key }, file };
    return;
  }
  await assertFolder(path);
  const prefix = asFolder(from.key);
  for await (const key of keysUnder(request, from.bucket, prefix)) {
    const place = localTarget(path, key.slice(prefix.length));
    const source = { bucket: from.bucket, key };
    if ("file" in place) yield { kind: "download", from: source, file: place.file };
    else request.skipped({ source: formatUri(source), reason: place.reason });
  }
}

async function* copies(request: CopyRequest, from: S3Uri, to: S3Uri): AsyncIterable<CopyJob> {
  if (!request.recursive) {
    assertObject(from);
    const name = from.key.slice(from.key.lastIndexOf("/") + 1);
    const target = named(to, name);
    if (formatUri(target) === formatUri(from)) throw ontoItself(from);
    yield { kind: "copy", from: { bucket: from.bucket, key: from.key }, to: target };
    return;
  }
  const prefix = asFolder(from.key);
  const targetPrefix = asFolder(to.key);
  if (from.bucket === to.bucket && targetPrefix.startsWith(prefix)) {
    throw new UsageError(
      `${formatUri(to)} lies inside ${formatUri(from)}.`,
      "Copy to another prefix.",
    );
  }
  for await (const key of keysUnder(request, from.bucket, prefix)) {
    const target = { bucket: to.bucket, key: `${targetPrefix}${key.slice(prefix.length)}` };
    yield { kind: "copy", from: { bucket: from.bucket, key }, to: target };
  }
}

async function* keysUnder(
  request: CopyRequest,
  bucket: string,
  prefix: string,
): AsyncIterable<string> {
  const service = await request.openService(bucket);
  const listing = { prefixMode: "raw", signal: request.signal } as const;
  for await (const item of service.list(formatUri({ bucket, key: prefix }), listing))
    yield item.Key;
}

/** `s3://bucket` and `s3://bucket/folder/` take the source's own name. */
function named(to: S3Uri, name: string): S3Uri {
  if (to.key !== "" && !to.key.endsWith("/")) return { bucket: to.bucket, key: to.key };
  if (name === "") {
    throw new UsageError(`${formatUri(to)} needs a name for the object.`, "Write the whole key.");
  }
  return { bucket: to.bucket, key: `${to.key}${name}` };
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
  if (isOther) throw new UsageError(`${path} is no folder.`, "Name one, new or old.");
}

function ontoItself(place: S3Uri): UsageError {
  return new UsageError(
    `${formatUri(place)} would be copied onto itself.`,
    "Give another target; S3 refuses a copy that changes nothing.",
  );
}

function assertObject(from: S3Uri): void {
  if (from.key === "" || from.key.endsWith("/")) throw needsRecursive(formatUri(from));
}

function needsRecursive(place: string): UsageError {
  return new UsageError(`${place} is a folder.`, "Add --recursive to copy all that is below it.");
}
