import type {
  LifecycleRule as SdkLifecycleRule,
  ServerSideEncryptionConfiguration as SdkEncryption,
  TransitionDefaultMinimumObjectSize,
} from "@aws-sdk/client-s3";
import type {
  LifecycleConfiguration,
  ServerSideEncryptionConfiguration,
} from "../core/bucket-settings.ts";
import { target, type BucketContext } from "./bucket-target.ts";
import { assertKnownProperties, encryptionShape, lifecycleShape } from "./document-shapes.ts";
import { fromSdk, toSdk } from "./document-values.ts";
import { LossGuard } from "./loss-guard.ts";
import { guardResponse } from "./response-guard.ts";
import type { SettingMethods } from "./setting-methods.ts";

type DocumentCalls = Pick<
  SettingMethods,
  | "getBucketEncryption"
  | "putBucketEncryption"
  | "getBucketLifecycle"
  | "putBucketLifecycle"
  | "deleteBucketLifecycle"
  | "getBucketVersioning"
  | "putBucketVersioning"
  | "getBucketTagging"
  | "putBucketTagging"
>;

/** As PutBucketLifecycleConfiguration takes it, the size apart from the document. */
interface SdkLifecycle {
  readonly Rules: SdkLifecycleRule[];
  readonly TransitionDefaultMinimumObjectSize?: TransitionDefaultMinimumObjectSize;
}

/** How a bucket keeps its objects. Documents go through one to one; nothing is dropped on the way. */
export function documentCalls(context: BucketContext): DocumentCalls {
  return {
    ...encryptionCalls(context),
    ...lifecycleCalls(context),
    ...versioningCalls(context),
    ...taggingCalls(context),
  };
}

function encryptionCalls(context: BucketContext) {
  const { calls } = context;
  const losses = new LossGuard(encryptionShape);
  return {
    getBucketEncryption(bucket: string) {
      const call = { operation: "GetBucketEncryption", bucket };
      const notSet = ["ServerSideEncryptionConfigurationNotFoundError"];
      return calls.read(call, notSet, async (client) => {
        const { GetBucketEncryptionCommand } = await import("@aws-sdk/client-s3");
        const command = new GetBucketEncryptionCommand(target(context, bucket));
        guardResponse(command, call, [encryptionShape.root], (text) => losses.note(bucket, text));
        const { ServerSideEncryptionConfiguration: value } = await client.send(command);
        return fromSdk({ Rules: [], ...value }) as ServerSideEncryptionConfiguration;
      });
    },

    async putBucketEncryption(bucket: string, value: ServerSideEncryptionConfiguration) {
      assertKnownProperties(value, encryptionShape);
      losses.assertNone(bucket);
      await calls.run({ operation: "PutBucketEncryption", bucket }, async (client) => {
        const { PutBucketEncryptionCommand } = await import("@aws-sdk/client-s3");
        const ServerSideEncryptionConfiguration = toSdk(value) as SdkEncryption;
        const input = { ...target(context, bucket), ServerSideEncryptionConfiguration };
        await client.send(new PutBucketEncryptionCommand(input));
      });
    },
  };
}

function lifecycleCalls(context: BucketContext) {
  const { calls } = context;
  const losses = new LossGuard(lifecycleShape);
  return {
    getBucketLifecycle(bucket: string) {
      const call = { operation: "GetBucketLifecycleConfiguration", bucket };
      return calls.read(call, ["NoSuchLifecycleConfiguration"], async (client) => {
        const { GetBucketLifecycleConfigurationCommand } = await import("@aws-sdk/client-s3");
        const command = new GetBucketLifecycleConfigurationCommand(target(context, bucket));
        guardResponse(command, call, [lifecycleShape.root], (text) => losses.note(bucket, text));
        const { Rules = [], TransitionDefaultMinimumObjectSize: size } = await client.send(command);
        const value = { Rules, TransitionDefaultMinimumObjectSize: size };
        return fromSdk(value) as LifecycleConfiguration;
      });
    },

    async putBucketLifecycle(bucket: string, value: LifecycleConfiguration) {
      assertKnownProperties(value, lifecycleShape);
      losses.assertNone(bucket);
      const call = { operation: "PutBucketLifecycleConfiguration", bucket };
      const { Rules, TransitionDefaultMinimumObjectSize: size } = toSdk(value) as SdkLifecycle;
      await calls.run(call, async (client) => {
        const { PutBucketLifecycleConfigurationCommand } = await import("@aws-sdk/client-s3");
        await client.send(
          new PutBucketLifecycleConfigurationCommand({
            ...target(context, bucket),
            LifecycleConfiguration: { Rules },
            ...(size === undefined ? {} : { TransitionDefaultMinimumObjectSize: size }),
          }),
        );
      });
    },

    async deleteBucketLifecycle(bucket: string) {
      await calls.run({ operation: "DeleteBucketLifecycle", bucket }, async (client) => {
        const { DeleteBucketLifecycleCommand } = await import("@aws-sdk/client-s3");
        await client.send(new DeleteBucketLifecycleCommand(target(context, bucket)));
      });
    },
  };
}

/** The second is what moto sends. */
const versioningRoots = ["VersioningConfiguration", "GetBucketVersioningResponse"];

function versioningCalls(
  context: BucketContext,
): Pick<SettingMethods, "getBucketVersioning" | "putBucketVersioning"> {
  const { calls } = context;
  return {
    getBucketVersioning(bucket) {
      const call = { operation: "GetBucketVersioning", bucket };
      return calls.run(call, async (client) => {
        const { GetBucketVersioningCommand } = await import("@aws-sdk/client-s3");
        const command = new GetBucketVersioningCommand(target(context, bucket));
        guardResponse(command, call, versioningRoots);
        return (await client.send(command)).Status;
      });
    },

    async putBucketVersioning(bucket, value) {
      await calls.run({ operation: "PutBucketVersioning", bucket }, async (client) => {
        const { PutBucketVersioningCommand } = await import("@aws-sdk/client-s3");
        const input = { ...target(context, bucket), VersioningConfiguration: { Status: value } };
        await client.send(new PutBucketVersioningCommand(input));
      });
    },
  };
}

function taggingCalls(
  context: BucketContext,
): Pick<SettingMethods, "getBucketTagging" | "putBucketTagging"> {
  const { calls } = context;
  return {
    getBucketTagging(bucket) {
      const call = { operation: "GetBucketTagging", bucket };
      return calls.read(call, ["NoSuchTagSet", "NoSuchTagSetError"], async (client) => {
        const { GetBucketTaggingCommand } = await import("@aws-sdk/client-s3");
        const command = new GetBucketTaggingCommand(target(context, bucket));
        guardResponse(command, call, ["Tagging"]);
        const { TagSet = [] } = await client.send(command);
        return TagSet.map(({ Key = "", Value = "" }) => ({ Key, Value }));
      });
    },

    async putBucketTagging(bucket, tags) {
      await calls.run({ operation: "PutBucketTagging", bucket }, async (client) => {
        const { PutBucketTaggingCommand } = await import("@aws-sdk/client-s3");
        const Tagging = { TagSet: tags.map(({ Key, Value }) => ({ Key, Value })) };
        await client.send(new PutBucketTaggingCommand({ ...target(context, bucket), Tagging }));
      });
    },
  };
}
