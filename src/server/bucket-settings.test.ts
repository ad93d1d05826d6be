import {
  DeleteBucketEncryptionCommand,
  DeleteBucketLifecycleCommand,
  DeleteBucketOwnershipControlsCommand,
  DeleteBucketTaggingCommand,
  DeletePublicAccessBlockCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { SdkServer } from "./testing-fixtures/sdk-server.ts";

/** The settings of a bucket as the AWS SDK puts and reads them over a real port. */
let server: SdkServer;
let s3: S3Client;
let Bucket = "";

beforeAll(async () => {
  server = await SdkServer.start();
  s3 = server.s3;
});

afterAll(() => server.stop());

beforeEach(async () => {
  Bucket = await server.newBucket();
});

async function getEncryption() {
  const answer = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
  return answer.ServerSideEncryptionConfiguration;
}

describe("encryption", () => {
  const sseS3 = {
    Rules: [
      {
        ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" as const },
        BucketKeyEnabled: false,
      },
    ],
  };

  test("is SSE-S3 from the start, and again after its deletion", async () => {
    expect(await getEncryption()).toEqual(sseS3);
    const kms = {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" as const, KMSMasterKeyID: "k" },
      BucketKeyEnabled: true,
      BlockedEncryptionTypes: { EncryptionType: ["SSE-C" as const] },
    };
    const ServerSideEncryptionConfiguration = { Rules: [kms] };
    await s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
    expect(await getEncryption()).toEqual({ Rules: [kms] });
    await s3.send(new DeleteBucketEncryptionCommand({ Bucket }));
    await s3.send(new DeleteBucketEncryptionCommand({ Bucket }));
    expect(await getEncryption()).toEqual(sseS3);
  });

  test.each([
    ["no rule", [], "MalformedXML"],
    ["two rules", [sseS3.Rules[0]!, sseS3.Rules[0]!], "MalformedXML"],
    [
      "a key for SSE-S3",
      [
        {
          ApplyServerSideEncryptionByDefault: {
            SSEAlgorithm: "AES256" as const,
            KMSMasterKeyID: "k",
          },
        },
      ],
      "InvalidArgument",
    ],
  ])("refuses %s", async (_, Rules, name) => {
    const ServerSideEncryptionConfiguration = { Rules };
    await expect(
      s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration })),
    ).rejects.toMatchObject({ name });
    expect(await getEncryption()).toEqual(sseS3);
  });
});

async function getStatus() {
  return (await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status;
}

function putStatus(Status?: string) {
  const VersioningConfiguration = { Status } as object;
  return s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
}

test("versioning is unset, then what was put; other states are malformed", async () => {
  expect(await getStatus()).toBeUndefined();
  for (const Status of ["Suspended", "Enabled", "Suspended"]) {
    await putStatus(Status);
    expect(await getStatus()).toBe(Status);
  }
  await expect(putStatus("enabled")).rejects.toMatchObject({ name: "MalformedXML" });
  await expect(putStatus("Disabled")).rejects.toMatchObject({ name: "MalformedXML" });
  await expect(putStatus()).rejects.toMatchObject({
    name: "IllegalVersioningConfigurationException",
  });
});

function allBlocks(value: boolean) {
  return {
    BlockPublicAcls: value,
    IgnorePublicAcls: value,
    BlockPublicPolicy: value,
    RestrictPublicBuckets: value,
  };
}

async function getBlocks() {
  const answer = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
  return answer.PublicAccessBlockConfiguration;
}

test("public access is blocked four-fold, until that is deleted", async () => {
  expect(await getBlocks()).toEqual(allBlocks(true));
  const PublicAccessBlockConfiguration = { BlockPublicAcls: true };
  await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
  expect(await getBlocks()).toEqual({ ...allBlocks(false), BlockPublicAcls: true });
  await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
  await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
  await expect(getBlocks()).rejects.toMatchObject({
    name: "NoSuchPublicAccessBlockConfiguration",
    $metadata: { httpStatusCode: 404 },
  });
});

async function getOwnership() {
  return (await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }))).OwnershipControls;
}

function putOwnership(...ownerships: readonly string[]) {
  const Rules = ownerships.map((ObjectOwnership) => ({
    ObjectOwnership: ObjectOwnership as never,
  }));
  return s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls: { Rules } }));
}

test("ownership is enforced, can be changed and deleted", async () => {
  expect(await getOwnership()).toEqual({ Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] });
  await putOwnership("ObjectWriter");
  expect(await getOwnership()).toEqual({ Rules: [{ ObjectOwnership: "ObjectWriter" }] });
  for (const wrong of [[], ["Anybody"], ["ObjectWriter", "ObjectWriter"]]) {
    await expect(putOwnership(...wrong)).rejects.toMatchObject({ name: "MalformedXML" });
  }
  await s3.send(new DeleteBucketOwnershipControlsCommand({ Bucket }));
  await expect(getOwnership()).rejects.toMatchObject({ name: "OwnershipControlsNotFoundError" });
});

