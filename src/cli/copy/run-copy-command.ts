import { formatS3Uri } from "../../core/object-key.ts";
import type { Place } from "../../transfer/jobs/copy-job.ts";
import type { Buckets } from "../../transfer/buckets.ts";
import type { CommandContext } from "../context.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { explainMissing, hasObjects } from "../missing-object.ts";
import type { OptionValues } from "../option-values.ts";
import { readPace } from "../pace-options.ts";
import { withBuckets } from "../with-buckets.ts";
import { CopyReport } from "./copy-report.ts";
import { inWordsOfCopy } from "./in-words-of-copy.ts";
import { readCopyOptions, readListed, readPlaces, type CopyWishes } from "./read-copy.ts";
import { sourceSettings } from "./source-settings.ts";

/** `cp` and `mv` between files and objects. Answers the exit code. */
export async function runCopyCommand(
  context: CommandContext,
  args: readonly string[],
  options: OptionValues,
  { name, move }: { readonly name: string; readonly move: boolean },
): Promise<number> {
  const places = readPlaces(name, args);
  const wishes = readCopyOptions(context, options);
  const listed = await readListed(context, options, { ...places, ...wishes });
  const request: CopyWishes = { ...wishes, ...places, ...listed, move };
  assertOneVersion(request);
  const source = await sourceSettings(context, options);
  const work = { resume: options["resume"] !== false, ...readPace(options) };
  const run = (buckets: Buckets, sourceBuckets?: Buckets): Promise<number> =>
    copyAll(
      context,
      request,
      sourceBuckets === undefined ? { buckets } : { buckets, sourceBuckets },
    );
  try {
    if (source === undefined) return await withBuckets(context, run, work);
    return await withBuckets(
      context,
      (buckets) =>
        withBuckets(context, (sources) => run(buckets, sources), { ...work, settings: source }),
      work,
    );
  } catch (error) {
    throw inWordsOfCopy(error);
  }
}

/** A version is one of one object. */
function assertOneVersion({ versionId, recursive, sources, list, move }: CopyWishes): void {
  if (versionId === undefined) return;
  const [source, another] = sources;
  const isOne = !recursive && list === undefined && another === undefined;
  if (isOne && !move && source?.kind === "remote") return;
  throw new UsageError(
    "--version-id names one version of one object in S3.",
    "Name that object as the only source, without --recursive.",
  );
}

interface Stores {
  readonly buckets: Buckets;
  readonly sourceBuckets?: Buckets;
}

async function copyAll(
  context: CommandContext,
  request: CopyWishes,
  stores: Stores,
): Promise<number> {
  const { runCopy } = await import("../../transfer/jobs/run-copy.ts");
  const { signal, dryRun, move, sources } = request;
  const [first] = sources;
  const isMany = first === undefined || meansMany(request);
  const report = new CopyReport(context, { isMany, dryRun, move, sources });
  const copy = async (): Promise<number> => {
    if (dryRun) await assertBucket(stores.buckets, request.target, signal);
    const totals = await runCopy({ ...request, ...stores }, report.tell);
    if (signal.aborted && isMany) {
      const done = move ? "moved" : "copied";
      context.output.note(`${totals.copied} ${done} until it was stopped.`);
    }
    if (signal.aborted) throw report.stopped(signal.reason);
    const code = await report.end(totals);
    if (code === exitCodes.notFound && request.recursive) {
      for (const source of sources) await hintAtObject(context, stores, source);
    }
    return code;
  };
  if (isMany || first.kind === "local") return copy();
  const { bucket, key } = first.uri;
  const { store } = (stores.sourceBuckets ?? stores.buckets).of(bucket);
  return explainMissing(store, key, signal, copy);
}

/** A dry run writes nothing that would show it. */
async function assertBucket(buckets: Buckets, target: Place, signal: AbortSignal): Promise<void> {
  if (target.kind === "remote") await hasObjects(buckets.of(target.uri.bucket).store, "", signal);
}

/** `cp -r` of an object is a mistake in the other direction. */
async function hintAtObject(
  { output, runtime: { signal } }: CommandContext,
  { buckets, sourceBuckets = buckets }: Stores,
  source: Place,
): Promise<void> {
  if (source.kind === "local" || source.uri.key === "" || source.uri.key.endsWith("/")) return;
  const { bucket, key } = source.uri;
  const { objectExists } = await import("../../transfer/objects/object-exists.ts");
  const { store } = sourceBuckets.of(bucket);
  if (await objectExists(store, key, { signal }).catch(() => false)) {
    output.warn(`${formatS3Uri(source.uri)} is an object: leave --recursive out to take it.`);
  }
}

/** Whether more than one object can be meant, so that a summary is wanted. */
function meansMany({ recursive, sources, list, patterns, selection }: CopyWishes): boolean {
  if (!selection.isAll || recursive || list !== undefined || sources.length > 1) return true;
  const [source] = sources;
  return patterns && source?.kind === "remote" && /[*?[]/.test(source.uri.key);
}
