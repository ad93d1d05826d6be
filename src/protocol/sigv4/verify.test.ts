import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { uriEncode } from "../query.ts";
import { S3Error } from "../s3-error.ts";
import { presignRequest } from "./presign.ts";
import { signRequest } from "./sign.ts";
import { assertCredentialScope, readSignatureClaim, verifySignature } from "./verify.ts";
import type { ReceivedRequest } from "./verify.ts";

const credentials = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "secret/+" };
const now = new Date("2026-11-24T06:30:05Z");
const place = { credentials, region: "us-east-1", service: "s3", now };
const payloadHash = "UNSIGNED-PAYLOAD";

interface Parts {
  method?: string;
  rawPath?: string;
  rawQuery?: string;
  headers?: Record<string, string>;
  token?: string;
}

function signed(parts: Parts = {}): ReceivedRequest {
  const { method = "GET", rawPath = "/bucket/key", rawQuery = "", headers = {}, token } = parts;
  const all = { host: "localhost:9000", ...headers };
  const signer = token === undefined ? credentials : { ...credentials, sessionToken: token };
  const request = { method, rawPath, rawQuery, headers: all };
  const added = signRequest(request, { ...place, credentials: signer, payloadHash });
  return { method, rawPath, rawQuery, rawHeaders: Object.entries({ ...all, ...added }).flat() };
}

function presigned(parts: Parts & { expiresInSeconds?: number } = {}): ReceivedRequest {
  const { method = "GET", rawPath = "/bucket/key", rawQuery = "", headers = {}, token } = parts;
  const all = { host: "localhost:9000", ...headers };
  const signer = token === undefined ? credentials : { ...credentials, sessionToken: token };
  const query = presignRequest(
    { method, rawPath, rawQuery, headers: all },
    { ...place, credentials: signer, expiresInSeconds: parts.expiresInSeconds ?? 600 },
  );
  return { method, rawPath, rawQuery: query, rawHeaders: Object.entries(all).flat() };
}

function verify(request: ReceivedRequest, secret = credentials.secretAccessKey, at = now) {
  const claim = readSignatureClaim(request);
  if (claim === undefined) throw new Error("anonymous");
  return verifySignature(request, claim, secret, at);
}

function refusal(action: () => unknown): S3Error {
  try {
    action();
  } catch (error) {
    if (error instanceof S3Error) return error;
    throw error;
  }
  throw new Error("accepted");
}

function withHeader(request: ReceivedRequest, name: string, value: string | undefined) {
  const rawHeaders: string[] = [];
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    if (request.rawHeaders[index]?.toLowerCase() === name) continue;
    rawHeaders.push(request.rawHeaders[index] ?? "", request.rawHeaders[index + 1] ?? "");
  }
  if (value !== undefined) rawHeaders.push(name, value);
  return { ...request, rawHeaders };
}

function withQuery(request: ReceivedRequest, name: string, value: string | undefined) {
  const pairs = request.rawQuery.split("&").filter((pair) => !pair.startsWith(`${name}=`));
  if (value !== undefined) pairs.push(`${name}=${uriEncode(value)}`);
  return { ...request, rawQuery: pairs.join("&") };
}

