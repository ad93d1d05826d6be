import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StorageError } from "./errors.ts";
import { assertObjectKey, compareKeys, parseS3Uri } from "./object-key.ts";

describe("assertObjectKey", () => {
  it.each(["a", "a//b", "../x", "/lead", "trail/", "variant=0/a b+%.tsv", "é\u{1F600}"])(
    "accepts %s as it stands",
    (key) => expect(() => assertObjectKey(key)).not.toThrow(),
  );

  it("counts bytes, not characters", () => {
    expect(() => assertObjectKey("x".repeat(1024))).not.toThrow();
    expect(() => assertObjectKey("é".repeat(512))).not.toThrow();
    expect(() => assertObjectKey("é".repeat(513))).toThrow(/1026 bytes; S3 allows 1024/);
  });

  it.each([
    ["", /empty/],
    ["a\ud800", /surrogate/],
  ])("refuses %j", (key, message) => {
    const attempt = () => assertObjectKey(key, "PutObject");
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(StorageError);
    expect(attempt).toThrow(
      expect.objectContaining({ code: "InvalidKey", operation: "PutObject", key }),
    );
  });
});

describe("compareKeys", () => {
  it("orders by UTF-8 bytes, which UTF-16 order gets wrong beyond the BMP", () => {
    const keys = ["\u{1F600}", "\uFFFD", "\uFB01", "a"];
    expect(keys.toSorted(compareKeys)).toEqual(["a", "\uFB01", "\uFFFD", "\u{1F600}"]);
    expect(keys.toSorted()).not.toEqual(keys.toSorted(compareKeys));
  });

  it("agrees with the bytes of any two texts", () => {
    const characters = [
      "a",
      "/",
      "\u007F",
      "é",
      "\uD7FF",
      "\uE000",
      "\uFFFF",
      "\u{10000}",
      "\u{10FFFF}",
    ];
    const texts = fc
      .array(fc.constantFrom(...characters), { maxLength: 5 })
      .map((all) => all.join(""));
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        const bytes = Buffer.compare(Buffer.from(a), Buffer.from(b));
        expect(Math.sign(compareKeys(a, b))).toBe(bytes);
      }),
    );
  });
});

describe("parseS3Uri", () => {
  it.each([
    ["s3://b/k/x", { bucket: "b", key: "k/x" }],
    ["s3://b", { bucket: "b", key: "" }],
    ["s3://b/", { bucket: "b", key: "" }],
    ["s3://b//x%20", { bucket: "b", key: "/x%20" }],
    ["s3://", undefined],
    ["b/k", undefined],
  ])("reads %s", (text, expected) => expect(parseS3Uri(text)).toEqual(expected));
});
