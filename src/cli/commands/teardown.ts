import type { ObjectStore } from "../../core/object-store.ts";
import { examples, type CommandDefinition } from "../command.ts";
import { confirmByName, type CommandContext } from "../context.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { countOf } from "../format.ts";
import { agreedBucket } from "../locations.ts";
import { textOption } from "../option-values.ts";
import { ownerOption } from "../owner-option.ts";
import { nextCall } from "../setup/next-call.ts";
import { withBucketService } from "../with-bucket-service.ts";
import { withObjectStore } from "../with-object-store.ts";

export const teardownCommand: CommandDefinition = {
  name: "teardown",
  define: (command) =>
    command
      .summary("take back a set-up: remove an empty bucket with its settings")
      .description(
        "Removes a bucket that holds nothing: no object, no older version, no delete marker, no " +
          "unfinished upload; anything in it refuses it (exit code 6), and there is no flag against " +
          "that. The bucket is named twice, its name typed or given with --confirm. Copies of its " +
          "policy and lifecycle rules are kept. .env and sms-storage.yaml are left alone.",
      )
      .argument("<bucket>", "s3://BUCKET")
      .option("--confirm <bucket>", "the bucket's name again, in place of typing it")
      .option("--owner <account>", "the account the bucket must belong to; default: the caller's")
      .addHelpText(
        "after",
        examples(
          ["On a terminal", "sms-storage teardown s3://my-lab-scratch"],
          ["In a script", "sms-storage teardown --confirm my-lab-scratch s3://my-lab-scratch"],
        ),
      ),
  run: async (context, [place = ""], options) => {
    const bucket = agreedBucket(place, context.flags.bucket);
    const given = textOption(options, "confirm");
    if (given !== undefined && given !== bucket) {
      throw new UsageError(`--confirm names ${given}, not ${bucket}.`, "Nothing was removed.");
    }
    const settings = await context.settings();
    const { withSession } = await import("../setup/with-setup-session.ts");
    const owner = ownerOption(options);
    return withSession(context, { settings, owner, envFile: false }, async (session) => {
      await session.assertOwn(bucket, "teardown");
      const held = await withObjectStore(
        context,
        bucket,
        (store) => contentsOf(context, store),
        session,
      );
      if (held !== undefined) {
        context.output.note(`s3://${bucket} holds ${held}; it was not removed.`);
        const call = nextCall(`ls -r --versions s3://${bucket}`, context);
        context.output.note(`See all of it: ${call}`);
        return exitCodes.conflict;
      }
      const question = `Remove s3://${bucket} with its settings? Its name may be taken by others then.`;
      const wish = { name: bucket, given, flag: "--confirm" };
      if (!(await confirmByName(context, question, wish))) {
        context.output.note("Nothing was removed.");
        return exitCodes.confirmationRequired;
      }
      for (const file of await session.keepDocuments(bucket)) {
        context.output.note(`  a copy is kept in ${file}`);
      }
      await withBucketService(
        context,
        (service) => service.deleteBucket(bucket, { signal: context.runtime.signal }),
        session,
      );
      await context.output.result({ type: "remove-bucket", bucket }, `remove s3://${bucket}`);
      return exitCodes.ok;
    });
  },
};

/** In words; undefined: nothing. */
async function contentsOf(
  context: CommandContext,
  store: ObjectStore,
): Promise<string | undefined> {
  const { countContents } = await import("../../transfer/versions/bucket-contents.ts");
  const { versions, deleteMarkers, uploads } = await countContents(store, {
    signal: context.runtime.signal,
    counted: (count) => context.output.progress(`${countOf(count, "version")} found`),
  });
  const parts = [
    ...(versions > 0 ? [countOf(versions, "object or version", "objects and versions")] : []),
    ...(deleteMarkers > 0 ? [countOf(deleteMarkers, "delete marker")] : []),
    ...(uploads > 0 ? [countOf(uploads, "unfinished upload")] : []),
  ];
  return parts.length === 0 ? undefined : parts.join(", ");
}