const keyText = fc
  .array(
    fc.oneof(
      fc.constantFrom("/", "//", ".", "..", " ", "+", "%", "%20", "=", "&", "?", "#", "é", "😀"),
      fc.string({ unit: "binary", maxLength: 4 }),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((pieces) => pieces.join("").toWellFormed());

describe("sign then verify", () => {
  it("agrees for every key, query and header value", () => {
    const value = fc.string({ unit: "binary", maxLength: 12 }).map((text) => text.toWellFormed());
    fc.assert(
      fc.property(keyText, fc.array(fc.tuple(value, value)), value, (key, query, meta) => {
        const wire = Buffer.from(meta, "utf8")
          .toString("latin1")
          .replace(/[\r\n\0]/g, "");
        const parts = {
          rawPath: `/bucket/${uriEncode(key, { keepSlash: true })}`,
          rawQuery: query.map(([a, b]) => `q${uriEncode(a)}=${uriEncode(b)}`).join("&"),
          headers: { "x-amz-meta-a": wire },
        };
        expect(() => verify(signed(parts))).not.toThrow();
        expect(() => verify(presigned(parts))).not.toThrow();
      }),
    );
  });

  it("signs the same request the same whatever the order and spelling of its query", () => {
    const one = verify(signed({ rawQuery: "b=1&a=x%20y&a" }));
    const two = verify(signed({ rawQuery: "a=&b=%31&&a=x+y" }));
    expect(one.seedSignature).toBe(two.seedSignature);
  });

  it("keeps bytes of UTF-8 letters that look like spaces (à ends in 0xA0)", () => {
    const wire = Buffer.from("voilà", "utf8").toString("latin1");
    const request = signed({ headers: { "x-amz-meta-a": wire } });
    expect(() => verify(withHeader(request, "x-amz-meta-a", wire.slice(0, -1)))).toThrow(S3Error);
    expect(() => verify(request)).not.toThrow();
  });

  it("joins repeated headers in order", () => {
    const request = signed({ headers: { "x-amz-meta-a": "1,2" } });
    const split = withHeader(request, "x-amz-meta-a", undefined);
    const repeat = (first: string, second: string) => ({
      ...split,
      rawHeaders: [...split.rawHeaders, "X-Amz-Meta-A", first, "x-amz-meta-a", second],
    });
    expect(() => verify(repeat("1", "2"))).not.toThrow();
    expect(() => verify(repeat("2", "1"))).toThrow(S3Error);
  });
});

describe("tampering", () => {
  const request = signed({
    method: "PUT",
    rawQuery: "tagging&versionId=1",
    headers: { "content-type": "text/plain", "x-amz-meta-a": "1" },
    token: "token",
  });

  it.each([
    ["method", { ...request, method: "GET" }],
    ["path", { ...request, rawPath: "/bucket/other" }],
    ["path, normalised", { ...request, rawPath: "/bucket//key" }],
    ["query value", { ...request, rawQuery: "tagging&versionId=2" }],
    ["query removed", { ...request, rawQuery: "tagging" }],
    ["query added", { ...request, rawQuery: `${request.rawQuery}&acl` }],
    ["host", withHeader(request, "host", "localhost:9001")],
    ["signed header", withHeader(request, "content-type", "text/html")],
    ["signed header removed", withHeader(request, "x-amz-meta-a", undefined)],
    ["payload hash", withHeader(request, "x-amz-content-sha256", "0".repeat(64))],
    ["date", withHeader(request, "x-amz-date", "20261124T063006Z")],
    ["session token", withHeader(request, "x-amz-security-token", "other")],
  ])("with the %s is refused", (_, changed) => {
    expect(refusal(() => verify(changed)).code).toBe("SignatureDoesNotMatch");
  });

  it("with any letter of the authorization header is refused", () => {
    const authorization = request.rawHeaders[request.rawHeaders.indexOf("authorization") + 1] ?? "";
    fc.assert(
      fc.property(fc.nat(authorization.length - 1), fc.constantFrom("0", "x", ";"), (at, char) => {
        const changed = authorization.slice(0, at) + char + authorization.slice(at + 1);
        if (changed === authorization) return;
        // A changed key id is a different claim: nobody would look up this secret for it.
        const tampered = withHeader(request, "authorization", changed);
        try {
          const claim = readSignatureClaim(tampered);
          if (claim?.accessKeyId !== credentials.accessKeyId) return;
        } catch {
          return;
        }
        expect(() => verify(tampered)).toThrow(S3Error);
      }),
    );
  });

  it("with a new x-amz- header is refused and names it", () => {
    const error = refusal(() => verify(withHeader(request, "x-amz-acl", "public-read")));
    expect(error.code).toBe("AccessDenied");
    expect(error.extra).toEqual({ HeadersNotSigned: "x-amz-acl" });
    expect(() => verify(withHeader(request, "x-other", "1"))).not.toThrow();
  });

  it("with a presigned link is refused for each parameter", () => {
    const link = presigned({ rawQuery: "versionId=1" });
    expect(() => verify(link)).not.toThrow();
    for (const [name, value] of [
      ["X-Amz-Expires", "601"],
      ["X-Amz-Date", "20261124T063006Z"],
      ["X-Amz-Security-Token", "t"],
      ["versionId", "2"],
      ["acl", ""],
    ] as const) {
      expect(refusal(() => verify(withQuery(link, name, value))).code).toBe(
        "SignatureDoesNotMatch",
      );
    }
    const withCopy = withHeader(link, "x-amz-copy-source", "b/k");
    expect(refusal(() => verify(withCopy)).extra).toEqual({
      HeadersNotSigned: "x-amz-copy-source",
    });
  });

  it("with a wrong secret explains both sides", () => {
    const error = refusal(() => verify(signed(), "wrong"));
    expect(error.status).toBe(403);
    expect(Object.keys(error.extra)).toEqual([
      "AWSAccessKeyId",
      "StringToSign",
      "SignatureProvided",
      "StringToSignBytes",
      "CanonicalRequest",
      "CanonicalRequestBytes",
    ]);
    expect(error.extra["StringToSign"]).toMatch(/^AWS4-HMAC-SHA256\n20261124T063005Z\n20261124\//);
    expect(error.extra["StringToSignBytes"]).toMatch(/^41 57 53 34 [0-9a-f ]*[0-9a-f]$/);
    expect(error.extra["CanonicalRequest"]).toMatch(/^GET\n\/bucket\/key\n\nhost:localhost:9000\n/);
  });
});

describe("time", () => {
  it.each([-900, 900])("allows a clock %i s off", (seconds) => {
    const at = new Date(now.getTime() + seconds * 1000);
    expect(() => verify(signed(), undefined, at)).not.toThrow();
  });

  it.each([-901, 901])("refuses a clock %i s off", (seconds) => {
    const at = new Date(now.getTime() + seconds * 1000);
    const error = refusal(() => verify(signed(), undefined, at));
    expect(error.code).toBe("RequestTimeTooSkewed");
    expect(error.extra).toEqual({
      RequestTime: "20261124T063005Z",
      ServerTime: `${at.toISOString().slice(0, 19)}Z`,
      MaxAllowedSkewMilliseconds: "900000",
    });
  });

  it("says when a link expired, before looking at its signature", () => {
    const at = new Date(now.getTime() + 601_000);
    const error = refusal(() => verify(presigned(), "wrong", at));
    expect(error.code).toBe("AccessDenied");
    expect(error.extra).toEqual({
      "X-Amz-Expires": "600",
      Expires: "2026-11-24T06:40:05Z",
      ServerTime: "2026-11-24T06:40:06Z",
    });
  });

  it("refuses a link of the future", () => {
    const at = new Date(now.getTime() - 901_000);
    expect(refusal(() => verify(presigned(), undefined, at)).message).toBe(
      "Request is not valid yet",
    );
  });

  it("takes the Date header when there is no x-amz-date", () => {
    const request = withHeader(signed(), "x-amz-date", undefined);
    const dated = withHeader(request, "date", "Tue, 24 Nov 2026 06:30:05 GMT");
    expect(readSignatureClaim(dated)?.amzDate).toBe("20261124T063005Z");
    expect(refusal(() => readSignatureClaim(request)).code).toBe("AccessDenied");
    const broken = withHeader(dated, "x-amz-date", "2026-11-24");
    expect(refusal(() => readSignatureClaim(broken)).code).toBe("AccessDenied");
  });
});

describe("readSignatureClaim", () => {
  it("sees an anonymous request", () => {
    expect(
      readSignatureClaim({ method: "GET", rawPath: "/", rawQuery: "x=1", rawHeaders: [] }),
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

  const base = signed();
  const authorization = base.rawHeaders[base.rawHeaders.indexOf("authorization") + 1] ?? "";
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
    const both = { ...presigned(), rawHeaders: base.rawHeaders };
    expect(refusal(() => readSignatureClaim(both)).code).toBe("InvalidArgument");
  });

  it("refuses SigV2 in the query", () => {
    const old = { ...base, rawHeaders: [], rawQuery: "AWSAccessKeyId=a&Expires=1&Signature=s" };
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
    expect(() => verify(link)).not.toThrow();
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
