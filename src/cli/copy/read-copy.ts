import type { Place } from "../../transfer/jobs/copy-job.ts";
import type { CopyRequest } from "../../transfer/jobs/run-copy.ts";
import type { CaseConflicts } from "../../transfer/local/download-folder.ts";
import type { LinkPolicy } from "../../transfer/local/local-files.ts";
import type { CommandContext } from "../context.ts";
import { UsageError } from "../exit-codes.ts";
import { location, type Location } from "../locations.ts";
import { flagOption, textOption, versionOption, type OptionValues } from "../option-values.ts";
import { readSelection } from "../selection-options.ts";
import { openList } from "./open-list.ts";
import { readStored } from "./stored-options.ts";

/** What a command line asks for, but for the buckets. */
export type CopyWishes = Omit<CopyRequest, "buckets" | "sourceBuckets">;

/** All but the places, which may be streams. Throws UsageError. */
export function readCopyOptions(
  context: CommandContext,
  options: OptionValues,
): Omit<CopyWishes, "sources" | "target" | "list" | "move"> {
  const stored = readStored(options);
  const overwrite = options["overwrite"] !== false;
  const ifNewer = flagOption(options, "ifNewer");
  if (ifNewer && !overwrite) {
    throw new UsageError("--if-newer overwrites and --no-overwrite does not.", "Leave one out.");
  }
  return {
    recursive: flagOption(options, "recursive"),
    patterns: !flagOption(options, "raw"),
    selection: readSelection(options, new Date()),
    links: linkPolicy(options),
    caseConflicts: caseConflicts(options),
    changesObjects: Object.keys(stored).length > 0,
    dryRun: flagOption(options, "dryRun"),
    ifNewer,
    overwrite,
    stored,
    signal: context.runtime.signal,
    ...versionOption(options),
  };
}

/** The places of a command line: all but the last are sources. Throws UsageError. */
export function readPlaces(
  name: string,
  args: readonly string[],
): Pick<CopyWishes, "sources" | "target"> {
  const places = args.map((text) => toPlace(location(text), args));
  const target = places.pop();
  if (target === undefined || places.length === 0) {
    throw new UsageError(`${name} takes at least a source and a target.`);
  }
  if (isLocal(target) && places.some(isLocal)) {
    throw new UsageError(
      `One side of ${name} has to be in S3.`,
      "Write s3://BUCKET/KEY for it; a bare name is always a local file.",
    );
  }
  return { sources: places, target };
}

function isLocal(place: Place): boolean {
  return place.kind === "local";
}

function toPlace(place: Location, args: readonly string[]): Place {
  if (place.kind !== "stream") return place;
  throw new UsageError(
    "- is one stream: it goes together with one s3://BUCKET/KEY on the other side.",
    args.length > 2 ? "Copy the other places by a command of their own." : undefined,
  );
}

/** `--from-list` with what belongs to it; nothing without. Throws UsageError. */
export async function readListed(
  context: CommandContext,
  options: OptionValues,
  { sources, selection }: Pick<CopyWishes, "sources" | "selection">,
): Promise<Pick<CopyWishes, "list">> {
  const file = textOption(options, "fromList");
  const [source, another] = sources;
  if (file === undefined) return {};
  if (source === undefined || another !== undefined) {
    throw new UsageError(
      "--from-list says what of one source is meant.",
      "Name one folder, or s3://BUCKET/ with the prefix that all keys have.",
    );
  }
  if (selection.hasLimits && source.kind === "remote") {
    throw new UsageError(
      "A list of keys tells neither their age nor their size.",
      "Leave out --newer-than, --older-than, --larger-than and --smaller-than, or the list.",
    );
  }
  const bucket = source.kind === "remote" ? source.uri.bucket : undefined;
  return { list: await openList(context, options, { file, bucket }) };
}

/** Throws UsageError. */
export function linkPolicy(options: OptionValues): LinkPolicy {
  const follows = options["followSymlinks"];
  if (follows === undefined) return "files";
  return follows === true ? "all" : "none";
}

/** Throws UsageError. */
export function caseConflicts(options: OptionValues): CaseConflicts {
  const how = textOption(options, "caseConflict");
  if (how === "probe" || how === "assume" || how === "ignore") return how;
  throw new UsageError(`--case-conflict ${how} is not known.`, "Give probe, assume or ignore.");
}
