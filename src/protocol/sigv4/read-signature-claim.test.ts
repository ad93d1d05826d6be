import { describe, expect, it } from "vitest";
import { uriEncode } from "../query.ts";
import {
  credentials,
  payloadHash,
  presigned,
  refusal,
  signed,
  verify,
  withHeader,
  withQuery,
} from "./testing-fixtures/signed-requests.ts";
import { assertCredentialScope, readSignatureClaim } from "./verify.ts";

describe("readSignatureClaim", () => {
  it("sees an anonymous request", () => {
    expect(
      readSignatureClaim({ method: "GET", rawPath: "/", rawQuery: "x=1", headers: new Map() }),
    ).toBeUndefined();
  });

  it("reads both kinds", () => {
    expect(readSignatureClaim(signed({ token: "t/+" }))).toMatchObject({
      kind: "header",
      accessKeyId: credentials.accessKeyId,
      date: "20261124",
      region: "us-east-1",
      service: "s3",
      sessionToken: "t/+",
      payloadHash,
    });
    expect(readSignatureClaim(presigned({ token: "t/+" }))).toMatchObject({
      kind: "presigned",
      signedHeaders: ["host"],
      sessionToken: "t/+",
      expiresInSeconds: 600,
      payloadHash,
    });
  });

  it("takes each signed header once, so that no caller can have one hashed thousands of times", () => {
    const repeated = withHeader(
      signed(),
      "authorization",
      (signed().headers.get("authorization") ?? "").replace(
        "SignedHeaders=",
        "SignedHeaders=host;host;",
      ),
    );
    const names = readSignatureClaim(repeated)?.signedHeaders;
    expect(names).toEqual(["host", "x-amz-content-sha256", "x-amz-date"]);
  });

  const base = signed();
  const authorization = base.headers.get("authorization") ?? "";
  it.each([
    ["AWS AKIA:signature", "InvalidRequest", "Please use AWS4-HMAC-SHA256."],
    ["Basic dXNlcg==", "InvalidArgument", "Unsupported Authorization Type"],
    ["AWS4-HMAC-SHA256", "InvalidArgument", "one and only one ' ' (space) required"],
    ["AWS4-ECDSA-P256-SHA256 Credential=a", "NotImplemented", "SigV4A"],
    ["AWS4-HMAC-SHA256 Credential=x", "AuthorizationHeaderMalformed", "three components"],
    ["AWS4-HMAC-SHA256 garbage", "AuthorizationHeaderMalformed", '"garbage" is malformed'],
    [
      authorization.replace("Signature=", "Sign="),
      "AuthorizationHeaderMalformed",
      "missing Signature.",
    ],
    [
      authorization.replace("aws4_request", "aws5_request"),
      "AuthorizationHeaderMalformed",
      'incorrect terminal "aws5_request"',
    ],
    [
      authorization.replace("/20261124/", "/2026-11-24/"),
      "AuthorizationHeaderMalformed",
      'incorrect date format "2026-11-24"',
    ],
    [
      authorization.replace("/20261124/", "/20261125/"),
      "AuthorizationHeaderMalformed",
      'Invalid credential date "20261125"',
    ],
    [
      authorization.replace(/Credential=[^,]*/, "Credential=a/b"),
      "AuthorizationHeaderMalformed",
      "the Credential is mal-formed",
    ],
  ])("refuses %s as %s", (value, code, message) => {
    const error = refusal(() => readSignatureClaim(withHeader(base, "authorization", value)));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });

  it("takes commas without spaces between the components", () => {
    expect(() =>
      verify(withHeader(base, "authorization", authorization.replaceAll(", ", ","))),
    ).not.toThrow();
  });

  it("refuses two mechanisms at once", () => {
    const both = { ...presigned(), headers: base.headers };
    expect(refusal(() => readSignatureClaim(both)).code).toBe("InvalidArgument");
  });

  it("refuses SigV2 in the query", () => {
    const old = { ...base, headers: new Map(), rawQuery: "AWSAccessKeyId=a&Expires=1&Signature=s" };
    expect(refusal(() => readSignatureClaim(old)).code).toBe("InvalidRequest");
  });

  it("wants x-amz-content-sha256 for S3, and leaves it to the body elsewhere", () => {
    const bare = withHeader(base, "x-amz-content-sha256", undefined);
    expect(refusal(() => readSignatureClaim(bare)).code).toBe("InvalidRequest");
    const sts = withHeader(bare, "authorization", authorization.replace("/s3/", "/sts/"));
    expect(readSignatureClaim(sts)?.payloadHash).toBe("");
  });

  it.each([
    ["X-Amz-Signature", undefined, "requires the X-Amz-Algorithm"],
    ["X-Amz-Credential", undefined, "requires the X-Amz-Algorithm"],
    ["X-Amz-Date", undefined, "requires the X-Amz-Algorithm"],
    ["X-Amz-SignedHeaders", undefined, "requires the X-Amz-Algorithm"],
    ["X-Amz-Expires", undefined, "requires the X-Amz-Algorithm"],
    ["X-Amz-Algorithm", "AWS5", "X-Amz-Algorithm only supports"],
    ["X-Amz-Credential", "access/hello/world", "the Credential is mal-formed"],
    ["X-Amz-Credential", "a/20261124/us-east-1/s3/aws5_request", "incorrect terminal"],
    ["X-Amz-Credential", "a/32234Z34/us-east-1/s3/aws4_request", "incorrect date format"],
    ["X-Amz-Credential", "a/20060102/us-east-1/s3/aws4_request", 'date "20060102"'],
    ["X-Amz-Date", "yesterday", "ISO8601 Long Format"],
    ["X-Amz-Expires", "invalid_value", "should be a number"],
    ["X-Amz-Expires", "-3", "must be non-negative"],
    ["X-Amz-Expires", "604801", "less than a week"],
  ])("refuses a link with %s=%s", (name, value, message) => {
    const error = refusal(() => readSignatureClaim(withQuery(presigned(), name, value)));
    expect(error.code).toBe("AuthorizationQueryParametersError");
    expect(error.message).toContain(message);
  });

  it("takes a credential that was encoded twice", () => {
    const link = presigned();
    const claim = readSignatureClaim(link);
    const twice = uriEncode(`${credentials.accessKeyId}/20261124/us-east-1/s3/aws4_request`);
    expect(readSignatureClaim(withQuery(link, "X-Amz-Credential", twice))?.accessKeyId).toBe(
      claim?.accessKeyId,
    );
  });

  it("believes a payload hash of a link only when it is signed", () => {
    const hash = "0".repeat(64);
    const link = withHeader(presigned(), "x-amz-content-sha256", hash);
    expect(readSignatureClaim(link)?.payloadHash).toBe("UNSIGNED-PAYLOAD");
    expect(refusal(() => verify(link)).extra).toEqual({
      HeadersNotSigned: "x-amz-content-sha256",
    });
    const same = withHeader(presigned(), "x-amz-content-sha256", "UNSIGNED-PAYLOAD");
    expect(() => verify(same)).not.toThrow();
    const inQuery = withQuery(presigned(), "X-Amz-Content-Sha256", hash);
    expect(readSignatureClaim(inQuery)?.payloadHash).toBe(hash);
    const bound = presigned({ headers: { "x-amz-content-sha256": hash } });
    expect(readSignatureClaim(bound)?.payloadHash).toBe(hash);
  });

  it("needs the host signed", () => {
    const request = withHeader(
      base,
      "authorization",
      authorization.replace("SignedHeaders=host;", "SignedHeaders="),
    );
    expect(refusal(() => verify(request)).extra).toEqual({ HeadersNotSigned: "host" });
  });
});

describe("assertCredentialScope", () => {
  const header = readSignatureClaim(signed());
  const link = readSignatureClaim(presigned());
  if (header === undefined || link === undefined) throw new Error("no claims");

  it("accepts the right scope", () => {
    expect(() =>
      assertCredentialScope(header, { region: "us-east-1", service: "s3" }),
    ).not.toThrow();
  });

  it("names the right region for clients to follow", () => {
    const error = refusal(() =>
      assertCredentialScope(header, { region: "eu-west-1", service: "s3" }),
    );
    expect(error.code).toBe("AuthorizationHeaderMalformed");
    expect(error.message).toBe(
      "The authorization header is malformed; the region 'us-east-1' is wrong; " +
        "expecting 'eu-west-1'",
    );
    expect(error.extra).toEqual({ Region: "eu-west-1" });
    expect(
      refusal(() => assertCredentialScope(link, { region: "eu-west-1", service: "s3" })).code,
    ).toBe("AuthorizationQueryParametersError");
  });

  it("refuses another service", () => {
    expect(
      refusal(() => assertCredentialScope(header, { region: "us-east-1", service: "sts" })).message,
    ).toContain('incorrect service "s3". This endpoint belongs to "sts".');
  });
});
