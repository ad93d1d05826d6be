import type { AccountServices, BucketExtras, KeyState } from "../core/account-services.ts";
import type { PublicAccessBlockConfiguration } from "../core/bucket-settings.ts";
import { StorageError } from "../core/errors.ts";
import { adminError, readAnswer } from "./answer-error.ts";
import { readExtra } from "./bucket-extras.ts";
import { type ConnectionOptions, SdkConnection } from "./sdk-connection.ts";
import { listTrails } from "./trail-calls.ts";

/**
 * What is read beside a bucket's settings, by the SDK: extras of buckets, S3 Control, KMS and
 * CloudTrail. A store other than AWS may lack any of them, and then says NotSupported.
 */
export function createAccountServices(
  options: ConnectionOptions,
  expectedBucketOwner: string | undefined,
): AccountServices {
  const connection = new SdkConnection(options);
  return {
    readExtra: <Name extends keyof BucketExtras>(bucket: string, name: Name) =>
      call(connection, { operation: `the bucket's ${name}`, bucket }, () =>
        readExtra(connection, { bucket, expectedBucketOwner }, name),
      ),
    readAccountPublicAccessBlock: (accountId) =>
      call(connection, { operation: "GetPublicAccessBlock of the account" }, () =>
        readAccountBlock(connection, accountId),
      ),
    describeKey: (keyId) =>
      call(connection, { operation: "DescribeKey" }, () => describeKey(connection, keyId)),
    listTrails: () =>
      call(connection, { operation: "DescribeTrails" }, () => listTrails(connection)),
    close: () => connection.close(),
  };
}

/** Throws StorageError only. */
async function call<T>(
  connection: SdkConnection,
  about: { readonly operation: string; readonly bucket?: string },
  send: () => Promise<T>,
): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof StorageError) throw error;
    const mapped = adminError(error, about);
    const isRefusal = mapped.code === "PermissionDenied" || mapped.code === "Unauthenticated";
    const isAnswer = readAnswer(error) !== undefined;
    // A store without a service answers in many ways.
    if (!connection.isForeign || !isAnswer || isRefusal) throw mapped;
    throw new StorageError("NotSupported", `The store does not tell ${about.operation}.`, {
      ...about,
      cause: mapped,
    });
  }
}

async function readAccountBlock(
  connection: SdkConnection,
  accountId: string,
): Promise<PublicAccessBlockConfiguration | undefined> {
  const { GetPublicAccessBlockCommand } = await import("@aws-sdk/client-s3-control");
  const client = await connection.s3Control();
  try {
    const answer = await client.send(new GetPublicAccessBlockCommand({ AccountId: accountId }));
    const { PublicAccessBlockConfiguration: block = {} } = answer;
    return {
      BlockPublicAcls: block.BlockPublicAcls === true,
      IgnorePublicAcls: block.IgnorePublicAcls === true,
      BlockPublicPolicy: block.BlockPublicPolicy === true,
      RestrictPublicBuckets: block.RestrictPublicBuckets === true,
    };
  } catch (error) {
    if (readAnswer(error)?.code === "NoSuchPublicAccessBlockConfiguration") return undefined;
    throw error;
  }
}

async function describeKey(connection: SdkConnection, keyId: string): Promise<KeyState> {
  const { DescribeKeyCommand } = await import("@aws-sdk/client-kms");
  const client = await connection.kms();
  try {
    const { KeyMetadata: key } = await client.send(new DescribeKeyCommand({ KeyId: keyId }));
    return {
      arn: key?.Arn ?? keyId,
      state: key?.KeyState ?? "Unavailable",
      manager: key?.KeyManager === "AWS" ? "AWS" : "CUSTOMER",
      description: key?.Description ?? "",
    };
  } catch (error) {
    if (readAnswer(error)?.code !== "NotFoundException") throw error;
    throw new StorageError("NotFound", `There is no key ${keyId}.`, {
      operation: "DescribeKey",
      cause: error,
    });
  }
}
