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
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) {
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
    const folder = await stat(path).then(
      (found) => found.isDirectory(),
      () => /[/\\]$/.test(path),
    );
    const name = from.key.slice(from.key.lastIndexOf("/") + 1);
    const file = folder ? join(path, name) : path;
    yield { kind: "download", from, file };
    return;
  }
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
    yield { kind: "copy", from, to: named(to, name) };
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
  if (to.key !== "" && !to.key.endsWith("/")) return to;
  if (name === "") {
    throw new UsageError(`${formatUri(to)} needs a name for the object.`, "Write the whole key.");
  }
  return { bucket: to.bucket, key: `${to.key}${name}` };
}

function assertObject(from: S3Uri): void {
  if (from.key === "" || from.key.endsWith("/")) throw needsRecursive(formatUri(from));
}

function needsRecursive(place: string): UsageError {
  return new UsageError(`${place} is a folder.`, "Add --recursive to copy all that is below it.");
}
