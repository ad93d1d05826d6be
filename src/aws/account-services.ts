import type { AccountServices, BucketExtras, KeyState } from "../core/account-services.ts";
import type { PublicAccessBlockConfiguration } from "../core/bucket-settings.ts";
import { StorageError } from "../core/errors.ts";
import { readAnswer } from "./answer-error.ts";
import { readExtra } from "./bucket-extras.ts";
import { type ConnectionOptions, SdkConnection } from "./sdk-connection.ts";
import { serviceCall } from "./service-call.ts";
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
      serviceCall(connection, { operation: `the bucket's ${name}`, bucket }, () =>
        readExtra(connection, { bucket, expectedBucketOwner }, name),
      ),
    readAccountPublicAccessBlock: (accountId) =>
      serviceCall(connection, { operation: "GetPublicAccessBlock of the account" }, () =>
        readAccountBlock(connection, accountId),
      ),
    describeKey: (keyId) =>
      serviceCall(connection, { operation: "DescribeKey" }, () => describeKey(connection, keyId)),
    listTrails: () =>
      serviceCall(connection, { operation: "DescribeTrails" }, () => listTrails(connection)),
    close: () => connection.close(),
  };
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
