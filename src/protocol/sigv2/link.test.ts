import { describe, expect, it } from "vitest";
import { S3Error } from "../s3-error.ts";
import { collectHeaders, type ReceivedRequest } from "../sigv4/received-request.ts";
import { readLinkClaim, verifyLink } from "./link.ts";

/** Of botocore 1.44.5, made with this secret at this time for ten minutes. */
const secretAccessKey = "link/secret+1";
const now = new Date(1_795_500_000_000);
const signer = "AWSAccessKeyId=AKIALINK000000000000";
const expires = "Expires=1795500600";

const read = received(
  "GET",
  "/photos/a%20b/%C3%BC%2B%26%3F.txt",
  `${signer}&Signature=JyFHZsvQh5Xbxk4tlxD4MRB%2FI08%3D&${expires}`,
);
const hosted = received(
  "GET",
  "/k",
  `${signer}&Signature=IxZ9o4kQuzs4HnjH1Ol2i43jv%2BI%3D&${expires}`,
);
const overrides = received(
  "GET",
  "/photos/k",
  "versionId=v1&response-content-type=text%2Fx&response-content-disposition=attachment%3B%20" +
    `filename%3D%22a%20b%2B%C3%BC.txt%22&${signer}&Signature=4Sz4QqmXnSoRyz%2BQkBq43FlWpPg%3D` +
    `&${expires}`,
);
const write = received(
  "PUT",
  "/photos/k",
  `${signer}&Signature=lRHt7YsxYYfpsEwAQ8TJzfahZQE%3D&content-type=text%2Fx&x-amz-meta-b=2` +
    `&x-amz-meta-a=1&${expires}`,
);
const part = received(
  "PUT",
  "/photos/k",
  `uploadId=u1&partNumber=2&${signer}&Signature=XzQq0qZYo%2FzM0jYcVlzz7Nds3sQ%3D&${expires}`,
);
const session = received(
  "GET",
  "/photos/k",
  `${signer}&Signature=W3D6BT29EgCTo9usLAkTqPlN%2FmQ%3D&x-amz-security-token=tok%2Fen%2B%3D` +
    `&${expires}`,
);
const listing = received(
  "GET",
  "/photos",
  `list-type=2&prefix=a&encoding-type=url&${signer}` +
    `&Signature=sOCbe4TypXnv%2B%2FSYkPJ8c9ql%2Baw%3D&${expires}`,
);

function received(
  method: string,
  rawPath: string,
  rawQuery: string,
  rawHeaders: readonly string[] = [],
): ReceivedRequest {
  return { method, rawPath, rawQuery, headers: collectHeaders(rawHeaders) };
}

function verify(request: ReceivedRequest, hostedBucket?: string, at = now): void {
  const claim = readLinkClaim(request);
  if (claim === undefined) throw new Error("no link");
  verifyLink({ request, claim, secretAccessKey, hostedBucket, now: at });
}

