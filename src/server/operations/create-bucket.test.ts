import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Engine } from "../../engine/engine.ts";
import { openEngine } from "../../engine/open-engine.ts";
import {
  operationRequest,
  owner,
  stranger,
  type RequestOptions,
} from "../testing-fixtures/operation-request.ts";
import { createBucket } from "./create-bucket.ts";

let engine: Engine;

beforeEach(async () => {
  engine = await openEngine({ durability: "memory" });
});

afterEach(() => engine.close());

function create(bucket: string, options: RequestOptions = {}) {
  return createBucket.handle(operationRequest(engine, { bucket, ...options }));
}

function located(region: string): RequestOptions {
  return {
    document: `<CreateBucketConfiguration><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`,
  };
}

test("a new bucket is closed, owned and encrypted as AWS's are", async () => {
  const response = await create("fresh");
  expect(response).toMatchObject({
    status: 200,
    headers: { location: "/fresh", "x-amz-bucket-arn": "arn:aws:s3:::fresh" },
  });
  const record = engine.getBucket("fresh");
  expect(record).toMatchObject({ region: "us-east-1", ownerAccountId: owner.accountId });
  expect(record?.settings).toEqual({
    ownership: "BucketOwnerEnforced",
    publicAccessBlock: {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    },
    encryption: {
      Rules: [
        {
          ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" },
          BucketKeyEnabled: false,
        },
      ],
    },
  });
});

test("elsewhere the answer's location is the bucket's own address", async () => {
  const response = await create("europe", located("eu-central-1"));
  expect(response.headers?.["location"]).toBe("http://europe.localhost:9000/");
  expect(engine.getBucket("europe")?.region).toBe("eu-central-1");
});

test("us-east-1 is refused as its own constraint, with the constraint named", async () => {
  await expect(create("bkt", located("us-east-1"))).rejects.toMatchObject({
    code: "InvalidLocationConstraint",
    extra: { LocationConstraint: "us-east-1" },
  });
  expect(engine.getBucket("bkt")).toBeUndefined();
});

test("a regional endpoint wants its own region", async () => {
  const west = { endpointRegion: "us-west-2" };
  await expect(create("bkt", west)).rejects.toMatchObject({
    code: "IllegalLocationConstraintException",
  });
  await create("bkt", { ...west, ...located("us-west-2") });
  expect(engine.getBucket("bkt")?.region).toBe("us-west-2");
});

describe("a name that is taken", () => {
  test("by oneself in us-east-1: succeeds and changes nothing", async () => {
    await create("mine");
    await engine.updateBucketSettings("mine", (settings) => ({
      ...settings,
      versioning: "Enabled",
    }));
    await expect(create("mine")).resolves.toMatchObject({ status: 200 });
    expect(engine.getBucket("mine")?.settings.versioning).toBe("Enabled");
  });

  test("by oneself elsewhere: BucketAlreadyOwnedByYou", async () => {
    await create("mine", located("eu-west-1"));
    await expect(create("mine", located("eu-west-1"))).rejects.toMatchObject({
      code: "BucketAlreadyOwnedByYou",
      status: 409,
      extra: { BucketName: "mine" },
    });
    await expect(create("mine")).rejects.toMatchObject({ code: "BucketAlreadyOwnedByYou" });
  });

  test("by another account: BucketAlreadyExists", async () => {
    await create("theirs", { caller: stranger });
    await expect(create("theirs")).rejects.toMatchObject({
      code: "BucketAlreadyExists",
      status: 409,
    });
  });

  test("by oneself at the same time in us-east-1: both succeed", async () => {
    const [first, second] = await Promise.all([create("twin"), create("twin")]);
    expect([first.status, second.status]).toEqual([200, 200]);
  });

  test("by a request at the same time elsewhere: one bucket, no fault of the server", async () => {
    const options = located("eu-west-1");
    const results = await Promise.allSettled([create("race", options), create("race", options)]);
    const refused = results.filter((result) => result.status === "rejected");
    expect(refused).toHaveLength(1);
    expect(refused[0]?.reason).toMatchObject({ code: "BucketAlreadyOwnedByYou" });
  });
});

test("the account-regional namespace takes its own names only", async () => {
  const headers = { "x-amz-bucket-namespace": "account-regional" };
  const name = `data-${owner.accountId}-us-east-1-an`;
  await create(name, { headers });
  await expect(create("data", { headers })).rejects.toMatchObject({ code: "InvalidBucketName" });
  await expect(create(`b${name}`)).rejects.toMatchObject({ code: "InvalidBucketName" });
});

test.each([
  ["x-amz-object-ownership", "RandomValue"],
  ["x-amz-object-ownership", ""],
  ["x-amz-bucket-namespace", "mine"],
])("the header %s: %j is refused", async (name, value) => {
  await expect(create("bkt", { headers: { [name]: value } })).rejects.toMatchObject({
    code: "InvalidArgument",
    message: `Invalid ${name} header: ${value}`,
    extra: { ArgumentName: name },
  });
});

test("a bucket with object lock is not made by halves", async () => {
  const headers = { "x-amz-bucket-object-lock-enabled": "True" };
  await expect(create("bkt", { headers })).rejects.toMatchObject({
    code: "NotImplemented",
    extra: { Header: "x-amz-bucket-object-lock-enabled" },
  });
  expect(engine.getBucket("bkt")).toBeUndefined();
  await create("bkt", { headers: { "x-amz-bucket-object-lock-enabled": "false" } });
});

test("ownership and tags can be set at once", async () => {
  await create("bkt", {
    headers: { "x-amz-object-ownership": "ObjectWriter" },
    document:
      "<CreateBucketConfiguration><Tags><Tag><Key>k</Key><Value>v</Value></Tag></Tags></CreateBucketConfiguration>",
  });
  expect(engine.getBucket("bkt")?.settings).toMatchObject({
    ownership: "ObjectWriter",
    tags: [{ Key: "k", Value: "v" }],
  });
});

test("a public ACL does not go with an enforced owner", async () => {
  await create("private-one", { headers: { "x-amz-acl": "private" } });
  await expect(create("bkt", { headers: { "x-amz-acl": "public-read" } })).rejects.toMatchObject({
    code: "InvalidBucketAclWithObjectOwnership",
  });
});

test("nobody makes a bucket without a signature", async () => {
  await expect(create("bkt", { caller: { kind: "anonymous" } })).rejects.toMatchObject({
    code: "AccessDenied",
  });
});
