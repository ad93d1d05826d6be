import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { asFolder } from "../../core/object-key.ts";
import type { ObjectHead } from "../../core/object-store.ts";
import { openObject } from "../download/open-object.ts";
import type { Place } from "../jobs/copy-job.ts";
import { runJobs } from "../jobs/run-jobs.ts";
import { localFileError } from "../local/local-file-error.ts";
import type { TransferContext } from "../transfer-context.ts";
import { mergeTrees, type TreePair } from "./merge-trees.ts";
import { openTrees } from "./open-trees.ts";
import type { SyncPlaces } from "./sync-request.ts";

/** What reading both sides of a path has shown. */
export interface VerifiedPath {
  readonly path: string;
  readonly state: "same" | "differs" | "only-source" | "only-target" | "failed";
  /** Read of the one side or of both. */
  readonly bytes: number;
  /**
   * What the object was checked against besides the other side: the checksum or MD5 that the store keeps.
   * Undefined: nothing that can be reckoned.
   */
  readonly provedBy?: "checksum" | "etag";
  readonly error?: unknown;
}

/**
 * Reads every file and object of two trees to its end, compares those of one path with each other, and
 * each object with the checksum that its store keeps. Changes nothing. Throws StorageError where a tree
 * cannot be listed.
 */
export async function verifyTrees(
  places: SyncPlaces,
  tell: (verified: VerifiedPath) => Promise<void>,
): Promise<void> {
  const { source, target } = await openTrees(places);
  const paths = async function* (): AsyncGenerator<string, void> {
    for await (const pairs of mergeTrees(source, target)) {
      for (const pair of pairs) {
        if (!isMeant(places, pair)) continue;
        const known = withoutReading(pair);
        if (known === undefined) yield pair.path;
        else await tell(known);
      }
    }
  };
  const verify = async (path: string): Promise<void> => tell(await verifyPath(places, path));
  await runJobs(paths(), verify, places.signal);
  places.signal.throwIfAborted();
}

function isMeant({ selection }: SyncPlaces, { source, target }: TreePair): boolean {
  const item = source ?? target;
  if (selection.isAll || item === undefined) return true;
  return selection.accepts({ ...item, modified: new Date(item.modifiedMs) });
}

/** What is there on one side only, or of no use. */
function withoutReading({ path, source, target }: TreePair): VerifiedPath | undefined {
  const reason = source?.unusable ?? target?.unusable;
  if (reason !== undefined) return { path, state: "failed", bytes: 0, error: new Error(reason) };
  if (source === undefined) return { path, state: "only-target", bytes: 0 };
  return target === undefined ? { path, state: "only-source", bytes: 0 } : undefined;
}

async function verifyPath(places: SyncPlaces, path: string): Promise<VerifiedPath> {
  const { source, target, buckets, sourceBuckets = buckets, signal } = places;
  const readings = await Promise.allSettled([
    read(source, path, (bucket) => sourceBuckets.of(bucket), signal),
    read(target, path, (bucket) => buckets.of(bucket), signal),
  ]);
  const whole = readings.flatMap((reading) =>
    reading.status === "fulfilled" ? [reading.value] : [],
  );
  const [from, to] = whole;
  const bytes = whole.reduce((sum, reading) => sum + reading.bytes, 0);
  if (from === undefined || to === undefined) {
    const failure = readings.find((reading) => reading.status === "rejected");
    return { path, state: "failed", bytes, error: failure?.reason };
  }
  const state = from.digest === to.digest ? "same" : "differs";
  const provedBy = to.provedBy ?? from.provedBy;
  return { path, state, bytes, ...(provedBy !== undefined && { provedBy }) };
}

interface Reading {
  readonly digest: string;
  readonly bytes: number;
  readonly provedBy?: "checksum" | "etag" | undefined;
}

function read(
  place: Place,
  path: string,
  open: (bucket: string) => TransferContext,
  signal: AbortSignal,
): Promise<Reading> {
  if (place.kind === "local") return readFile(join(place.path, ...path.split("/")), signal);
  const { bucket, key } = place.uri;
  return readObject(open(bucket), `${asFolder(key)}${path}`, signal);
}

async function readFile(file: string, signal: AbortSignal): Promise<Reading> {
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(file, { signal }) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  } catch (error) {
    throw localFileError("verify-tree", file, error);
  }
  return { digest: hash.digest("hex"), bytes };
}

/** Throws IntegrityError where the bytes are not those that the store keeps a full checksum of. */
async function readObject(
  context: TransferContext,
  key: string,
  signal: AbortSignal,
): Promise<Reading> {
  const { head, body } = await openObject(context, key, { signal });
  const isChecked = hasKnownChecksum(context, head);
  const hash = createHash("sha256");
  const md5 = isChecked ? undefined : createHash("md5");
  let bytes = 0;
  for await (const chunk of body) {
    hash.update(chunk);
    md5?.update(chunk);
    bytes += chunk.length;
  }
  const isEtag = md5?.digest("hex") === head.etag.replaceAll('"', "");
  const provedBy = isChecked ? "checksum" : isEtag ? "etag" : undefined;
  return { digest: hash.digest("hex"), bytes, provedBy };
}

function hasKnownChecksum({ createDigest }: TransferContext, { checksum }: ObjectHead): boolean {
  return checksum?.type === "FULL_OBJECT" && createDigest(checksum.algorithm) !== undefined;
}
