import { serverLimits } from "../../core/limits.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import type { BucketSettings, UploadRecord } from "../engine.ts";
import type { ListAnswer } from "../list-queries.ts";
import { abortOf } from "./due-date.ts";
import { enabledRules, isDue, type SweepContext, type SweepCounts } from "./sweep-context.ts";

/** Aborts the uploads that are due among those whose keys begin with `prefix`. */
export async function sweepUploads(
  context: SweepContext,
  bucket: string,
  prefix: string,
  counts: SweepCounts,
): Promise<void> {
  const { engine } = context;
  const query = { bucket, prefix, limit: serverLimits.lifecycleStepEntries };
  let page: ListAnswer<UploadRecord> | undefined = engine.listUploads(query);
  while (page !== undefined) {
    const settings = engine.getBucket(bucket)?.settings;
    const due = page.entries.filter((upload) => abortIsDue(context, settings, upload));
    const aborted = await Promise.all(due.map((upload) => abortUpload(context, upload)));
    counts.uploadsAborted += aborted.filter(Boolean).length;
    await context.pace(page.entries.length);
    const last = page.entries.at(-1);
    page =
      page.truncated && last !== undefined
        ? engine.listUploads({ ...query, keyMarker: last.key, uploadIdMarker: last.uploadId })
        : undefined;
  }
}

function abortIsDue(
  context: SweepContext,
  settings: BucketSettings | undefined,
  upload: UploadRecord,
): boolean {
  return isDue(context, abortOf(enabledRules(settings), upload, context.dayMs));
}

/** False when the upload is completed or aborted by now, or no rule wants it to go any more. */
async function abortUpload(context: SweepContext, upload: UploadRecord): Promise<boolean> {
  const { bucket, key, uploadId } = upload;
  try {
    await context.engine.abortUpload(bucket, key, uploadId, (settings) =>
      abortIsDue(context, settings, upload),
    );
    return true;
  } catch (error) {
    if (error instanceof S3Error && settled.has(error.code)) return false;
    throw error;
  }
}

const settled: ReadonlySet<string> = new Set([
  "NoSuchUpload",
  "NoSuchBucket",
  "PreconditionFailed",
]);
