import type { S3Uri } from "../../core/object-key.ts";
import { StorageError } from "../../core/errors.ts";
import type { ObjectStore } from "../../core/object-store.ts";
import type { FileService, UploadOptions } from "../../files/file-service.ts";
import { examples, type CommandDefinition } from "../command.ts";
import type { CommandContext } from "../context.ts";
import type { CopyJob, SkippedCopy } from "../copy/copy-job.ts";
import { exitCodeFor, exitCodes, UsageError } from "../exit-codes.ts";
import { formatBytes, printable } from "../format.ts";
import { formatUri, location, type Location } from "../locations.ts";
import { flagOption, type OptionValues } from "../option-values.ts";

export const cpCommand: CommandDefinition = {
  name: "cp",
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
    const services = await openServices(context);
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
  readonly services: Services;
  readonly upload: UploadOptions;
  readonly options: OptionValues;
}

interface Services {
  open(bucket: string): Promise<FileService>;
  store(bucket: string): Promise<ObjectStore>;
  close(): Promise<void>;
}

/** One of each a bucket, so that connections are shared. */
async function openServices(context: CommandContext): Promise<Services> {
  const settings = await context.settings();
  const { openStorage } = await import("../../open/open-storage.ts");
  const { openObjectStore } = await import("../../open/open-object-store.ts");
  const services = new Map<string, Promise<FileService>>();
  const stores = new Map<string, Promise<ObjectStore>>();
  return {
    open: (bucket) => {
      const service = services.get(bucket) ?? openStorage(settings, { bucket });
      services.set(bucket, service);
      return service;
    },
    store: (bucket) => {
      const store = stores.get(bucket) ?? openObjectStore(settings, { bucket });
      stores.set(bucket, store);
      return store;
    },
    close: async () => {
      for (const opened of [...services.values(), ...stores.values()]) await (await opened).close();
    },
  };
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
export function readPairs(text: string): Record<string, string> {
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
  const { context, services, options } = run;
  const { signal } = context.runtime;
  const recursive = flagOption(options, "recursive");
  const dryRun = flagOption(options, "dryRun");
  const totals = { copied: 0, bytes: 0, skipped: 0 };
  const jobs = findJobs({
    source,
    target,
    recursive,
    openService: (bucket) => services.open(bucket),
    skipped: (item) => {
      totals.skipped += 1;
      warnSkipped(context, item);
    },
    signal,
  });
  const failures = await runJobs(
    jobs,
    async (job) => {
      const bytes = dryRun ? 0 : await copyOne(run, job);
      totals.copied += 1;
      totals.bytes += bytes;
      await context.output.result({ type: "copy", ...job, bytes }, describe(job));
      context.output.progress(`${totals.copied} copied, ${formatBytes(totals.bytes)}`);
    },
    signal,
  );
  const [first] = failures;
  if (first !== undefined && !recursive) throw first.error;
  for (const { job, error } of failures) {
    context.output.warn(`${describe(job)} failed:`);
    context.output.error(error);
  }
  await context.output.result(
    { type: "summary", dryRun, ...totals, failed: failures.length },
    undefined,
  );
  if (recursive) {
    const { copied, bytes, skipped } = totals;
    const note = `${copied} copied (${formatBytes(bytes)}), ${skipped} skipped, ${failures.length} failed.`;
    context.output.note(note);
  }
  return verdict(totals, failures, recursive);
}

function verdict(
  totals: { readonly copied: number; readonly skipped: number },
  failures: readonly { readonly error: unknown }[],
  recursive: boolean,
): number {
  const [first] = failures;
  if (first !== undefined && totals.copied === 0 && failures.length === 1) {
    return exitCodeFor(first.error);
  }
  if (failures.length > 0 || totals.skipped > 0) return exitCodes.partial;
  return recursive && totals.copied === 0 ? exitCodes.notFound : exitCodes.ok;
}

/** Answers the bytes copied. */
async function copyOne(run: CopyRun, job: CopyJob): Promise<number> {
  const { services, upload, context, options } = run;
  const { signal } = context.runtime;
  switch (job.kind) {
    case "upload": {
      const service = await services.open(job.to.bucket);
      const { contentTypeOf } = await import("../copy/content-type.ts");
      const contentType = upload.contentType ?? contentTypeOf(job.file);
      const typed = contentType === undefined ? upload : { ...upload, contentType };
      return (await service.uploadFile(job.file, formatUri(job.to), typed)).Size;
    }
    case "download": {
      const service = await services.open(job.from.bucket);
      const { stat } = await import("node:fs/promises");
      if (options["overwrite"] === false) await assertNoFile(job.file);
      await service.downloadFile(formatUri(job.from), job.file, { signal });
      return (await stat(job.file)).size;
    }
    case "copy": {
      const service = await services.open(job.to.bucket);
      const sourceStore = await services.store(job.from.bucket);
      const ifAbsent = options["overwrite"] === false;
      const copyOptions = { signal, ifAbsent, sourceStore };
      return (await service.copy(job.from.key, formatUri(job.to), copyOptions)).Size;
    }
  }
}

async function assertNoFile(file: string): Promise<void> {
  const { access } = await import("node:fs/promises");
  const exists = await access(file).then(
    () => true,
    () => false,
  );
  if (exists) {
    throw new StorageError("AlreadyExists", `${file} exists already.`, {
      remedy: "Remove it, choose another name, or leave --no-overwrite out.",
    });
  }
}

async function copyStream(run: CopyRun, from: Location, to: Location): Promise<number> {
  const { context, services, upload } = run;
  const { signal } = context.runtime;
  if (from.kind === "remote" && to.kind === "stream") {
    const service = await services.open(from.bucket);
    const { body } = await service.read(formatUri(from), { signal });
    for await (const chunk of body) await context.output.bytes(chunk);
    return exitCodes.ok;
  }
  if (from.kind !== "stream" || to.kind !== "remote") {
    throw new UsageError("- goes together with s3://BUCKET/KEY on the other side.");
  }
  if (to.key === "" || to.key.endsWith("/")) {
    throw new UsageError(`${formatUri(to)} needs a name for the object.`, "Write the whole key.");
  }
  const { spoolToFile } = await import("../copy/spool-to-file.ts");
  const spooled = await spoolToFile(context.runtime.stdin, signal);
  try {
    const service = await services.open(to.bucket);
    const { Size: bytes } = await service.uploadFile(spooled.path, formatUri(to), upload);
    const job = { kind: "upload", file: "-", to } as const;
    await context.output.result({ type: "copy", ...job, bytes }, describe(job));
    return exitCodes.ok;
  } finally {
    await spooled.remove();
  }
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

function warnSkipped(context: CommandContext, { source, reason }: SkippedCopy): void {
  context.output.warn(`${printable(source)} was skipped: ${reason}.`);
}
