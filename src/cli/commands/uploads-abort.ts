import { isStorageError, StorageError } from "../../core/errors.ts";
import { transferLimits } from "../../core/limits.ts";
import { formatS3Uri, type S3Uri } from "../../core/object-key.ts";
import type { ObjectStore, UploadAddress } from "../../core/object-store.ts";
import { examples, type CommandDefinition } from "../command.ts";
import { confirm, type CommandContext } from "../context.ts";
import { describeError } from "../describe-error.ts";
import { exitCodes } from "../exit-codes.ts";
import { countOf, formatTime, printable } from "../format.ts";
import { beganBefore, foundUploads, type FoundUpload } from "../found-uploads.ts";
import { objectLocation, remoteLocation } from "../locations.ts";
import { flagOption, textOption, type OptionValues } from "../option-values.ts";
import { withObjectStore } from "../with-object-store.ts";

interface Totals {
  aborted: number;
  gone: number;
  failed: number;
}

export const uploadsAbortCommand: CommandDefinition = {
  name: "abort",
  define: (command) =>
    command
      .summary("abort unfinished uploads")
      .description(
        "Aborts unfinished multipart uploads under a prefix and frees their parts. One that is being " +
          "sent at this moment fails by it, so name an age. It needs a yes; without a terminal it needs " +
          "--yes. An upload named by --upload-id is aborted without a question.",
      )
      .argument("[place]", "s3://BUCKET/PREFIX or a prefix; with --upload-id the very key")
      .option("--older-than <time>", "that began before a time, or longer ago than 12h, 7d, ...")
      .option("--upload-id <id>", "this upload alone")
      .option("--dry-run", "show what would be aborted, abort nothing")
      .option("-y, --yes", "do not ask")
      .addHelpText(
        "after",
        examples(
          ["Tidy up", "sms-storage uploads abort --older-than 7d s3://my-bucket"],
          ["One of them", "sms-storage uploads abort --upload-id ID s3://my-bucket/big.tar"],
        ),
      ),
  run: async (context, [place], options) => {
    const settings = await context.settings();
    const uploadId = textOption(options, "uploadId");
    if (uploadId !== undefined) {
      const uri = objectLocation(place ?? "", settings);
      return withObjectStore(context, uri.bucket, (store) =>
        abortOne(context, store, { key: uri.key, uploadId }, flagOption(options, "dryRun")),
      );
    }
    const uri = remoteLocation(place, settings);
    return withObjectStore(context, uri.bucket, (store) => abortAll(context, store, uri, options));
  },
};

async function abortOne(
  context: CommandContext,
  store: ObjectStore,
  upload: UploadAddress,
  dryRun: boolean,
): Promise<number> {
  const { signal } = context.runtime;
  const { bucket } = store;
  const isThere = dryRun
    ? await store.listParts(upload, { maxParts: 1, signal }).then(() => true)
    : await store.abortMultipartUpload(upload, { signal });
  if (isThere) {
    await tell(context, { bucket, ...upload }, dryRun);
    return exitCodes.ok;
  }
  const uri = formatS3Uri({ bucket, key: upload.key });
  throw new StorageError("NotFound", `${uri} has no unfinished upload ${upload.uploadId}.`, {
    bucket,
    key: upload.key,
    remedy: `What there is: sms-storage uploads ls ${uri}`,
  });
}

async function abortAll(
  context: CommandContext,
  store: ObjectStore,
  uri: S3Uri,
  options: OptionValues,
): Promise<number> {
  const { output, runtime } = context;
  const { signal } = runtime;
  const dryRun = flagOption(options, "dryRun");
  const uploads = await collect(store, uri.key, { before: beganBefore(options), signal });
  const totals: Totals = { aborted: 0, gone: 0, failed: 0 };
  const place = printable(formatS3Uri(uri));
  if (uploads.length > 0 && !dryRun) {
    const oldest = uploads.reduce((a, b) => (b.initiated < a.initiated ? b : a)).initiated;
    const newest = uploads.reduce((a, b) => (b.initiated > a.initiated ? b : a)).initiated;
    const question =
      `Abort ${countOf(uploads.length, "upload")} under ${place}, begun ` +
      `${formatTime(oldest)} to ${formatTime(newest)} UTC?`;
    const given = flagOption(options, "yes");
    if (!(await confirm(context, question, { given, name: "--yes" }))) {
      output.note("Nothing was aborted.");
      return exitCodes.confirmationRequired;
    }
  }
  for (const upload of uploads) await abortNext(context, store, upload, { dryRun, totals });
  await output.result({ type: "summary", dryRun, found: uploads.length, ...totals }, undefined);
  if (!dryRun || uploads.length === 0) output.note(inWords(totals, uploads.length, place));
  return totals.failed > 0 ? exitCodes.partial : exitCodes.ok;
}

/** All of them before the question, so that what is agreed to is what is aborted. */
async function collect(
  store: ObjectStore,
  prefix: string,
  wish: { readonly before: Date | undefined; readonly signal: AbortSignal },
): Promise<readonly FoundUpload[]> {
  const found: FoundUpload[] = [];
  for await (const uploads of foundUploads(store, prefix, wish)) {
    found.push(...uploads);
    if (found.length > transferLimits.uploadsHeld) {
      throw new StorageError(
        "QuotaExceeded",
        `There are more than ${transferLimits.uploadsHeld} unfinished uploads; none was aborted.`,
        { bucket: store.bucket, remedy: "Take a longer prefix or an older --older-than." },
      );
    }
  }
  return found;
}

async function abortNext(
  context: CommandContext,
  store: ObjectStore,
  { key, uploadId }: UploadAddress,
  { dryRun, totals }: { readonly dryRun: boolean; readonly totals: Totals },
): Promise<void> {
  const { output, runtime } = context;
  const { bucket } = store;
  const upload = { bucket, key, uploadId };
  try {
    const isThere =
      dryRun || (await store.abortMultipartUpload({ key, uploadId }, { signal: runtime.signal }));
    if (!isThere) totals.gone += 1;
    else if (!dryRun) totals.aborted += 1;
    if (isThere) await tell(context, upload, dryRun);
  } catch (error) {
    if (!isStorageError(error) || error.code === "Aborted") throw error;
    totals.failed += 1;
    output.warn(`${printable(formatS3Uri({ bucket, key }))} (${uploadId}) was not aborted:`);
    output.error(error);
    const { code, message } = describeError(error);
    await output.result({ type: "failed", ...upload, code, message }, undefined);
  }
}

async function tell(
  { output }: CommandContext,
  upload: S3Uri & UploadAddress,
  dryRun: boolean,
): Promise<void> {
  const uri = printable(formatS3Uri(upload));
  const text = `${dryRun ? "(dry run) " : ""}abort ${uri} (${printable(upload.uploadId)})`;
  await output.result({ type: "abort-upload", ...upload }, text);
}

function inWords({ aborted, gone, failed }: Totals, found: number, place: string): string {
  if (found === 0) return `There are no such uploads under ${place}`;
  const others = gone === 0 ? "" : `, ${gone} gone already`;
  return `${aborted} aborted${others}, ${failed} failed.`;
}
