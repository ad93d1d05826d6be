import { target, type BucketContext } from "./bucket-target.ts";
import { guardResponse } from "./response-guard.ts";
import type { SettingMethods } from "./setting-methods.ts";

type ExposureCalls = Pick<
  SettingMethods,
  "getPublicAccessBlock" | "putPublicAccessBlock" | "getBucketOwnership" | "putBucketOwnership"
>;

/** The second is Ceph's slip of the pen. */
const blockRoots = ["PublicAccessBlockConfiguration", "BlockPublicAccessBlockConfiguration"];

/** What keeps a bucket from the public, and whose its objects are. */
export function exposureCalls(context: BucketContext): ExposureCalls {
  const { calls } = context;
  return {
    getPublicAccessBlock(bucket) {
      const call = { operation: "GetPublicAccessBlock", bucket };
      return calls.read(call, ["NoSuchPublicAccessBlockConfiguration"], async (client) => {
        const { GetPublicAccessBlockCommand } = await import("@aws-sdk/client-s3");
        const command = new GetPublicAccessBlockCommand(target(context, bucket));
        guardResponse(command, call, blockRoots);
        const { PublicAccessBlockConfiguration: value } = await client.send(command);
        return {
          BlockPublicAcls: value?.BlockPublicAcls === true,
          IgnorePublicAcls: value?.IgnorePublicAcls === true,
          BlockPublicPolicy: value?.BlockPublicPolicy === true,
          RestrictPublicBuckets: value?.RestrictPublicBuckets === true,
        };
      });
    },

    async putPublicAccessBlock(bucket, value) {
      await calls.run({ operation: "PutPublicAccessBlock", bucket }, async (client) => {
        const { PutPublicAccessBlockCommand } = await import("@aws-sdk/client-s3");
        const input = { ...target(context, bucket), PublicAccessBlockConfiguration: { ...value } };
        await client.send(new PutPublicAccessBlockCommand(input));
      });
    },

    getBucketOwnership(bucket) {
      const call = { operation: "GetBucketOwnershipControls", bucket };
      return calls.read(call, ["OwnershipControlsNotFoundError"], async (client) => {
        const { GetBucketOwnershipControlsCommand } = await import("@aws-sdk/client-s3");
        const command = new GetBucketOwnershipControlsCommand(target(context, bucket));
        guardResponse(command, call, ["OwnershipControls"]);
        const { OwnershipControls } = await client.send(command);
        return OwnershipControls?.Rules?.[0]?.ObjectOwnership;
      });
    },

    async putBucketOwnership(bucket, value) {
      await calls.run({ operation: "PutBucketOwnershipControls", bucket }, async (client) => {
        const { PutBucketOwnershipControlsCommand } = await import("@aws-sdk/client-s3");
        const OwnershipControls = { Rules: [{ ObjectOwnership: value }] };
        const input = { ...target(context, bucket), OwnershipControls };
        await client.send(new PutBucketOwnershipControlsCommand(input));
      });
    },
  };
}
