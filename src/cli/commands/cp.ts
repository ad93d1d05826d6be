import type { S3Uri } from "../../core/object-key.ts";
import type { UploadOptions } from "../../transfer/transfer-options.ts";
import { examples, type CommandDefinition } from "../command.ts";
import type { CommandContext } from "../context.ts";
import type { CopyJob, SkippedCopy } from "../copy/copy-job.ts";
import { openCopyServices, type CopyServices } from "../copy/copy-services.ts";
import type { JobFailure } from "../copy/run-jobs.ts";
import { TransferProgress, type TransferNews } from "../copy/transfer-progress.ts";
import { describeError } from "../describe-error.ts";
import { exitCodeFor, exitCodes, UsageError } from "../exit-codes.ts";
import { formatBytes, printable } from "../format.ts";
import { formatUri, location, type Location } from "../locations.ts";
import { flagOption, type OptionValues } from "../option-values.ts";

export const cpCommand: CommandDefinition = {
  name: "cp",
  // To standard output.
  readsOnly: ([, target]) => target === "-",
  define: (command) =>
    command
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
      .option("--dry-run", "show what would be copied, copy nothing")
      .addHelpText(
        "after",
        examples(
          ["Upload a table", "sms-storage cp out.tsv s3://my-bucket/exp-1/out.tsv"],
          ["Download an experiment", "sms-storage cp -r s3://my-bucket/exp-1/ ./exp-1"],
          ["From a pipe", "tar czf - run1 | sms-storage cp - s3://my-bucket/run1.tar.gz"],
        ),
      ),
  run: async (context, [source = "", target = ""], options) => {
    const from = location(source);
    const to = location(target);
    const services = await openCopyServices(context);
    const run: CopyRun = { context, services, upload: uploadOptions(context, options), options };
    try {
      if (from.kind === "stream" || to.kind === "stream") return await copyStream(run, from, to);
      return await copyAll(run, from, to);
    } finally {
      await services.close();
    }
  },
};

interface CopyRun {
  readonly context: CommandContext;
  readonly services: CopyServices;
  readonly upload: UploadOptions;
  readonly options: OptionValues;
}