function refusal(action: () => unknown): S3Error {
  try {
    action();
  } catch (error) {
    if (error instanceof S3Error) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

describe("links of botocore", () => {
  it.each([
    ["a read", read],
    ["headers of the answer and a version", overrides],
    ["a write with type and metadata", write],
    ["a part", part],
    ["a session", session],
    ["a listing", listing],
  ])("hold: %s", (_, request) => {
    expect(() => verify(request)).not.toThrow();
  });

  it("hold at the bucket's own host, and only for that bucket", () => {
    expect(() => verify(hosted, "photos")).not.toThrow();
    expect(refusal(() => verify(hosted, "others")).code).toBe("SignatureDoesNotMatch");
  });

  it("name their session", () => {
    expect(readLinkClaim(session)).toMatchObject({ sessionToken: "tok/en+=" });
  });

  it("hold with the headers that they name, sent", () => {
    const headers = collectHeaders(["Content-Type", "text/x", "X-Amz-Meta-A", "1"]);
    expect(() => verify({ ...write, headers })).not.toThrow();
  });
});

/** The parameter moved into the value of another, which leaves the signed text as it was. */
function inOne({ rawQuery }: ReceivedRequest, parameter: string, value: string): string {
  const inner = encodeURIComponent(`&${parameter.slice(0, -1)}`);
  return rawQuery.replace(parameter, "").replace(value, `${value}${inner}`);
}

describe("a changed link is refused", () => {
  it.each<[string, ReceivedRequest]>([
    ["another method", { ...read, method: "DELETE" }],
    ["another key", { ...read, rawPath: "/photos/other" }],
    ["a later end", { ...read, rawQuery: read.rawQuery.replace(expires, "Expires=1795509999") }],
    ["another version", { ...overrides, rawQuery: overrides.rawQuery.replace("v1", "v2") }],
    ["a version added", { ...read, rawQuery: `${read.rawQuery}&versionId=x` }],
    ["a version added in disguise", { ...read, rawQuery: `${read.rawQuery}&%76ersionId=x` }],
    ["a sub-resource added", { ...read, rawQuery: `${read.rawQuery}&acl` }],
    ["another type", { ...write, headers: collectHeaders(["content-type", "text/html"]) }],
    ["a type added", { ...read, headers: collectHeaders(["content-type", "text/html"]) }],
    ["other metadata", { ...write, headers: collectHeaders(["x-amz-meta-a", "2"]) }],
    ["a header added", { ...write, headers: collectHeaders(["x-amz-copy-source", "/b/k"]) }],
    ["a part that becomes an object", { ...part, rawQuery: inOne(part, "uploadId=u1&", "=2") }],
    [
      "a version that becomes the latest",
      { ...overrides, rawQuery: inOne(overrides, "versionId=v1&", "=text%2Fx") },
    ],
    [
      "metadata that swallows the next header",
      {
        ...write,
        rawQuery: write.rawQuery
          .replace("x-amz-meta-b=2&", "")
          .replace("x-amz-meta-a=1", "x-amz-meta-a=1%0Ax-amz-meta-b%3A2"),
      },
    ],
    [
      "a name that swallows a header",
      {
        ...write,
        rawQuery: write.rawQuery
          .replace("x-amz-meta-b=2&", "")
          .replace("x-amz-meta-a=1", "x-amz-meta-a%3A1%0Ax-amz-meta-b=2"),
      },
    ],
    ["a header added in the query", { ...write, rawQuery: `${write.rawQuery}&X-Amz-Acl=private` }],
  ])("%s", (_, request) => {
    const error = refusal(() => verify(request));
    expect(error).toMatchObject({ code: "SignatureDoesNotMatch", status: 403 });
    expect(Object.keys(error.extra)).toEqual([
      "AWSAccessKeyId",
      "StringToSign",
      "SignatureProvided",
      "StringToSignBytes",
    ]);
  });

  it("and one whose time is over", () => {
    const last = new Date(1_795_500_600_000);
    expect(() => verify(read, undefined, last)).not.toThrow();
    expect(refusal(() => verify(read, undefined, new Date(last.getTime() + 1)))).toMatchObject({
      code: "AccessDenied",
      message: "Request has expired",
      extra: { Expires: "2026-11-24T06:10:00Z", ServerTime: "2026-11-24T06:10:00Z" },
    });
  });
});

describe("readLinkClaim", () => {
  it.each([
    ["no signature", received("GET", "/b/k", "Expires=5")],
    ["a header's signature too", { ...read, headers: collectHeaders(["Authorization", "x"]) }],
    ["a signature of version 4 too", { ...read, rawQuery: `${read.rawQuery}&X-Amz-Signature=1` }],
  ])("leaves to others: %s", (_, request) => {
    expect(readLinkClaim(request)).toBeUndefined();
  });

  it("wants all parts", () => {
    expect(
      refusal(() => readLinkClaim(received("GET", "/", `${signer}&Signature=x`))),
    ).toMatchObject({
      code: "AccessDenied",
      message: expect.stringContaining("Signature, Expires and AWSAcc"),
    });
  });

  it.each(["", "soon", "-5", "1e9", "999999999999"])("wants a time: %j", (time) => {
    const query = `${signer}&Signature=x&Expires=${time}`;
    expect(refusal(() => readLinkClaim(received("GET", "/", query))).message).toBe(
      `Invalid date (should be seconds since epoch): ${time}`,
    );
  });
});
