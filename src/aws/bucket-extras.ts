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
    connection: SdkConnection,
    input: Input,
  ) => Promise<BucketExtras[Name] | undefined>;
} = {
  acl: async (connection, input) => {
    const { GetBucketAclCommand } = await import("@aws-sdk/client-s3");
    const client = await connection.s3();
    const { Owner, Grants = [] } = await client.send(new GetBucketAclCommand(input));
    const grants = Grants.map(({ Grantee, Permission }) => ({
      grantee: Grantee?.URI ?? Grantee?.ID ?? "",
      permission: Permission ?? "",
    }));
    return { ownerId: Owner?.ID ?? "", grants };
  },
  logging: async (connection, input) => {
    const { GetBucketLoggingCommand } = await import("@aws-sdk/client-s3");
    const client = await connection.s3();
    const { LoggingEnabled: logging } = await client.send(new GetBucketLoggingCommand(input));
    if (logging?.TargetBucket === undefined) return undefined;
    return { targetBucket: logging.TargetBucket, targetPrefix: logging.TargetPrefix ?? "" };
  },
  website: async (connection, input) => {
    const { GetBucketWebsiteCommand } = await import("@aws-sdk/client-s3");
    const client = await connection.s3();
    await client.send(new GetBucketWebsiteCommand(input));
    return true;
  },
  requestPayment: async (connection, input) => {
    const { GetBucketRequestPaymentCommand } = await import("@aws-sdk/client-s3");
    const client = await connection.s3();
    const { Payer } = await client.send(new GetBucketRequestPaymentCommand(input));
    return Payer === "Requester" ? "Requester" : "BucketOwner";
  },
  replication: async (connection, input) => {
    const { GetBucketReplicationCommand } = await import("@aws-sdk/client-s3");
    const client = await connection.s3();
    await client.send(new GetBucketReplicationCommand(input));
    return true;
  },
  notification: async (connection, input) => {
    const { GetBucketNotificationConfigurationCommand } = await import("@aws-sdk/client-s3");
    const client = await connection.s3();
    const { $metadata: _metadata, ...kinds } = await client.send(
      new GetBucketNotificationConfigurationCommand(input),
    );
    return Object.values(kinds).some((kind) => kind !== undefined) ? true : undefined;
  },
  objectLock: async (connection, input) => {
    const { GetObjectLockConfigurationCommand } = await import("@aws-sdk/client-s3");
    const client = await connection.s3();
    const { ObjectLockConfiguration: lock } = await client.send(
      new GetObjectLockConfigurationCommand(input),
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
  try {
    return await reads[name](connection, {
      Bucket: bucket,
      ...(expectedBucketOwner !== undefined && { ExpectedBucketOwner: expectedBucketOwner }),
    });
  } catch (error) {
    const answer = readAnswer(error);
    if (answer?.status === 404 && notSet.has(answer.code ?? "")) return undefined;
    throw error;
  }
}
