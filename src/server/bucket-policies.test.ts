import { expect, test } from "vitest";
import { serverLimits } from "../core/limits.ts";
import type { BucketRecord } from "../engine/engine.ts";
import { createBucketPolicies } from "./bucket-policies.ts";

function bucketWith(policy: string | undefined, name = "bkt"): BucketRecord {
  const settings = policy === undefined ? {} : { policy };
  return {
    name,
    region: "us-east-1",
    ownerAccountId: "111122223333",
    createdAt: new Date(0),
    settings,
  };
}

function textFor(action: string, condition: unknown, name = "bkt"): string {
  const Resource = `arn:aws:s3:::${name}/*`;
  const Statement = { Effect: "Allow", Principal: "*", Action: action, Resource };
  return JSON.stringify({ Statement: { ...Statement, Condition: condition } });
}

test("a policy is compiled once for each of its texts", () => {
  const policies = createBucketPolicies();
  expect(policies.of(bucketWith(undefined))).toBeUndefined();
  const first = policies.of(bucketWith(textFor("s3:GetObject", undefined)));
  expect(policies.of(bucketWith(textFor("s3:GetObject", undefined)))).toBe(first);
  const second = policies.of(bucketWith(textFor("s3:PutObject", undefined)));
  expect(second).not.toBe(first);
  expect(second?.forAction("s3:PutObject").statements).toHaveLength(1);
  expect(second?.forAction("s3:GetObject").statements).toHaveLength(0);
});

test("only those of the buckets that came last are kept", () => {
  const policies = createBucketPolicies();
  const of = (name: string) => policies.of(bucketWith(textFor("s3:*", undefined, name), name));
  const first = of("bkt-0");
  for (let index = 1; index < serverLimits.compiledPolicies; index++) of(`bkt-${index}`);
  expect(of("bkt-0")).toBe(first);
  of("one-more");
  expect(of("bkt-0")).not.toBe(first);
});

test.each([
  ["the key itself", { StringEquals: { "s3:RequestObjectTag/team": "red" } }, true],
  ["in another case", { StringEquals: { "S3:REQUESTOBJECTTAG/team": "red" } }, true],
  ["the names of the tags", { Null: { "s3:RequestObjectTagKeys": "true" } }, true],
  ["as a variable", { StringEquals: { "aws:userid": "${s3:RequestObjectTag/team}" } }, true],
  ["another key", { StringEquals: { "s3:prefix": "s3:RequestObjectTag/team" } }, false],
])("whether an action's statements ask for request tags: %s", (_title, condition, asks) => {
  const text = textFor("s3:PutObjectTagging", condition)
    .replace("{", '{"Version":"2012-10-17",')
    .replace("RequestObjectTag/", "\\u0052equestObjectTag/");
  const policy = createBucketPolicies().of(bucketWith(text));
  expect(policy?.forAction("s3:PutObjectTagging").asksForRequestTags).toBe(asks);
  expect(policy?.forAction("s3:GetObject").asksForRequestTags).toBe(false);
});