async function getTags() {
  return (await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet;
}

function putTags(...TagSet: { Key: string; Value: string }[]) {
  return s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
}

test("tags are not there, then what was put, then not there", async () => {
  await expect(getTags()).rejects.toMatchObject({ name: "NoSuchTagSet" });
  const tags = [
    { Key: "b", Value: "" },
    { Key: "a", Value: "é 1" },
  ];
  await putTags(...tags);
  expect(await getTags()).toEqual(tags);
  for (const wrong of [
    { Key: "k,l", Value: "v" },
    { Key: "aws:k", Value: "v" },
    { Key: "k", Value: "v,w" },
  ]) {
    await expect(putTags(wrong)).rejects.toMatchObject({ name: "InvalidTag" });
  }
  await expect(putTags(tags[0]!, tags[0]!)).rejects.toMatchObject({ name: "InvalidTag" });
  await s3.send(new DeleteBucketTaggingCommand({ Bucket }));
  await expect(getTags()).rejects.toMatchObject({ name: "NoSuchTagSet" });
  await putTags(...tags);
  await putTags();
  await expect(getTags()).rejects.toMatchObject({ name: "NoSuchTagSet" });
});

function getLifecycle() {
  return s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
}

function putLifecycle(Rules: readonly object[], size?: string) {
  return s3.send(
    new PutBucketLifecycleConfigurationCommand({
      Bucket,
      LifecycleConfiguration: { Rules: Rules as never[] },
      ...(size !== undefined && { TransitionDefaultMinimumObjectSize: size as never }),
    }),
  );
}

describe("lifecycle", () => {
  const rule = {
    ID: "DeleteTestFilesAfter7Days",
    Status: "Enabled",
    Filter: { Prefix: "test/" },
    Expiration: { Days: 7 },
    NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 2 },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 3 },
  };

  test("is not there, then what was put, then not there", async () => {
    await expect(getLifecycle()).rejects.toMatchObject({ name: "NoSuchLifecycleConfiguration" });
    const full = [
      rule,
      { ID: "legacy", Status: "Disabled", Prefix: "", Expiration: { Days: 1 } },
      {
        ID: "and",
        Status: "Enabled",
        Filter: {
          And: {
            Prefix: "a",
            Tags: [{ Key: "k", Value: "v" }],
            ObjectSizeGreaterThan: 1,
            ObjectSizeLessThan: 2,
          },
        },
        Transitions: [{ Days: 30, StorageClass: "STANDARD_IA" }],
        NoncurrentVersionTransitions: [{ NoncurrentDays: 30, StorageClass: "GLACIER" }],
      },
      {
        ID: "date",
        Status: "Enabled",
        Filter: { Tag: { Key: "k", Value: "v" } },
        Expiration: { Date: new Date("2027-01-01T00:00:00Z") },
      },
      {
        ID: "markers",
        Status: "Enabled",
        Filter: {},
        Expiration: { ExpiredObjectDeleteMarker: true },
      },
    ];
    expect((await putLifecycle(full)).TransitionDefaultMinimumObjectSize).toBe(
      "all_storage_classes_128K",
    );
    const read = await getLifecycle();
    expect(read.Rules).toEqual(full);
    expect(read.TransitionDefaultMinimumObjectSize).toBe("all_storage_classes_128K");
    await s3.send(new DeleteBucketLifecycleCommand({ Bucket }));
    await expect(getLifecycle()).rejects.toMatchObject({ name: "NoSuchLifecycleConfiguration" });
  });

  test("gives a rule without an ID one that stays", async () => {
    await putLifecycle([{ Status: "Enabled", Filter: {}, Expiration: { Days: 1 } }]);
    const id = (await getLifecycle()).Rules?.[0]?.ID;
    expect(id?.length).toBeGreaterThan(10);
    expect((await getLifecycle()).Rules?.[0]?.ID).toBe(id);
  });

  test("keeps the minimum size of transitions", async () => {
    await putLifecycle([rule], "varies_by_storage_class");
    expect((await getLifecycle()).TransitionDefaultMinimumObjectSize).toBe(
      "varies_by_storage_class",
    );
    await expect(putLifecycle([rule], "value")).rejects.toMatchObject({
      name: "InvalidRequest",
      message: "Invalid TransitionDefaultMinimumObjectSize found: value",
    });
  });

  test.each([
    ["no rules", [], "MalformedXML"],
    ["no filter", [{ Status: "Enabled", Expiration: { Days: 1 } }], "MalformedXML"],
    ["an unknown status", [{ ...rule, Status: "On" }], "MalformedXML"],
    ["no status", [{ ...rule, Status: undefined }], "MalformedXML"],
    ["day 0", [{ ...rule, Expiration: { Days: 0 } }], "InvalidArgument"],
    [
      "a date that is not midnight",
      [{ ...rule, Expiration: { Date: new Date("2027-01-01T01:00:00Z") } }],
      "InvalidArgument",
    ],
    ["no action", [{ Status: "Enabled", Filter: {} }], "InvalidRequest"],
  ])("refuses %s", async (_, rules, name) => {
    await expect(putLifecycle(rules)).rejects.toMatchObject({ name });
    await expect(getLifecycle()).rejects.toMatchObject({ name: "NoSuchLifecycleConfiguration" });
  });
});
