import { afterEach, beforeEach, expect, test } from "vitest";
import type { Engine } from "../../engine/engine.ts";
import { openEngine } from "../../engine/open-engine.ts";
import { findOperation } from "../operation-list.ts";
import { bodyText, operationRequest, owner } from "../testing-fixtures/operation-request.ts";
import { defaultPublicAccessBlock } from "./default-settings.ts";

const getBucketPolicy = findOperation("GetBucketPolicy");
const putBucketPolicy = findOperation("PutBucketPolicy");
const deleteBucketPolicy = findOperation("DeleteBucketPolicy");
const getBucketPolicyStatus = findOperation("GetBucketPolicyStatus");

let engine: Engine;

beforeEach(async () => {
  engine = await openEngine({ durability: "memory" });
  await engine.createBucket({
    name: "bkt",
    region: "us-east-1",
    ownerAccountId: owner.accountId,
    settings: { publicAccessBlock: defaultPublicAccessBlock },
  });
});

afterEach(() => engine.close());

function policy(principal: unknown): string {
  return JSON.stringify(
    {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "S",
          Effect: "Allow",
          Principal: principal,
          Action: "s3:GetObject",
          Resource: "arn:aws:s3:::bkt/*",
        },
      ],
    },
    null,
    1,
  );
}

const closed = policy({ AWS: `arn:aws:iam::${owner.accountId}:root` });

function put(document: string) {
  return putBucketPolicy.handle(operationRequest(engine, { bucket: "bkt", document }));
}

function read() {
  return getBucketPolicy.handle(operationRequest(engine, { bucket: "bkt" }));
}

function status() {
  return getBucketPolicyStatus.handle(operationRequest(engine, { bucket: "bkt" }));
}

test("a policy is given back as it was put, until it is deleted", async () => {
  await expect(read()).rejects.toMatchObject({ code: "NoSuchBucketPolicy", status: 404 });
  await expect(put(closed)).resolves.toEqual({ status: 204 });
  const response = await read();
  expect(response.headers).toEqual({ "content-type": "application/json" });
  expect(bodyText(response)).toBe(closed);
  expect(bodyText(await status())).toContain("<IsPublic>false</IsPublic>");
  for (let round = 0; round < 2; round++) {
    const remove = operationRequest(engine, { bucket: "bkt" });
    await expect(deleteBucketPolicy.handle(remove)).resolves.toEqual({ status: 204 });
  }
  await expect(read()).rejects.toMatchObject({ extra: { BucketName: "bkt" } });
  await expect(status()).rejects.toMatchObject({ code: "NoSuchBucketPolicy" });
});

test.each([
  ["", "Policies must be valid JSON and the first byte must be '{'"],
  ["random", "Policies must be valid JSON and the first byte must be '{'"],
  ["{", "Policies must be valid JSON and the first byte must be '{'"],
  ["{}", "Missing required field Statement"],
  [closed.replace("bkt/*", "other/*"), "Policy has invalid resource"],
])("%j is malformed, and the old policy stays", async (text, message) => {
  await put(closed);
  await expect(put(text)).rejects.toMatchObject({ code: "MalformedPolicy", status: 400, message });
  expect(bodyText(await read())).toBe(closed);
});

test.each([
  ["arn:aws:iam::moon:user/x", closed.replace(/arn:aws:iam[^"]*/, "arn:aws:iam::moon:user/x")],
  ["s3:GetObjekt", closed.replace("s3:GetObject", "s3:GetObjekt")],
  ["arn:aws:s3:::other/*", closed.replace("bkt/*", "other/*")],
])("a refusal says which part of the policy it means: %s", async (Detail, text) => {
  await expect(put(text)).rejects.toMatchObject({ code: "MalformedPolicy", extra: { Detail } });
});

test("a public policy is refused while public policies are blocked", async () => {
  await put(closed);
  await expect(put(policy("*"))).rejects.toMatchObject({
    code: "AccessDenied",
    status: 403,
    message: expect.stringContaining("BlockPublicPolicy") as unknown,
  });
  expect(bodyText(await read())).toBe(closed);
  await findOperation("DeletePublicAccessBlock").handle(
    operationRequest(engine, { bucket: "bkt" }),
  );
  await expect(put(policy("*"))).resolves.toEqual({ status: 204 });
  expect(bodyText(await status())).toContain("<IsPublic>true</IsPublic>");
});
