import { describe, expect, it } from "vitest";
import { remedyFor } from "./remedies.ts";

const refused = {
  operation: "PutObject",
  bucket: "bkt",
  key: "a",
  status: 403,
  s3Code: "AccessDenied",
  message: "Access Denied",
  region: undefined,
  dialect: "aws",
};

describe("remedyFor", () => {
  it.each([
    [{}, /Grant s3:PutObject/],
    [{ operation: "CompleteMultipartUpload" }, /Grant s3:PutObject/],
    [{ operation: "ListObjectsV2", key: undefined }, /Grant s3:ListBucket /],
    [{ operation: "GetObject" }, /missing or forbidden/],
    [
      { message: "User x may not perform: kms:GenerateDataKey on y" },
      /kms:GenerateDataKey.*AES256/,
    ],
    [{ s3Code: "InvalidAccessKeyId" }, /does not know this access key/],
    [{ s3Code: "SignatureDoesNotMatch" }, /secret access key does not fit/],
    [{ s3Code: "RequestTimeTooSkewed" }, /clock/],
    [{ s3Code: "AccessDeniedByBucketPolicy" }, /Qumulo's bucket policy/],
    [{ status: 404, s3Code: "NoSuchBucket" }, /name bkt and the endpoint/],
    [{ status: 301, s3Code: "PermanentRedirect", region: "eu-west-1" }, /eu-west-1/],
    [{ status: 400, s3Code: undefined, region: "eu-west-1" }, /eu-west-1/],
    [{ status: 307, s3Code: "TemporaryRedirect" }, /Check the endpoint and the region/],
  ])("%o", (changes, remedy) => {
    expect(remedyFor({ ...refused, ...changes })).toMatch(remedy);
  });

  it("says nothing when it knows nothing", () => {
    expect(remedyFor({ ...refused, status: 409, s3Code: "OperationAborted" })).toBeUndefined();
    expect(remedyFor({ ...refused, status: 403, region: "eu-west-1" })).not.toMatch(/eu-west-1/);
  });
});
