import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { uriEncode } from "./query.ts";
import { parseRequestTarget } from "./request-target.ts";
import { S3Error } from "./s3-error.ts";

function parsed(url: string, host?: string, domains: readonly string[] = []) {
  const { bucket, key, style } = parseRequestTarget(url, host, domains);
  return { bucket, key, style };
}

function refusal(url: string): string {
  try {
    parseRequestTarget(url, undefined, []);
  } catch (error) {
    if (error instanceof S3Error) return error.code;
  }
  return "accepted";
}

describe("parseRequestTarget", () => {
  it.each([
    ["/", "", ""],
    ["/photos", "photos", ""],
    ["/photos/", "photos", ""],
    ["/photos//", "photos", "/"],
    ["/b/a/../c", "b", "a/../c"],
    ["/b/%2e%2e/c", "b", "../c"],
    ["/b/./c/", "b", "./c/"],
    ["/b//x", "b", "/x"],
    ["/b/a%2Fb", "b", "a/b"],
    ["/b/a%252Fb", "b", "a%2Fb"],
    ["/b/a+b", "b", "a+b"],
    ["/b/%E2%82%AC", "b", "€"],
    ["/b/k?x=/y?z", "b", "k"],
    ["http://host:9000/b/k", "b", "k"],
    ["http://host", "", ""],
  ])("reads %s", (url, bucket, key) => {
    expect(parsed(url)).toEqual({ bucket, key, style: "path" });
  });

  it("takes raw UTF-8 bytes, which node hands over as latin1", () => {
    expect(parsed(`/b/${Buffer.from("é").toString("latin1")}`).key).toBe("é");
  });

  it("splits at the first question mark and keeps both halves raw", () => {
    const target = parseRequestTarget("/b/a%20b?versions&x=%3F?", undefined, []);
    expect(target.rawPath).toBe("/b/a%20b");
    expect(target.rawQuery).toBe("versions&x=%3F?");
    expect(target.query.entries()).toEqual([
      ["versions", ""],
      ["x", "??"],
    ]);
  });

  it.each(["/b/%", "/b/%4", "/b/%zz", "/b/%ff", "/b/%c3%28", "*", "b/k", "/b/k?x=%"])(
    "refuses %s as InvalidURI",
    (url) => {
      expect(refusal(url)).toBe("InvalidURI");
    },
  );

  it("refuses an empty bucket before a key", () => {
    expect(refusal("//bucket/k")).toBe("InvalidBucketName");
  });

  it("counts a key's bytes, not its letters", () => {
    expect(parsed(`/b/${"a".repeat(1024)}`).key).toHaveLength(1024);
    expect(refusal(`/b/${"a".repeat(1025)}`)).toBe("KeyTooLongError");
    expect(parsed(`/b/${"%C3%A9".repeat(512)}`).key).toHaveLength(512);
    expect(refusal(`/b/${"%C3%A9".repeat(513)}`)).toBe("KeyTooLongError");
  });

  it.each([
    ["photos.localhost:9000", "photos", "k/x"],
    ["Photos.LOCALHOST", "photos", "k/x"],
    ["my.photos.s3.example.org.", "my.photos", "k/x"],
  ])("finds the bucket in the host %s", (host, bucket, key) => {
    const domains = ["localhost", "example.org", "s3.example.org"];
    expect(parsed("/k/x", host, domains)).toEqual({ bucket, key, style: "virtual-hosted" });
  });

  it.each(["localhost:9000", "s3.localhost", "127.0.0.1:9000", "[::1]:9000", "otherlocalhost"])(
    "keeps path style for the host %s",
    (host) => {
      expect(parsed("/b/k", host, ["localhost", "s3.localhost"]).style).toBe("path");
    },
  );

  it("brings every key back that was encoded by AWS's rules", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 200 }), (text) => {
        const key = text.toWellFormed();
        expect(parsed(`/b/${uriEncode(key, { keepSlash: true })}`).key).toBe(key);
        expect(parsed(`/b/${uriEncode(key)}`).key).toBe(key);
      }),
    );
  });
});
