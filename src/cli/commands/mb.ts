import { bucketNameProblem } from "../../core/bucket-name.ts";
import type { BucketService } from "../../core/bucket-service.ts";
import { StorageError } from "../../core/errors.ts";
import { examples, type CommandDefinition } from "../command.ts";
import { UsageError } from "../exit-codes.ts";
import { agreedBucket } from "../locations.ts";
import { withBucketService } from "../with-bucket-service.ts";

export const mbCommand: CommandDefinition = {
  name: "mb",
  define: (command) =>
    command
      .summary("make a bucket")
      .description(
        "Makes a bucket in the region of --region or of the settings, and nothing else: setup makes one " +
          "with versioning, encryption, a lifecycle and a policy. A name that is taken ends with exit " +
          "code 6, also when the bucket is yours.",
      )
      .argument("<bucket>", "s3://BUCKET")
      .addHelpText(
        "after",
        examples(
          ["In the region of the settings", "sms-storage mb s3://my-lab-scratch"],
          ["Elsewhere", "sms-storage mb --region eu-central-1 s3://my-lab-scratch"],
        ),
      ),
  run: async (context, [place = ""]) => {
    const bucket = agreedBucket(place, context.flags.bucket);
    const { storeSettings } = await import("../../settings/store-settings.ts");
    const { dialect, region } = storeSettings(await context.settings());
    const problem = bucketNameProblem(bucket, dialect === "aws" ? "aws" : "other");
    if (problem !== undefined) throw new UsageError(`The bucket name ${bucket} ${problem}.`);
    await withBucketService(context, async (service) => {
      const { signal } = context.runtime;
      await assertAbsent(service, bucket, signal);
      await service.createBucket(bucket, { signal });
    });
    const { output } = context;
    await output.result({ type: "make-bucket", bucket, region }, `make s3://${bucket}`);
    output.note(
      `It has the store's defaults: sms-storage setup --bucket ${bucket} shows the rest.`,
    );
  },
};

/** In us-east-1 AWS answers success for one's own bucket that was there: nothing would have been made. */
async function assertAbsent(
  service: BucketService,
  bucket: string,
  signal: AbortSignal,
): Promise<void> {
  const state = await service.headBucket(bucket, { signal });
  if (state === "absent") return;
  const remedy =
    state === "present"
      ? `See what is in it: sms-storage ls s3://${bucket}`
      : "It is another's, or these credentials may not see it. Choose another name.";
  const message = `The bucket ${bucket} exists already; nothing was made.`;
  throw new StorageError("AlreadyExists", message, { operation: "CreateBucket", bucket, remedy });
}
