import { describe, expect, test } from "vitest";
import { S3Error } from "../../protocol/s3-error.ts";
import { assertBucketName, type BucketNameContext } from "./bucket-name.ts";

const global: BucketNameContext = {
  accountId: "123456789012",
  region: "us-gov-west-1",
  namespace: "global",
};
const regional: BucketNameContext = { ...global, namespace: "account-regional" };

function refusal(name: string, context: BucketNameContext): unknown {
  try {
    assertBucketName(name, context);
    return undefined;
  } catch (error) {
    return error;
  }
}

test.each(["abc", "a".repeat(63), "1.2.3", "sms-api-storage-20261124", "a-b.c", "xn-a", "a--b"])(
  "%s is a name",
  (name) => {
    expect(refusal(name, global)).toBeUndefined();
  },
);

test.each([
  "ab",
  "a".repeat(64),
  "Abc",
  "a_b",
  "-abc",
  "abc-",
  ".abc",
  "abc.",
  "a..b",
  "foo.-bar",
  "foo-.bar",
  "192.168.5.4",
  "xn--abc",
  "sthree-abc",
  "amzn-s3-demo-abc",
  "abc-s3alias",
  "abc--ol-s3",
  "abc.mrap",
  "abc--x-s3",
  "abc--table-s3",
  "bücket",
  "a b c",
  "abc\n",
])("%j is no name", (name) => {
  const error = refusal(name, global);
  expect(error).toBeInstanceOf(S3Error);
  expect(error).toMatchObject({ code: "InvalidBucketName", extra: { BucketName: name } });
});

describe("the account-regional namespace", () => {
  test("takes exactly the account's and region's suffix", () => {
    expect(refusal("data-123456789012-us-gov-west-1-an", regional)).toBeUndefined();
  });

  test.each([
    "data",
    "data-an",
    "data-210987654321-us-gov-west-1-an",
    "data-123456789012-us-east-1-an",
    "-123456789012-us-gov-west-1-an",
  ])("refuses %s", (name) => {
    expect(refusal(name, regional)).toBeInstanceOf(S3Error);
  });

  test("its suffix is not for global buckets", () => {
    expect(refusal("data-123456789012-us-gov-west-1-an", global)).toBeInstanceOf(S3Error);
  });

  test("leaves 33 characters of prefix in us-gov-west-1", () => {
    const suffix = "-123456789012-us-gov-west-1-an";
    expect(refusal("a".repeat(33) + suffix, regional)).toBeUndefined();
    expect(refusal("a".repeat(34) + suffix, regional)).toBeInstanceOf(S3Error);
  });
});
