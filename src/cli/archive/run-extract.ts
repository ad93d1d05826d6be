import { asFolder, formatS3Uri } from "../../core/object-key.ts";
import { BucketTarget } from "../../transfer/archive/bucket-target.ts";
import { extractArchive } from "../../transfer/archive/extract-archive.ts";
import type { UnpackOptions } from "../../transfer/archive/extract-options.ts";
import { FolderTarget } from "../../transfer/archive/folder-target.ts";
import type { ArchiveSource } from "../../transfer/archive/open-entries.ts";
import type { UnpackTarget } from "../../transfer/archive/unpack-target.ts";
import type { Buckets } from "../../transfer/buckets.ts";
import type { PartFiles } from "../../transfer/local/part-files.ts";
import type { CommandContext } from "../context.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { countOf, formatBytes, printable } from "../format.ts";
import { location, type Location } from "../locations.ts";
import { limitOption, textOption, type OptionValues } from "../option-values.ts";
import { parseSize } from "../parse-size.ts";
import { readSelection } from "../selection-options.ts";
import { withBuckets } from "../with-buckets.ts";
import { choiceOption, formatOption } from "./archive-format.ts";
import { tellLeftOut } from "./left-out.ts";

interface ExtractCommand {
  readonly archive: string;
  readonly target: string;
  readonly options: OptionValues;
}

/** `extract`. Answers the exit code. */
export async function runExtract(
  context: CommandContext,
  { archive, target, options }: ExtractCommand,
): Promise<number> {
  const { runtime, output } = context;
  const [from, to] = [location(archive), location(target)];
  const bucket = bucketOf(from, to);
  const wishes = {
    ...readWishes(options),
    selection: readSelection(options, new Date()),
    signal: runtime.signal,
  };
  return withBuckets(context, async (buckets) => {
    try {
      const source = sourceOf(context, from);
      const { partFiles } = buckets.of(bucket);
      const place = await targetOf({ buckets, partFiles }, to, options);
      const result = await extractArchive(buckets.of(bucket), source, place, {
        ...wishes,
        onProgress: ({ files, doneBytes }) =>
          output.progress(`${countOf(files, "file")}, ${formatBytes(doneBytes)}`),
      });
      const { files, doneBytes, leftOut, leftOutMore } = result;
      const record = {
        type: "extract",
        ...(from.kind === "remote" ? { from: from.uri } : { file: archive }),
        ...(to.kind === "remote" ? { to: to.uri } : { folder: target }),
        files,
        bytes: doneBytes,
        leftOut,
        ...(leftOutMore !== undefined && { leftOutMore }),
      };
      tellLeftOut(
        output,
        leftOut.map(({ path, reason }) => ({ name: path, reason })),
        leftOutMore,
      );
      const counts = `${countOf(files, "file")}, ${formatBytes(doneBytes)}`;
      const text = `extracted: ${printable(archive)} to ${printable(target)} (${counts})`;
      await output.result(record, text);
      return leftOut.length > 0 ? exitCodes.partial : exitCodes.ok;
    } finally {
      // A pipe that nobody reads any more would keep the process alive.
      if (from.kind === "stream") runtime.stdin.destroy();
    }
  });
}

/** The bucket of the archive, else that of the target. Throws UsageError. */
function bucketOf(from: Location, to: Location): string {
  if (to.kind === "stream") {
    throw new UsageError("An archive is not unpacked to standard output.", "Name a folder.");
  }
  if (from.kind === "remote" && (from.uri.key === "" || from.uri.key.endsWith("/"))) {
    throw new UsageError(`${formatS3Uri(from.uri)} names no object.`, "Write the whole key.");
  }
  if (from.kind === "remote") return from.uri.bucket;
  if (to.kind === "remote") return to.uri.bucket;
  throw new UsageError(
    "One side of extract has to be in S3.",
    "Write s3://BUCKET/KEY for it; tar and unzip unpack files to folders.",
  );
}

function sourceOf({ runtime }: CommandContext, from: Location): ArchiveSource {
  if (from.kind === "remote") return { kind: "object", key: from.uri.key };
  if (from.kind === "local") return { kind: "file", path: from.path };
  return { kind: "stream", chunks: runtime.stdin };
}

async function targetOf(
  { buckets, partFiles }: { readonly buckets: Buckets; readonly partFiles: PartFiles },
  to: Location,
  options: OptionValues,
): Promise<UnpackTarget> {
  const isKept = options["overwrite"] === false;
  if (to.kind === "remote") {
    const { bucket, key } = to.uri;
    return new BucketTarget(buckets.of(bucket), asFolder(key), isKept ? { ifAbsent: true } : {});
  }
  const path = to.kind === "local" ? to.path : "";
  return FolderTarget.at(path, partFiles, isKept);
}

function readWishes(options: OptionValues): UnpackOptions {
  const format = formatOption(options);
  const onUnsafe = choiceOption(options, "onUnsafe", ["error", "report"]);
  const maxEntries = limitOption(options, "maxEntries");
  const maxRatio = limitOption(options, "maxRatio");
  const maxBytes = textOption(options, "maxBytes");
  return {
    ...(format !== undefined && { format }),
    ...(onUnsafe !== undefined && { onUnsafe }),
    ...(maxEntries !== undefined && { maxEntries }),
    ...(maxRatio !== undefined && { maxRatio }),
    ...(maxBytes !== undefined && { maxBytes: parseSize(maxBytes, "--max-bytes") }),
  };
}
