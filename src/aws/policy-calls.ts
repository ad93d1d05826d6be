import { foreignAnswer } from "./answer-error.ts";
import { target, type BucketContext } from "./bucket-target.ts";
import { guardResponse } from "./response-guard.ts";
import type { SettingMethods } from "./setting-methods.ts";

type PolicyCalls = Pick<
  SettingMethods,
  "getBucketPolicy" | "putBucketPolicy" | "deleteBucketPolicy" | "getBucketPolicyStatus"
>;

const noPolicy = ["NoSuchBucketPolicy"];

/** The bucket's policy. */
export function policyCalls(context: BucketContext): PolicyCalls {
  const { calls } = context;
  return {
    getBucketPolicy(bucket) {
      const call = { operation: "GetBucketPolicy", bucket };
      return calls.read(call, noPolicy, async (client) => {
        const { GetBucketPolicyCommand } = await import("@aws-sdk/client-s3");
        const { Policy } = await client.send(new GetBucketPolicyCommand(target(context, bucket)));
        if (Policy?.trimStart().startsWith("{") !== true) throw foreignAnswer(call, 200);
        return Policy;
      });
    },

    async putBucketPolicy(bucket, policy) {
      await calls.run({ operation: "PutBucketPolicy", bucket }, async (client) => {
        const { PutBucketPolicyCommand } = await import("@aws-sdk/client-s3");
        await client.send(
          new PutBucketPolicyCommand({ ...target(context, bucket), Policy: policy }),
        );
      });
    },

    async deleteBucketPolicy(bucket) {
      await calls.run({ operation: "DeleteBucketPolicy", bucket }, async (client) => {
        const { DeleteBucketPolicyCommand } = await import("@aws-sdk/client-s3");
        await client.send(new DeleteBucketPolicyCommand(target(context, bucket)));
      });
    },

    getBucketPolicyStatus(bucket) {
      const call = { operation: "GetBucketPolicyStatus", bucket };
      return calls.read(call, noPolicy, async (client) => {
        const { GetBucketPolicyStatusCommand } = await import("@aws-sdk/client-s3");
        const command = new GetBucketPolicyStatusCommand(target(context, bucket));
        guardResponse(command, call, ["PolicyStatus"]);
        const { PolicyStatus } = await client.send(command);
        return { isPublic: PolicyStatus?.IsPublic === true };
      });
    },
  };
}
