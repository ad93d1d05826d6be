import { formatS3Uri, type S3Uri } from "../../core/object-key.ts";
import type { Buckets } from "../../transfer/buckets.ts";
import type { CopyRequest } from "../../transfer/jobs/run-copy.ts";
import { examples, type CommandDefinition } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { CopyReport } from "../copy/copy-report.ts";
import { copyStream, type CopyWishes } from "../copy/copy-stream.ts";
import { inWordsOfCopy } from "../copy/in-words-of-copy.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { location, type Location } from "../locations.ts";
import { explainMissing } from "../missing-object.ts";
import { flagOption, textOption, type OptionValues } from "../option-values.ts";
import { readSelection, selectionHelp, selectionOptions } from "../selection-options.ts";
import { withBuckets } from "../with-buckets.ts";

export const cpCommand: CommandDefinition = {
  name: "cp",
  // To standard output.
  readsOnly: ([, target]) => target === "-",
  define: (command) =>
    selectionOptions(command)
      .summary("copy files to, from and within S3")
      .description(
        "Copies one file or object, or with --recursive a folder or prefix. One side at least is " +
          "s3://BUCKET/KEY; - is standard input or output. Large files go in parts, downloads are " +
          "verified before they appear under their name, copies within a store stay on its side. " +
          "What fails is listed and the rest goes on (exit code 7).",
      )
      .argument("<source>", "file, folder, - or s3://BUCKET/KEY")
      .argument("<target>", "file, folder, - or s3://BUCKET/KEY; an ending / keeps the name")
      .option("-r, --recursive", "everything below a folder or prefix")
      .option("--no-overwrite", "fail where the target exists already")
      .option("--content-type <type>", "media type of uploads; default: by the file's name")
      .option("--metadata <pairs>", "user metadata of uploads: name=value,name2=value2")
      .option("--no-resume", "begin large files anew, and leave nothing of them when cut short")
      .option("--dry-run", "show what would be copied, copy nothing")
      .addHelpText(
        "after",
        examples(
          ["Upload a table", "sms-storage cp out.tsv s3://my-bucket/exp-1/out.tsv"],
          ["Download an experiment", "sms-storage cp -r s3://my-bucket/exp-1/ ./exp-1"],
          ["Only its tables", "sms-storage cp -r --include '*.tsv' s3://my-bucket/exp-1/ ./exp-1"],
          ["From a pipe", "tar czf - run1 | sms-storage cp - s3://my-bucket/run1.tar.gz"],
        ) + selectionHelp,
      ),
  run: async (context, [source = "", target = ""], options) => {
    const from = location(source);
    const to = location(target);
    const wishes = readWishes(context, options);
    if (from.kind === "stream" || to.kind === "stream") {
      return copyStream(context, wishes, from, to);
    }
    const resume = options["resume"] !== false;
    return copyAll(context, { ...wishes, places: placesOf(from, to) }, resume);
  },
};

function readWishes(context: CommandContext, options: OptionValues): CopyWishes {
  const contentType = textOption(options, "contentType");
  const metadata = textOption(options, "metadata");
  return {
    recursive: flagOption(options, "recursive"),
    selection: readSelection(options, new Date()),
    dryRun: flagOption(options, "dryRun"),
    overwrite: options["overwrite"] !== false,
    signal: context.runtime.signal,
    upload: {
      ...(contentType !== undefined && { contentType }),
      ...(metadata !== undefined && { metadata: readPairs(metadata) }),
    },
  };
}

function placesOf(source: Location, target: Location): CopyRequest["places"] {
  if (source.kind === "local" && target.kind === "remote") {
    return { kind: "upload", from: source.path, to: target.uri };
  }
  if (source.kind === "remote" && target.kind === "local") {
    return { kind: "download", from: source.uri, to: target.path };
  }
  if (source.kind === "remote" && target.kind === "remote") {
    return { kind: "copy", from: source.uri, to: target.uri };
  }
  throw new UsageError(
    "One side of cp has to be in S3.",
    "Write s3://BUCKET/KEY for it; a bare name is always a local file.",
  );
}

async function copyAll(
  context: CommandContext,
  request: Omit<CopyRequest, "buckets">,
  resume: boolean,
): Promise<number> {
  const { runCopy } = await import("../../transfer/jobs/run-copy.ts");
  const { recursive, dryRun, signal, places } = request;
  const report = new CopyReport(context, { recursive, dryRun, from: places.from });
  const copy = async (buckets: Buckets): Promise<number> => {
    const totals = await runCopy({ ...request, buckets }, report.tell);
    if (signal.aborted && recursive) {
      context.output.note(`${totals.copied} copied until it was stopped.`);
    }
    if (signal.aborted) throw report.stopped(signal.reason);
    const code = await report.end(totals);
    if (code === exitCodes.notFound && places.kind !== "upload") {
      await hintAtObject(context, buckets, places.from);
    }
    return code;
  };
  const work = (buckets: Buckets): Promise<number> => {
    if (places.kind === "upload" || recursive) return copy(buckets);
    const { bucket, key } = places.from;
    return explainMissing(buckets.of(bucket).store, key, signal, () => copy(buckets));
  };
  return withBuckets(context, work, { resume }).catch((error: unknown) => {
    throw inWordsOfCopy(error);
  });
}

/** `cp -r` of an object is a mistake in the other direction. */
async function hintAtObject(
  { output, runtime: { signal } }: CommandContext,
  buckets: Buckets,
  from: S3Uri,
): Promise<void> {
  if (from.key === "" || from.key.endsWith("/")) return;
  const { objectExists } = await import("../../transfer/objects/object-exists.ts");
  const { store } = buckets.of(from.bucket);
  if (await objectExists(store, from.key, { signal }).catch(() => false)) {
    output.warn(`${formatS3Uri(from)} is an object: leave --recursive out to copy it.`);
  }
}

/** `a=1,b=2`; the form of the AWS CLI's shorthand. */
function readPairs(text: string): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (const pair of text.split(",")) {
    const equals = pair.indexOf("=");
    if (equals < 1) {
      throw new UsageError(`--metadata ${text} is not name=value,name2=value2.`);
    }
    pairs[pair.slice(0, equals).trim().toLowerCase()] = pair.slice(equals + 1);
  }
  return pairs;
}
