import { pourBody } from "../../core/object-body.ts";
import { formatS3Uri, type S3Uri } from "../../core/object-key.ts";
import type { Buckets } from "../../transfer/buckets.ts";
import type { CommandContext } from "../context.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import type { Location } from "../locations.ts";
import { explainMissing } from "../missing-object.ts";
import { textOption, type OptionValues } from "../option-values.ts";
import { readPace } from "../pace-options.ts";
import { parseSize } from "../parse-size.ts";
import { withBuckets } from "../with-buckets.ts";
import { CopyReport } from "./copy-report.ts";
import { inWordsOfCopy } from "./in-words-of-copy.ts";
import { readCopyOptions } from "./read-copy.ts";
import { sourceSettings } from "./source-settings.ts";

interface StreamCopy {
  readonly from: Location;
  readonly to: Location;
  readonly options: OptionValues;
}

type StreamWishes = ReturnType<typeof readCopyOptions>;

/** `cp` from standard input or to standard output. Answers the exit code. */
export async function copyStream(
  context: CommandContext,
  { from, to, options }: StreamCopy,
): Promise<number> {
  const wishes = readCopyOptions(context, options);
  if (wishes.recursive || textOption(options, "fromList") !== undefined) {
    throw new UsageError(
      "- is one stream and no folder.",
      "Leave --recursive and --from-list out.",
    );
  }
  if (from.kind === "remote" && to.kind === "stream") {
    const settings = await sourceSettings(context, options);
    const work = (buckets: Buckets): Promise<number> =>
      download(context, wishes, buckets, from.uri);
    const paced = readPace(options);
    return withBuckets(context, work, { ...paced, ...(settings !== undefined && { settings }) });
  }
  if (from.kind === "stream" && to.kind === "remote") {
    const size = textOption(options, "expectedSize");
    const expected = size !== undefined && { expectedBytes: parseSize(size, "--expected-size") };
    return withBuckets(
      context,
      (buckets) => upload(context, { ...wishes, ...expected, buckets }, to.uri),
      readPace(options),
    );
  }
  throw new UsageError("- goes together with s3://BUCKET/KEY on the other side.");
}

async function download(
  context: CommandContext,
  { dryRun, versionId }: StreamWishes,
  buckets: Buckets,
  from: S3Uri,
): Promise<number> {
  const { runtime, output } = context;
  const { signal } = runtime;
  const { bucket, key } = from;
  const source = buckets.of(bucket);
  const version = versionId !== undefined && { versionId };
  if (dryRun) {
    const { explainedHead } = await import("../../transfer/objects/explained-head.ts");
    const report = new CopyReport(context, { isMany: false, dryRun, move: false, sources: [] });
    const look = () => explainedHead(source.store, key, { ...version, signal });
    const { sizeBytes } = await explainMissing(source.store, key, signal, look);
    const job = { kind: "download", from, file: "-", ...version } as const;
    await report.tell({ kind: "done", job, sizeBytes });
    return exitCodes.ok;
  }
  const { openObject } = await import("../../transfer/download/open-object.ts");
  const { body } = await explainMissing(source.store, key, signal, () =>
    openObject(source, key, { ...version, signal }),
  );
  await pourBody(body, (chunk) => output.bytes(chunk));
  return exitCodes.ok;
}

async function upload(
  context: CommandContext,
  wishes: StreamWishes & { readonly buckets: Buckets; readonly expectedBytes?: number },
  to: S3Uri,
): Promise<number> {
  const { stdin } = context.runtime;
  const { bucket, key } = to;
  if (key === "" || key.endsWith("/")) {
    throw new UsageError(`${formatS3Uri(to)} needs a name for the object.`, "Write the whole key.");
  }
  const { dryRun, expectedBytes, buckets } = wishes;
  const job = { kind: "upload", file: "-", to } as const;
  const report = new CopyReport(context, { isMany: false, dryRun, move: false, sources: [] });
  if (dryRun) {
    await report.tell({ kind: "done", job, sizeBytes: 0 });
    return exitCodes.ok;
  }
  const { uploadOptions } = await import("../../transfer/jobs/copy-one.ts");
  const { uploadStream } = await import("../../transfer/upload/upload-stream.ts");
  try {
    await report.tell({ kind: "begun", job });
    const { onProgress: _, onNotice: __, ...options } = uploadOptions(wishes);
    const { sizeBytes } = await uploadStream(buckets.of(bucket), stdin, key, {
      ...options,
      ...(expectedBytes !== undefined && { expectedBytes }),
      onProgress: (news) => void report.tell({ kind: "progress", job, news }),
    });
    await report.tell({ kind: "done", job, sizeBytes });
    return exitCodes.ok;
  } catch (error) {
    throw inWordsOfCopy(error);
  } finally {
    // A pipe that nobody reads any more would keep the process alive.
    stdin.destroy();
  }
}
