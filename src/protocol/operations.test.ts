import { describe, expect, it } from "vitest";
import { s3Operations } from "./operation-table.ts";
import { actionFor, matchOperation } from "./operations.ts";
import { QueryParameters } from "./query.ts";

function match(method: string, target: string, headers: readonly string[] = []) {
  const [path = "", rawQuery = ""] = target.split("?");
  const [, bucket = "", key = ""] = path.split("/");
  return matchOperation({
    method,
    bucket,
    key,
    query: QueryParameters.parse(rawQuery),
    hasHeader: (name) => headers.includes(name),
  });
}

describe("matchOperation", () => {
  it.each([
    ["GET", "/", "ListBuckets"],
    ["GET", "/?x-id=ListBuckets&max-buckets=2", "ListBuckets"],
    ["HEAD", "/b", "HeadBucket"],
    ["GET", "/b?prefix=a", "ListObjects"],
    ["GET", "/b?list-type=2&prefix=a", "ListObjectsV2"],
    ["GET", "/b?versions&encoding-type=url", "ListObjectVersions"],
    ["GET", "/b?analytics", "ListBucketAnalyticsConfigurations"],
    ["GET", "/b?analytics&id=1", "GetBucketAnalyticsConfiguration"],
    ["DELETE", "/b?encryption", "DeleteBucketEncryption"],
    ["POST", "/b?delete", "DeleteObjects"],
    ["POST", "/b", "PostObject"],
    ["PUT", "/b/k?x-id=PutObject", "PutObject"],
    ["PUT", "/b/k?partNumber=1&uploadId=u", "UploadPart"],
    ["POST", "/b/k?uploads", "CreateMultipartUpload"],
    ["POST", "/b/k?uploadId=u", "CompleteMultipartUpload"],
    ["DELETE", "/b/k?versionId=v", "DeleteObject"],
    ["GET", "/b/k?attributes", "GetObjectAttributes"],
    ["POST", "/b/k?select&select-type=2", "SelectObjectContent"],
    ["OPTIONS", "/b/k", "PreflightObject"],
    // Sub-resources of buckets mean nothing on an object.
    ["GET", "/b/k?versions", "GetObject"],
  ])("%s %s is %s", (method, target, name) => {
    expect(match(method, target)).toBe(name);
  });

  it("lets the copy source choose between upload and copy", () => {
    expect(match("PUT", "/b/k", ["x-amz-copy-source"])).toBe("CopyObject");
    expect(match("PUT", "/b/k?partNumber=1&uploadId=u", ["x-amz-copy-source"])).toBe(
      "UploadPartCopy",
    );
  });

  it.each([
    ["DELETE", "/b?uploads"],
    ["PUT", "/b?policyStatus"],
    ["DELETE", "/b?versioning"],
    ["POST", "/b/k"],
    ["GET", "/b/k?uploads"],
    ["PUT", "/"],
    ["PATCH", "/b/k"],
  ])("%s %s is no operation", (method, target) => {
    expect(match(method, target)).toBeUndefined();
  });

  it("reaches every operation of the table by its own method and sub-resource", () => {
    for (const { name, method, scope, query, header } of s3Operations) {
      const path = { service: "/", bucket: "/b", object: "/b/k" }[scope];
      const target = query === undefined ? path : `${path}?${query}`;
      expect(match(method, target, header === undefined ? [] : [header])).toBe(name);
    }
  });
});

describe("actionFor", () => {
  it.each([
    ["HeadObject", false, "s3:GetObject"],
    ["GetObject", true, "s3:GetObjectVersion"],
    ["DeleteObject", true, "s3:DeleteObjectVersion"],
    ["PutObject", true, "s3:PutObject"],
    ["HeadBucket", false, "s3:ListBucket"],
    ["ListBuckets", false, "s3:ListAllMyBuckets"],
    ["GetBucketEncryption", false, "s3:GetEncryptionConfiguration"],
    ["DeleteBucketLifecycle", false, "s3:PutLifecycleConfiguration"],
    ["DeletePublicAccessBlock", false, "s3:PutBucketPublicAccessBlock"],
    ["GetObjectTagging", true, "s3:GetObjectVersionTagging"],
  ] as const)("%s with versionId %s needs %s", (name, versioned, action) => {
    expect(actionFor(name, { versioned })).toBe(action);
  });
});
