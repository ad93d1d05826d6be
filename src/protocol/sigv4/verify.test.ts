import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { uriEncode } from "../query.ts";
import { S3Error } from "../s3-error.ts";
import {
  credentials,
  now,
  presigned,
  refusal,
  signed,
  verify,
  withHeader,
  withQuery,
} from "./testing-fixtures/signed-requests.ts";
import { collectHeaders } from "./received-request.ts";
import { readSignatureClaim } from "./verify.ts";

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
      headers: collectHeaders([
        ...[...split.headers].flat(),
        "X-Amz-Meta-A",
        first,
        "x-amz-meta-a",
        second,
      ]),
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
    const authorization = request.headers.get("authorization") ?? "";
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
