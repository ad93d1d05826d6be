import type * as S3Sdk from "@aws-sdk/client-s3";
import type { S3Client } from "@aws-sdk/client-s3";
import type { BucketExtras } from "../core/account-services.ts";
import { readAnswer } from "./answer-error.ts";
import type { SdkConnection } from "./sdk-connection.ts";

export interface ExtraTarget {
  readonly bucket: string;
  /** Twelve digits; another's bucket answers 403. */
  readonly expectedBucketOwner: string | undefined;
}

type Input = { readonly Bucket: string; readonly ExpectedBucketOwner?: string };

/** One read an extra; undefined: it is not set. */
const reads: {
  readonly [Name in keyof BucketExtras]: (
    client: S3Client,
    sdk: typeof S3Sdk,
    input: Input,
  ) => Promise<BucketExtras[Name] | undefined>;
} = {
  acl: async (client, sdk, input) => {
    const { Owner, Grants = [] } = await client.send(new sdk.GetBucketAclCommand(input));
    const grants = Grants.map(({ Grantee, Permission }) => ({
      grantee: Grantee?.URI ?? Grantee?.ID ?? "",
      permission: Permission ?? "",
    }));
    return { ownerId: Owner?.ID ?? "", grants };
  },
  logging: async (client, sdk, input) => {
    const { LoggingEnabled: logging } = await client.send(new sdk.GetBucketLoggingCommand(input));
    if (logging?.TargetBucket === undefined) return undefined;
    return { targetBucket: logging.TargetBucket, targetPrefix: logging.TargetPrefix ?? "" };
  },
  website: async (client, sdk, input) => {
    await client.send(new sdk.GetBucketWebsiteCommand(input));
    return true;
  },
  requestPayment: async (client, sdk, input) => {
    const { Payer } = await client.send(new sdk.GetBucketRequestPaymentCommand(input));
    return Payer === "Requester" ? "Requester" : "BucketOwner";
  },
  replication: async (client, sdk, input) => {
    await client.send(new sdk.GetBucketReplicationCommand(input));
    return true;
  },
  notification: async (client, sdk, input) => {
    const { $metadata: _metadata, ...kinds } = await client.send(
      new sdk.GetBucketNotificationConfigurationCommand(input),
    );
    return Object.values(kinds).some((kind) => kind !== undefined) ? true : undefined;
  },
  objectLock: async (client, sdk, input) => {
    const { ObjectLockConfiguration: lock } = await client.send(
      new sdk.GetObjectLockConfigurationCommand(input),
    );
    return lock?.ObjectLockEnabled === "Enabled" ? true : undefined;
  },
};

/** What S3 answers where an extra is not set. */
const notSet: ReadonlySet<string> = new Set([
  "NoSuchWebsiteConfiguration",
  "ReplicationConfigurationNotFoundError",
  "ObjectLockConfigurationNotFoundError",
  "NoSuchObjectLockConfiguration",
]);

/** Throws what the SDK throws. */
export async function readExtra<Name extends keyof BucketExtras>(
  connection: SdkConnection,
  { bucket, expectedBucketOwner }: ExtraTarget,
  name: Name,
): Promise<BucketExtras[Name] | undefined> {
  const sdk = await import("@aws-sdk/client-s3");
  const client = await connection.s3();
  try {
    return await reads[name](client, sdk, {
      Bucket: bucket,
      ...(expectedBucketOwner !== undefined && { ExpectedBucketOwner: expectedBucketOwner }),
    });
  } catch (error) {
    const answer = readAnswer(error);
    if (answer?.status === 404 && notSet.has(answer.code ?? "")) return undefined;
    throw error;
  }
}
