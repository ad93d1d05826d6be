import { describe, expect, it } from "vitest";
import { s3Operations } from "./operation-table.ts";
import { actionFor, explainMismatch, matchOperation } from "./operations.ts";
import { QueryParameters } from "./query.ts";

const paths = { service: "/", bucket: "/b", object: "/b/k" };

function requestOf(method: string, target: string, headers: readonly string[]) {
  const [path = "", rawQuery = ""] = target.split("?");
  const [, bucket = "", key = ""] = path.split("/");
  return {
    method,
    bucket,
    key,
    query: QueryParameters.parse(rawQuery),
    hasHeader: (name: string) => headers.includes(name),
  };
}

function match(method: string, target: string, headers: readonly string[] = []) {
  return matchOperation(requestOf(method, target, headers));
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
    ["PUT", "/b/k?response-content-type", "PutObject"],
    ["PUT", "/b/k?partNumber=1&uploadId=u", "UploadPart"],
    ["POST", "/b/k?uploads", "CreateMultipartUpload"],
    ["POST", "/b/k?uploadId=u", "CompleteMultipartUpload"],
    ["DELETE", "/b/k?versionId=v", "DeleteObject"],
    ["GET", "/b/k?attributes", "GetObjectAttributes"],
    ["POST", "/b/k?select&select-type=2", "SelectObjectContent"],
    ["OPTIONS", "/b/k", "PreflightObject"],
    ["GET", "/b/k?list-type=2&v", "GetObject"],
    ["HEAD", "/b?list-type=2", "HeadBucket"],
    ["GET", "/b?versions&list-type=2", "ListObjectVersions"],
    ["PUT", "/b/k?x-amz-acl=private&X-Amz-Signature=", "PutObject"],
    ["PUT", "/b/k?cache=1&encoding-type=", "PutObject"],
    ["OPTIONS", "/b/k?partNumber=1&uploadId=u", "PreflightObject"],
    ["OPTIONS", "/b?policy&acl", "PreflightBucket"],
    ["PUT", "/b/k?annotation&annotationName=a", "PutObjectAnnotation"],
    ["GET", "/b/k?annotation&annotationName=a", "GetObjectAnnotation"],
    ["GET", "/b/k?annotation&annotation-prefix=a", "ListObjectAnnotations"],
    ["DELETE", "/b/k?annotation&annotationName=a&versionId=v", "DeleteObjectAnnotation"],
    ["PUT", "/b?metadataAnnotationTable", "UpdateBucketMetadataAnnotationTableConfiguration"],
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
    ["DELETE", "/b?uploads", "MethodNotAllowed", "UPLOADS"],
    ["PUT", "/b?policyStatus", "MethodNotAllowed", "POLICYSTATUS"],
    ["DELETE", "/b?versioning", "MethodNotAllowed", "VERSIONING"],
    ["DELETE", "/b?list-type=2&prefix=a", "MethodNotAllowed", "BUCKET"],
    ["POST", "/b/k", "MethodNotAllowed", "OBJECT"],
    ["PUT", "/", "MethodNotAllowed", "SERVICE"],
    ["PATCH", "/b/k", "MethodNotAllowed", "OBJECT"],
    ["DELETE", "/b/k?policy=1", "MethodNotAllowed", "BUCKETPOLICY"],
    ["GET", "/b/k?policy", "MethodNotAllowed", "BUCKETPOLICY"],
    ["HEAD", "/b/k?tagging", "MethodNotAllowed", "TAGGING"],
    ["DELETE", "/b?tagging&acl", "InvalidArgument", "acl"],
    ["DELETE", "/b/k?uploadId=u&partNumber=1", "MethodNotAllowed", "PART"],
    ["GET", "/b/k?uploadId=u&partNumber=1", "MethodNotAllowed", "PART"],
    ["PUT", "/b/k?uploadId=u", "MethodNotAllowed", "UPLOAD"],
    ["PUT", "/b/k?partNumber=7", "InvalidArgument", "7"],
    ["POST", "/b/k?partNumber=7", "InvalidArgument", "7"],
    ["DELETE", "/b/k?partNumber=7&versionId=v", "InvalidArgument", "7"],
    ["DELETE", "/b/k?tagging&partNumber=7", "InvalidArgument", "partNumber"],
    ["PUT", "/b/k?versionId=v", "InvalidArgument", "v"],
    ["POST", "/b/k?uploads&versionId=v", "InvalidArgument", "v"],
    ["DELETE", "/b?versionId=v", "InvalidArgument", "v"],
    ["DELETE", "/b/k?annotationName=a", "InvalidArgument", "annotationName"],
    ["DELETE", "/b/k?Policy", "InvalidArgument", "Policy"],
    ["PUT", "/b/k?tomorrow", "InvalidArgument", "tomorrow"],
    ["PUT", "/b?tomorrow=", "InvalidArgument", "tomorrow"],
    ["DELETE", "/b?partNumber=1", "InvalidRequest", undefined],
    ["POST", "/b?uploadId=u", "InvalidRequest", undefined],
    ["GET", "/b/k?uploads", "InvalidRequest", undefined],
    ["GET", "/b/k?versions", "InvalidRequest", undefined],
  ])("%s %s is no operation: %s %s", (method, target, code, named) => {
    expect(match(method, target)).toBeUndefined();
    const { code: found, extra } = explainMismatch(requestOf(method, target, []));
    expect([found, extra["ResourceType"] ?? extra["ArgumentValue"]]).toEqual([code, named]);
  });

  it("takes no sub-resource of one place for the plain operation of another", () => {
    const names = new Set(s3Operations.flatMap(({ query }) => query?.split("&")[0] ?? []));
    names.delete("list-type");
    const plain = s3Operations.filter(({ query }) => query === undefined);
    for (const name of names) {
      for (const { method, scope, name: operation } of plain) {
        if (method === "OPTIONS") continue;
        expect(match(method, `${paths[scope]}?${name}`), `${method} ${scope} ?${name}`).not.toBe(
          operation,
        );
      }
    }
  });

  it("reaches every operation of the table by its own method and sub-resource", () => {
    for (const { name, method, scope, query, header } of s3Operations) {
      const path = paths[scope];
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
