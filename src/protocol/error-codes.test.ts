import { describe, expect, it } from "vitest";
import { classifyS3Error, s3ErrorCodes } from "./error-codes.ts";
import { invalidArgument, S3Error } from "./s3-error.ts";

describe("classifyS3Error", () => {
  it.each([
    ["NoSuchKey", 404, "NotFound", false],
    ["NoSuchBucketPolicy", 404, "NotFound", false],
    ["BucketAlreadyOwnedByYou", 409, "AlreadyExists", false],
    ["BucketNotEmpty", 409, "Conflict", false],
    ["OperationAborted", 409, "Conflict", true],
    ["PreconditionFailed", 412, "PreconditionFailed", false],
    ["ExpiredToken", 400, "Unauthenticated", false],
    ["InvalidAccessKeyId", 403, "Unauthenticated", false],
    ["AccessDenied", 403, "PermissionDenied", false],
    ["AccessDeniedByBucketPolicy", 403, "PermissionDenied", false],
    ["KeyTooLongError", 400, "InvalidKey", false],
    ["BadDigest", 400, "IntegrityError", false],
    ["RequestTimeout", 400, "Timeout", true],
    ["SlowDown", 503, "Throttled", true],
    ["InternalError", 500, "Unavailable", true],
    ["InternalError", 200, "Unavailable", true],
    ["NotImplemented", 501, "NotSupported", false],
    ["XMinioServerNotInitialized", 503, "Unavailable", true],
    [undefined, 404, "NotFound", false],
    [undefined, 301, "ConfigurationError", false],
    [undefined, 429, "Throttled", true],
    [undefined, 418, "InvalidArgument", false],
    [undefined, 200, "Unknown", false],
  ] as const)("%s with %i is %s", (s3Code, status, code, retryable) => {
    expect(classifyS3Error(s3Code, status)).toEqual({ code, retryable });
  });

  it("classifies each code that the server itself sends", () => {
    for (const [code, { status, message }] of Object.entries(s3ErrorCodes)) {
      expect(status).toBeGreaterThanOrEqual(301);
      expect(message).not.toBe("");
      expect(classifyS3Error(code, status).code).not.toBe("Unknown");
    }
  });
});

describe("S3Error", () => {
  it("takes status and message from the table, double space included", () => {
    const error = new S3Error("InvalidPart");
    expect(error.status).toBe(400);
    expect(error.message).toContain("found.  The part may");
    expect(error.extra).toEqual({});
  });

  it("lets a case say more", () => {
    const cause = new Error("disk");
    const error = new S3Error("NoSuchKey", {
      message: "gone",
      status: 410,
      extra: { Key: "k" },
      headers: { allow: "DELETE" },
      cause,
    });
    expect(error).toMatchObject({ message: "gone", status: 410, extra: { Key: "k" }, cause });
    expect(error.headers["allow"]).toBe("DELETE");
  });

  it("names the argument of InvalidArgument", () => {
    expect(invalidArgument("no", "max-keys", "x").extra).toEqual({
      ArgumentName: "max-keys",
      ArgumentValue: "x",
    });
  });
});
