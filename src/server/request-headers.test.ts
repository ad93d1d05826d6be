import { expect, test } from "vitest";
import { collectHeaders } from "../protocol/sigv4/received-request.ts";
import { RequestHeaders } from "./request-headers.ts";

/** As node hands over bytes. */
function latin1(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

function headersOf(rawHeaders: readonly string[]): RequestHeaders {
  return new RequestHeaders(collectHeaders(rawHeaders));
}

test("names are lower case, doubled headers joined, values UTF-8", () => {
  const headers = headersOf([
    "X-Amz-Meta-Name",
    latin1("Žofie 😀"),
    "x-amz-meta-list",
    "a",
    "X-AMZ-META-LIST",
    "b",
    "x-amz-meta-bytes",
    "\u00ff\u00fe",
  ]);
  expect(headers.get("x-amz-meta-name")).toBe("Žofie 😀");
  expect(headers.get("x-amz-meta-list")).toBe("a,b");
  expect(headers.get("x-amz-meta-bytes")).toBe("\u00ff\u00fe");
  expect([...headers.starting("x-amz-meta-").keys()]).toHaveLength(3);
});

test("headers in a presigned query count, the signature's own parameters and real headers do not", () => {
  const headers = headersOf(["x-amz-acl", "private"]);
  headers.addHoisted([
    ["X-Amz-Signature", "abc"],
    ["X-Amz-Date", "20260101T000000Z"],
    ["x-amz-meta-a", "1"],
    ["x-amz-checksum-crc32", "AAAAAA=="],
    ["x-amz-sdk-checksum-algorithm", "CRC32"],
    ["x-amz-checksum-mode", "ENABLED"],
    ["x-amz-server-side-encryption", "aws:kms"],
    ["x-amz-acl", "public-read"],
    ["response-content-type", "text/plain"],
    ["If-None-Match", "*"],
    ["if-match", "abc"],
  ]);
  expect(headers.get("if-none-match")).toBe("*");
  expect(headers.get("if-match")).toBe("abc");
  expect(headers.get("x-amz-meta-a")).toBe("1");
  expect(headers.get("x-amz-acl")).toBe("private");
  expect(headers.get("x-amz-checksum-mode")).toBe("ENABLED");
  expect(headers.has("x-amz-checksum-crc32")).toBe(false);
  expect(headers.has("x-amz-sdk-checksum-algorithm")).toBe(false);
  expect(headers.has("x-amz-server-side-encryption")).toBe(false);
  expect(headers.has("x-amz-signature")).toBe(false);
  expect(headers.has("x-amz-date")).toBe(false);
  expect(headers.has("response-content-type")).toBe(false);
});

test("who holds a link cannot take its condition away", () => {
  const headers = headersOf(["If-Match", "b"]);
  headers.addHoisted([["If-Match", "b"]]);
  expect(() => headers.addHoisted([["If-Match", "a"]])).toThrow(
    expect.objectContaining({ code: "InvalidArgument" }),
  );
  expect(headers.get("if-match")).toBe("b");
});

test.each([
  ["x-amz-website-redirect-location", "/a\r\nx-evil: 1"],
  ["x-amz-meta-a", "\u0000"],
  ["x-amz-meta-a\nb", "1"],
  ["x-amz-meta-ü", "1"],
])("what no header could carry is refused in a query: %j: %j", (name, value) => {
  const headers = headersOf([]);
  expect(() => headers.addHoisted([[name, value]])).toThrow(
    expect.objectContaining({ code: "InvalidArgument" }),
  );
});
