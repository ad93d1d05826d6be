import { describe, expect, test } from "vitest";
import { readPayloadMode } from "./payload-mode.ts";

const nothing = {
  contentSha256: undefined,
  contentEncoding: undefined,
  decodedContentLength: undefined,
  trailer: undefined,
  signed: true,
};

describe("readPayloadMode", () => {
  test("a hex digest is verified, in lower case", () => {
    const digest = "ABCDEF0123456789".repeat(4);
    expect(readPayloadMode({ ...nothing, contentSha256: digest })).toEqual({
      kind: "plain",
      sha256: digest.toLowerCase(),
    });
  });

  test.each([
    ["STREAMING-UNSIGNED-PAYLOAD-TRAILER", "unsigned-trailer"],
    ["STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "signed"],
    ["STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", "signed-trailer"],
  ])("%s is framed as %s", (contentSha256, framing) => {
    expect(readPayloadMode({ ...nothing, contentSha256 })).toEqual({ kind: "chunked", framing });
  });

  test("signed chunks need a signed request", () => {
    const facts = { ...nothing, signed: false };
    expect(() =>
      readPayloadMode({ ...facts, contentSha256: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" }),
    ).toThrow(expect.objectContaining({ code: "InvalidRequest" }));
    expect(
      readPayloadMode({ ...facts, contentSha256: "STREAMING-UNSIGNED-PAYLOAD-TRAILER" }),
    ).toEqual({ kind: "chunked", framing: "unsigned-trailer" });
  });

  test("SigV4A's chunks are answered with 501, garbage with 400", () => {
    expect(() =>
      readPayloadMode({ ...nothing, contentSha256: "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD" }),
    ).toThrow(expect.objectContaining({ code: "NotImplemented" }));
    expect(() => readPayloadMode({ ...nothing, contentSha256: "abc" })).toThrow(
      expect.objectContaining({ code: "InvalidArgument" }),
    );
  });

  test("boto3 without credentials frames its body and does not say so in x-amz-content-sha256", () => {
    const framed = { ...nothing, contentEncoding: "aws-chunked", decodedContentLength: "5" };
    expect(readPayloadMode({ ...framed, trailer: "x-amz-checksum-crc32" })).toEqual({
      kind: "chunked",
      framing: "unsigned-trailer",
    });
    expect(readPayloadMode(framed)).toEqual({ kind: "chunked", framing: "unsigned" });
    expect(readPayloadMode({ ...nothing, contentEncoding: "aws-chunked" })).toEqual({
      kind: "plain",
    });
  });
});
