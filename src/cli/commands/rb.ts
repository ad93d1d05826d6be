import { isStorageError } from "../../core/errors.ts";
import type { ObjectStore } from "../../core/object-store.ts";
import { restateError } from "../../core/restate-error.ts";
import type { BucketContents } from "../../transfer/versions/bucket-contents.ts";
import { examples, type CommandDefinition } from "../command.ts";
import { confirmByName, type CommandContext } from "../context.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { countOf, formatBytes, printable } from "../format.ts";
import { agreedBucket } from "../locations.ts";
import { flagOption, textOption } from "../option-values.ts";
import { withBucketService } from "../with-bucket-service.ts";
import { withObjectStore } from "../with-object-store.ts";

export const rbCommand: CommandDefinition = {
  name: "rb",
  define: (command) =>
    command
      .summary("remove a bucket")
      .description(
        "Removes a bucket that is empty; one that is not is refused (exit code 6). With --force all " +
          "that is in it goes first: objects, older versions, delete markers and unfinished uploads. " +
          "Nothing of that can be had back, so its name has to be typed, or given with --confirm.",
      )
      .argument("<bucket>", "s3://BUCKET")
      .option("--force", "empty it first, for good")
      .option("--confirm <bucket>", "the bucket's name again, in place of typing it")
      .option("--dry-run", "count what would go, remove nothing")
      .addHelpText(
        "after",
        examples(
          ["An empty bucket", "sms-storage rb s3://my-lab-scratch"],
          ["See what --force would delete", "sms-storage rb --force --dry-run s3://my-lab-scratch"],
          ["In a script", "sms-storage rb --force --confirm my-lab-scratch s3://my-lab-scratch"],
        ),
      ),
  run: async (context, [place = ""], options) => {
    const bucket = agreedBucket(place, context.flags.bucket);
    const force = flagOption(options, "force");
    const dryRun = flagOption(options, "dryRun");
    const given = textOption(options, "confirm");
    if (given !== undefined && given !== bucket) {
      throw new UsageError(`--confirm names ${given}, not ${bucket}.`, "Nothing was removed.");
    }
    if (!force && !dryRun) {
      await removeBucket(context, bucket);
      return exitCodes.ok;
    }
    return withObjectStore(context, bucket, async (store) => {
      const contents = await count(context, store);
      const isEmpty = Object.values(contents).every((value) => value === 0);
      if (dryRun) return tellPlan(context, bucket, contents, { force, isEmpty });
      if (!isEmpty) {
        const question = `Delete s3://${bucket} with ${inWords(contents)}? Nothing of it can be had back.`;
        const agreed = await confirmByName(context, question, {
          name: bucket,
          given,
          flag: "--confirm",
        });
        if (!agreed) {
          context.output.note("Nothing was removed.");
          return exitCodes.confirmationRequired;
        }
        const failed = await empty(context, store);
        if (failed > 0) return exitCodes.partial;
      }
      await removeBucket(context, bucket);
      return exitCodes.ok;
    });
  },
};

async function removeBucket(context: CommandContext, bucket: string): Promise<void> {
  const { signal } = context.runtime;
  await withBucketService(context, (service) => service.deleteBucket(bucket, { signal })).catch(
    (error: unknown) => {
      if (!isStorageError(error) || error.s3Code !== "BucketNotEmpty") throw error;
      throw restateError(error, {
        message: `The bucket ${bucket} is not empty; it was not removed.`,
        remedy:
          `See all that is in it, older versions as well: sms-storage ls -r --versions s3://${bucket}. ` +
          "--force deletes that too.",
      });
    },
  );
  await context.output.result({ type: "remove-bucket", bucket }, `remove s3://${bucket}`);
}

async function count(context: CommandContext, store: ObjectStore): Promise<BucketContents> {
  const { countContents } = await import("../../transfer/versions/bucket-contents.ts");
  return countContents(store, {
    signal: context.runtime.signal,
    counted: (versions) => context.output.progress(`${versions} versions found`),
  });
}

async function tellPlan(
  { output }: CommandContext,
  bucket: string,
  contents: BucketContents,
  { force, isEmpty }: { readonly force: boolean; readonly isEmpty: boolean },
): Promise<number> {
  const refused = !isEmpty && !force;
  if (!refused) {
    await output.result(
      { type: "remove-bucket", bucket, dryRun: true },
      `(dry run) remove s3://${bucket} with ${inWords(contents)}`,
    );
  }
  await output.result({ type: "summary", dryRun: true, ...contents }, undefined);
  if (!refused) return exitCodes.ok;
  output.note(`s3://${bucket} holds ${inWords(contents)}; without --force it would be refused.`);
  return exitCodes.conflict;
}

/** Answers how many entries are left. */
async function empty(context: CommandContext, store: ObjectStore): Promise<number> {
  const { emptyBucket } = await import("../../transfer/versions/bucket-contents.ts");
  const { output, runtime } = context;
  const { bucket } = store;
  const done = await emptyBucket(store, {
    signal: runtime.signal,
    deleted: (entries) => output.progress(`${entries} deleted`),
    failed: async ({ key, versionId, code, message }) => {
      const version = versionId !== undefined && { versionId };
      const what = printable(`s3://${bucket}/${key} (${versionId ?? "object"})`);
      output.warn(`${what} was not deleted: ${code}: ${message}`);
      await output.result({ type: "failed", bucket, key, ...version, code, message }, undefined);
    },
  });
  await output.result({ type: "summary", dryRun: false, ...done }, undefined);
  const { deleted, uploadsAborted, failed } = done;
  const aborted = uploadsAborted === 0 ? "" : `, ${countOf(uploadsAborted, "upload")} aborted`;
  const kept = failed === 0 ? "" : ` ${failed} could not be deleted, so the bucket stays.`;
  output.note(`${deleted} deleted${aborted}.${kept}`);
  return failed;
}

function inWords({ versions, deleteMarkers, bytes, uploads }: BucketContents): string {
  const parts = [
    `${countOf(versions, "object or version", "objects and versions")} (${formatBytes(bytes)})`,
  ];
  if (deleteMarkers > 0) parts.push(countOf(deleteMarkers, "delete marker"));
  if (uploads > 0) parts.push(countOf(uploads, "unfinished upload"));
  return parts.join(", ");
}
