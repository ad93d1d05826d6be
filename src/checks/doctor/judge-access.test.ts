import { expect, it } from "vitest";
import type { ParsedDenial } from "../../policy/parse-denial.ts";
import { askedBy } from "./judge-access.ts";
import type { Symptom } from "./symptom.ts";

const refusal = (operation: string | undefined, denial: Partial<ParsedDenial> = {}): Symptom => ({
  tried: "x",
  message: "y",
  details: {},
  ...(operation !== undefined && { operation }),
  denial: { cause: "not-told", ...denial },
});

it.each([
  ["GetObject", "s3:GetObject"],
  ["HeadObject", "s3:GetObject"],
  ["PutObject", "s3:PutObject"],
  ["CreateMultipartUpload", "s3:PutObject"],
  ["UploadPart", "s3:PutObject"],
  ["CompleteMultipartUpload", "s3:PutObject"],
  ["DeleteObject", "s3:DeleteObject"],
  ["DeleteObjects", "s3:DeleteObject"],
  ["HeadBucket", "s3:ListBucket"],
  ["ListObjects", "s3:ListBucket"],
  ["ListObjectsV2", "s3:ListBucket"],
])("a refused %s asks for %s", (operation, action) => {
  expect(askedBy(refusal(operation))).toEqual({ action, key: "" });
});

it("what the refusal names goes before the operation, and its key may hold anything", () => {
  const resource = "arn:aws-us-gov:s3:::lab/a/b\nc";
  const denial = { action: "s3:GetObjectVersion", resource };
  expect(askedBy(refusal("GetObject", denial))).toEqual({
    action: "s3:GetObjectVersion",
    key: "a/b\nc",
  });
  const ofKey = { action: "kms:Decrypt", resource: "arn:aws:kms:us-east-1:111122223333:key/1" };
  expect(askedBy(refusal("GetObject", ofKey))).toEqual({ action: "s3:GetObject", key: "" });
});

it("nothing is asked where it is not known what was refused", () => {
  expect(askedBy(refusal(undefined))).toBeUndefined();
  expect(askedBy(refusal("GetBucketTagging"))).toBeUndefined();
  const { denial: _none, ...other } = refusal("GetObject");
  expect(askedBy(other)).toBeUndefined();
});