function uploadOptions(context: CommandContext, options: OptionValues): UploadOptions {
  const { contentType, metadata } = options;
  return {
    signal: context.runtime.signal,
    ...(options["overwrite"] === false ? { ifAbsent: true } : {}),
    ...(typeof contentType === "string" ? { contentType } : {}),
    ...(typeof metadata === "string" ? { metadata: readPairs(metadata) } : {}),
  };
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

async function copyAll(run: CopyRun, source: Location, target: Location): Promise<number> {
  const { findJobs } = await import("../copy/find-jobs.ts");
  const { runJobs } = await import("../copy/run-jobs.ts");
  const { copyOne, lookAt } = await import("../copy/copy-one.ts");
  const { context, services, options, upload } = run;
  const { output, runtime } = context;
  const { signal } = runtime;
  const recursive = flagOption(options, "recursive");
  const dryRun = flagOption(options, "dryRun");
  const overwrite = options["overwrite"] !== false;
  const totals: Totals = { copied: 0, bytes: 0, skipped: 0, failed: 0 };
  const progress = new TransferProgress(output);
  const skips: SkippedCopy[] = [];
  const jobs = findJobs({
    source,
    target,
    recursive,
    openService: (bucket) => services.open(bucket),
    skipped: (item) => skips.push(item),
    signal,
  });
  const failures = await runJobs(
    jobs,
    async (job) => {
      const bytes = await transfer(progress, (onProgress) => {
        const one = { services, upload, overwrite, signal, onProgress };
        return dryRun ? lookAt(job, one) : copyOne(job, one);
      });
      totals.copied += 1;
      totals.bytes += bytes;
      await reportCopy(context, job, bytes, dryRun);
    },
    signal,
  );
  if (signal.aborted && recursive) output.note(`${totals.copied} copied until it was stopped.`);
  signal.throwIfAborted();
  const [first] = failures;
  if (first !== undefined && !recursive) throw first.error;
  totals.skipped = skips.length;
  totals.failed = failures.length;
  for (const item of skips) await reportSkipped(context, item);
  for (const failure of failures) await reportFailure(context, failure);
  await output.result({ type: "summary", dryRun, ...totals }, undefined);
  if (recursive) output.note(summaryText(totals, dryRun, source));
  return verdict(totals, first?.error, recursive);
}

interface Totals {
  copied: number;
  bytes: number;
  skipped: number;
  failed: number;
}

async function transfer(
  progress: TransferProgress,
  run: (onProgress: (news: TransferNews) => void) => Promise<number>,
): Promise<number> {
  const job = progress.begin();
  let copied = false;
  try {
    const bytes = await run((news) => job.update(news));
    copied = true;
    return bytes;
  } finally {
    job.end(copied);
  }
}

function summaryText(totals: Totals, dryRun: boolean, source: Location): string {
  const { copied, bytes, skipped, failed } = totals;
  if (copied + skipped + failed === 0) return `There is nothing to copy in ${placeText(source)}`;
  const done = dryRun ? "would be copied" : "copied";
  return `${copied} ${done} (${formatBytes(bytes)}), ${skipped} skipped, ${failed} failed.`;
}

function verdict(totals: Totals, first: unknown, recursive: boolean): number {
  if (first !== undefined && totals.copied === 0 && totals.failed === 1) return exitCodeFor(first);
  if (totals.failed > 0 || totals.skipped > 0) return exitCodes.partial;
  return recursive && totals.copied === 0 ? exitCodes.notFound : exitCodes.ok;
}

async function copyStream(run: CopyRun, from: Location, to: Location): Promise<number> {
  if (flagOption(run.options, "recursive")) {
    throw new UsageError("- is one stream and no folder.", "Leave --recursive out.");
  }
  if (from.kind === "remote" && to.kind === "stream") return downloadStream(run, from);
  if (from.kind === "stream" && to.kind === "remote") return uploadStream(run, to);
  throw new UsageError("- goes together with s3://BUCKET/KEY on the other side.");
}

async function downloadStream({ context, services }: CopyRun, from: S3Uri): Promise<number> {
  const { signal } = context.runtime;
  const service = await services.open(from.bucket);
  const { body } = await service.read(formatUri(from), { signal });
  for await (const chunk of body) await context.output.bytes(chunk);
  return exitCodes.ok;
}

async function uploadStream(run: CopyRun, { bucket, key }: S3Uri): Promise<number> {
  const { context, services, upload, options } = run;
  const { stdin } = context.runtime;
  const to = formatUri({ bucket, key });
  if (key === "" || key.endsWith("/")) {
    throw new UsageError(`${to} needs a name for the object.`, "Write the whole key.");
  }
  const job = { kind: "upload", file: "-", to: { bucket, key } } as const;
  if (flagOption(options, "dryRun")) {
    await reportCopy(context, job, 0, true);
    return exitCodes.ok;
  }
  const { inOptionsOfCommand, withContentType } = await import("../copy/copy-one.ts");
  const service = await services.open(bucket);
  const typed = withContentType(upload, key);
  try {
    const bytes = await transfer(new TransferProgress(context.output), async (onProgress) => {
      return (await service.uploadStream(stdin, to, { ...typed, onProgress })).Size;
    });
    await reportCopy(context, job, bytes, false);
    return exitCodes.ok;
  } catch (error) {
    throw inOptionsOfCommand(error);
  } finally {
    // A pipe that nobody reads any more would keep the process alive.
    stdin.destroy();
  }
}

async function reportCopy(
  { output }: CommandContext,
  job: CopyJob,
  bytes: number,
  dryRun: boolean,
): Promise<void> {
  const text = dryRun ? `(dry run) ${describe(job)}` : describe(job);
  await output.result({ type: "copy", ...job, bytes }, text);
}

async function reportSkipped({ output }: CommandContext, item: SkippedCopy): Promise<void> {
  output.warn(`${item.source} was skipped: ${item.reason}.`);
  await output.result({ type: "skipped", ...item }, undefined);
}

async function reportFailure(
  { output }: CommandContext,
  { job, error }: JobFailure,
): Promise<void> {
  output.warn(`${describe(job)} failed:`);
  output.error(error);
  const { code, message } = describeError(error);
  await output.result({ type: "failed", ...job, code, message }, undefined);
}

function placeText(place: Location): string {
  if (place.kind === "stream") return "-";
  return shown(place.kind === "remote" ? place : place.path);
}

function shown(place: S3Uri | string): string {
  return printable(typeof place === "string" ? place : formatUri(place));
}

function describe(job: CopyJob): string {
  switch (job.kind) {
    case "upload":
      return `upload ${shown(job.file)} -> ${shown(job.to)}`;
    case "download":
      return `download ${shown(job.from)} -> ${shown(job.file)}`;
    case "copy":
      return `copy ${shown(job.from)} -> ${shown(job.to)}`;
  }
}
