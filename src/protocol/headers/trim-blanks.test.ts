import { describe, expect, test } from "vitest";
import { TrailerReader } from "../payload/trailer-reader.ts";
import { canonicalRequest } from "../sigv4/canonical-request.ts";
import { collectHeaders } from "../sigv4/received-request.ts";
import { trimBlanks } from "./trim-blanks.ts";

describe("trimBlanks", () => {
  test.each([
    ["", ""],
    [" \t ", ""],
    ["a", "a"],
    ["\t a \t b \t", "a \t b"],
    ["\u00a0a\u00a0", "\u00a0a\u00a0"],
    ["\na\r", "\na\r"],
  ])("%j becomes %j", (text, trimmed) => {
    expect(trimBlanks(text)).toBe(trimmed);
  });
});

describe("whoever sends blanks inside of a header does not hold the server up", () => {
  // Quadratic time takes minutes for this; linear time some milliseconds.
  const value = ` a${" ".repeat(400_000)}b `;

  test("when headers are collected", () => {
    const startedAt = performance.now();
    expect(collectHeaders(["X-Y", value]).get("x-y")).toBe(value.slice(1, -1));
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });

  test("when they are signed", () => {
    const startedAt = performance.now();
    const text = canonicalRequest({
      method: "GET",
      rawPath: "/",
      rawQuery: "",
      signedHeaders: ["x-y"],
      headerValue: () => value,
      payloadHash: "",
    });
    expect(text).toContain("\nx-y:a b\n");
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });

  test("when they are trailers", () => {
    const reader = new TrailerReader(["x-y"], false);
    for (const byte of Buffer.from(`x-y: \ta \t b \t\r\n\r\n`)) reader.push(byte);
    expect(reader.values().get("x-y")).toBe("a \t b");
  });
});
