import { join } from "node:path";
import { formatS3Uri } from "../../core/object-key.ts";
import type { Settings } from "../../settings/settings.ts";
import type { Buckets } from "../../transfer/buckets.ts";
import type { Place } from "../../transfer/jobs/copy-job.ts";
import type { SyncMemory, SyncRequest } from "../../transfer/sync/sync-request.ts";
import type { CommandContext } from "../context.ts";
import { inWordsOfCopy } from "../copy/in-words-of-copy.ts";
import { caseConflicts, linkPolicy } from "../copy/read-copy.ts";
import { sourceSettings } from "../copy/source-settings.ts";
import { readStored } from "../copy/stored-options.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { location } from "../locations.ts";
import { flagOption, textOption, type OptionValues } from "../option-values.ts";
import { readSelection } from "../selection-options.ts";
import { withBuckets } from "../with-buckets.ts";
import { DeleteLimit, readMaxDelete } from "./may-delete.ts";
import { SyncReport } from "./sync-report.ts";

/** `sync`. Answers the exit code. */
export async function runSyncCommand(
  context: CommandContext,
  args: readonly string[],
  options: OptionValues,
): Promise<number> {
  const places = readTwoPlaces("sync", args);
  const dryRun = flagOption(options, "dryRun");
  const most = readMaxDelete(textOption(options, "maxDelete"));
  const limit = new DeleteLimit(context, { place: placeText(places.target), most, dryRun });
  const settings = {
    target: await context.settings(),
    source: await sourceSettings(context, options),
  };
  const wishes = {
    ...places,
    dryRun,
    selection: readSelection(options, new Date()),
    stored: readStored(options),
    comparison: readComparison(options),
    caseConflicts: caseConflicts(options),
    links: linkPolicy(options),
    deletes: flagOption(options, "delete"),
    emptySource: flagOption(options, "allowEmptySource"),
    memory: options["index"] === false ? undefined : await memoryOf(context, settings),
    mayDelete: limit.mayDelete,
    signal: context.runtime.signal,
  };
  const run = (buckets: Buckets, sourceBuckets?: Buckets): Promise<number> =>
    syncAll(context, {
      ...wishes,
      buckets,
      ...(sourceBuckets !== undefined && { sourceBuckets }),
    });
  const resume = options["resume"] !== false;
  const code = await withBothStores(context, settings.source, { resume }, run);
  return limit.isRefused && code === exitCodes.ok ? exitCodes.confirmationRequired : code;
}

/** The buckets of the target's store, and of the source's where that is another one. */
async function withBothStores<T>(
  context: CommandContext,
  source: Settings | undefined,
  { resume }: { readonly resume: boolean },
  work: (buckets: Buckets, sourceBuckets?: Buckets) => Promise<T>,
): Promise<T> {
  try {
    if (source === undefined) return await withBuckets(context, (own) => work(own), { resume });
    return await withBuckets(
      context,
      (own) => withBuckets(context, (other) => work(own, other), { resume, settings: source }),
      { resume },
    );
  } catch (error) {
    throw inWordsOfCopy(error);
  }
}

async function syncAll(context: CommandContext, request: SyncRequest): Promise<number> {
  const { runSync } = await import("../../transfer/sync/run-sync.ts");
  const { source, dryRun, signal } = request;
  const report = new SyncReport(context, { source, dryRun });
  try {
    return await report.end(await runSync(request, report.tell));
  } catch (error) {
    throw signal.aborted ? report.stopped(error) : error;
  }
}

/** Two trees, of which one at least is in S3. Throws UsageError. */
function readTwoPlaces(
  name: string,
  [source = "", target = ""]: readonly string[],
): { readonly source: Place; readonly target: Place } {
  const places = { source: toPlace(name, source), target: toPlace(name, target) };
  if (places.source.kind === "remote" || places.target.kind === "remote") return places;
  throw new UsageError(
    `One side of ${name} has to be in S3.`,
    "Write s3://BUCKET/PREFIX for it; a bare name is always a local folder.",
  );
}

function toPlace(name: string, text: string): Place {
  const place = location(text);
  if (place.kind !== "stream") return place;
  throw new UsageError(`${name} works on folders and prefixes; - is one stream.`, "Use cp for it.");
}

function readComparison(options: OptionValues): SyncRequest["comparison"] {
  const sizeOnly = flagOption(options, "sizeOnly");
  const checksum = flagOption(options, "checksum");
  if (sizeOnly && checksum) {
    throw new UsageError("--size-only looks at no content, --checksum at all.", "Leave one out.");
  }
  if (sizeOnly) return "size";
  return checksum ? "checksum" : "content";
}

async function memoryOf(
  { runtime }: CommandContext,
  { source, target }: { readonly source: Settings | undefined; readonly target: Settings },
): Promise<SyncMemory> {
  const { defaultStateFolder } = await import("../../open/state-folder.ts");
  const folder = join(defaultStateFolder(runtime.environment), "sync");
  return { folder, sourceName: storeName(source ?? target), targetName: storeName(target) };
}

function storeName(settings: Settings): string {
  const { storageBackend: backend, storageQumuloEndpointUrl, storageS3EndpointUrl } = settings;
  return (backend === "qumulo" ? storageQumuloEndpointUrl : storageS3EndpointUrl) ?? "aws";
}

function placeText(place: Place): string {
  return place.kind === "local" ? place.path : formatS3Uri(place.uri);
}
