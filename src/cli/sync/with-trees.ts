import { join } from "node:path";
import { formatS3Uri } from "../../core/object-key.ts";
import type { Settings } from "../../settings/settings.ts";
import type { Buckets } from "../../transfer/buckets.ts";
import type { Place } from "../../transfer/jobs/copy-job.ts";
import type { Comparison } from "../../transfer/sync/compare-items.ts";
import type { SyncMemory, SyncPlaces } from "../../transfer/sync/sync-request.ts";
import type { CommandContext } from "../context.ts";
import { linkPolicy } from "../copy/read-copy.ts";
import { sourceSettings } from "../copy/source-settings.ts";
import { UsageError } from "../exit-codes.ts";
import { location } from "../locations.ts";
import { flagOption, type OptionValues } from "../option-values.ts";
import { readPace } from "../pace-options.ts";
import { readSelection } from "../selection-options.ts";
import { withBuckets } from "../with-buckets.ts";

/** Two trees that are open. */
export interface OpenTrees {
  readonly places: SyncPlaces;
  readonly memory: SyncMemory | undefined;
}

/** Opens the two places of a command line for one piece of work. Throws UsageError. */
export async function withTrees<T>(
  context: CommandContext,
  {
    name,
    args,
    resume,
  }: { readonly name: string; readonly args: readonly string[]; readonly resume: boolean },
  options: OptionValues,
  work: (trees: OpenTrees) => Promise<T>,
): Promise<T> {
  const two = readTwoPlaces(name, args);
  const selection = readSelection(options, new Date());
  const links = linkPolicy(options);
  const target = await context.settings();
  const source = await sourceSettings(context, options);
  const memory =
    options["index"] === false ? undefined : await memoryOf(context, { source, target });
  const run = (buckets: Buckets, sourceBuckets?: Buckets): Promise<T> => {
    const other = sourceBuckets !== undefined && { sourceBuckets };
    const { signal } = context.runtime;
    return work({ places: { ...two, selection, links, buckets, signal, ...other }, memory });
  };
  const opening = { resume, ...readPace(options) };
  if (source === undefined) return withBuckets(context, (own) => run(own), opening);
  return withBuckets(
    context,
    (own) => withBuckets(context, (other) => run(own, other), { ...opening, settings: source }),
    opening,
  );
}

/** Two trees, of which one at least is in S3. */
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

/** Throws UsageError. */
export function readComparison(options: OptionValues): Comparison {
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

/** As a text tells a place. */
export function placeText(place: Place): string {
  return place.kind === "local" ? place.path : formatS3Uri(place.uri);
}
