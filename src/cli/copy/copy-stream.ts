import { formatS3Uri, type S3Uri } from "../../core/object-key.ts";
import type { Buckets } from "../../transfer/buckets.ts";
import type { CopyRequest } from "../../transfer/jobs/run-copy.ts";
import type { CommandContext } from "../context.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { explainMissing } from "../missing-object.ts";
import type { Location } from "../locations.ts";
import { withBuckets } from "../with-buckets.ts";
import { CopyReport } from "./copy-report.ts";
import { inWordsOfCopy } from "./in-words-of-copy.ts";

/** What the options of `cp` ask for. */
export type CopyWishes = Omit<CopyRequest, "buckets" | "places">;

/** `cp` from standard input or to standard output. Answers the exit code. */
export async function copyStream(
  context: CommandContext,
  wishes: CopyWishes,
  from: Location,
  to: Location,
): Promise<number> {
  if (wishes.recursive) {
    throw new UsageError("- is one stream and no folder.", "Leave --recursive out.");
  }
  if (from.kind === "remote" && to.kind === "stream") {
    return withBuckets(context, (buckets) => download(context, buckets, from.uri));
  }
  if (from.kind === "stream" && to.kind === "remote") {
    return withBuckets(context, (buckets) => upload(context, { ...wishes, buckets }, to.uri));
  }
  throw new UsageError("- goes together with s3://BUCKET/KEY on the other side.");
}

async function download(
  { runtime, output }: CommandContext,
  buckets: Buckets,
  { bucket, key }: S3Uri,
): Promise<number> {
  const { openObject } = await import("../../transfer/download/open-object.ts");
  const { signal } = runtime;
  const source = buckets.of(bucket);
  const { body } = await explainMissing(source.store, key, signal, () =>
    openObject(source, key, { signal }),
  );
  for await (const chunk of body) await output.bytes(chunk);
  return exitCodes.ok;
}

async function upload(
  context: CommandContext,
  wishes: CopyWishes & { readonly buckets: Buckets },
  to: S3Uri,
): Promise<number> {
  const { stdin } = context.runtime;
  const { bucket, key } = to;
  if (key === "" || key.endsWith("/")) {
    throw new UsageError(`${formatS3Uri(to)} needs a name for the object.`, "Write the whole key.");
  }
  const job = { kind: "upload", file: "-", to } as const;
  const report = new CopyReport(context, wishes);
  if (wishes.dryRun) {
    await report.tell({ kind: "done", job, sizeBytes: 0 });
    return exitCodes.ok;
  }
  const { uploadOptions } = await import("../../transfer/jobs/copy-one.ts");
  const { uploadStream } = await import("../../transfer/upload/upload-stream.ts");
  try {
    await report.tell({ kind: "begun", job });
    const { sizeBytes } = await uploadStream(wishes.buckets.of(bucket), stdin, key, {
      ...uploadOptions(wishes),
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
