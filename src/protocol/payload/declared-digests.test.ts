import { describe, expect, test } from "vitest";
import { readDeclaredDigests } from "./declared-digests.ts";

function request(headers: Record<string, string>): Parameters<typeof readDeclaredDigests>[0] {
  return {
    header: (name) => headers[name],
    headersStarting: (prefix) =>
      new Map(Object.entries(headers).filter(([name]) => name.startsWith(prefix))),
  };
}

function refusal(headers: Record<string, string>): unknown {
  try {
    readDeclaredDigests(request(headers));
    return "accepted";
  } catch (error) {
    return error;
  }
}

describe("readDeclaredDigests", () => {
  test("a checksum header counts with its value, a trailer without", () => {
    expect(
      readDeclaredDigests(
        request({ "x-amz-checksum-crc32": "rjwt1g==", "x-amz-checksum-mode": "ENABLED" }),
      ),
    ).toEqual({ md5: undefined, checksum: { algorithm: "CRC32", value: "rjwt1g==" } });
    expect(
      readDeclaredDigests(request({ "x-amz-trailer": "X-Amz-Checksum-Crc64nvme" })).checksum,
    ).toEqual({ algorithm: "CRC64NVME", value: undefined });
  });

  test.each(["not base64", "c2hvcnQ=", "1B2M2Y8AsgTpgAmY7PhCfg", ""])(
    "Content-MD5 %j is InvalidDigest",
    (md5) => {
      expect(refusal({ "content-md5": md5 })).toMatchObject({
        code: "InvalidDigest",
        status: 400,
        extra: { "Content-MD5": md5 },
      });
    },
  );

  test("a checksum of the wrong length or alphabet names its header", () => {
    for (const value of ["AAAA", "rjwt1g", "****", "AAAAAAAAAAA="]) {
      expect(refusal({ "x-amz-checksum-crc32": value })).toMatchObject({
        code: "InvalidRequest",
        message: "Value for x-amz-checksum-crc32 header is invalid.",
      });
    }
  });

  test.each([
    { "x-amz-checksum-crc32": "rjwt1g==", "x-amz-checksum-crc32c": "rjwt1g==" },
    { "x-amz-checksum-crc32": "rjwt1g==", "x-amz-trailer": "x-amz-checksum-crc32" },
    { "x-amz-checksum-crc16": "AAA=" },
    { "x-amz-trailer": "x-amz-meta-late" },
    { "x-amz-sdk-checksum-algorithm": "CRC32" },
    { "x-amz-sdk-checksum-algorithm": "CRC16", "x-amz-checksum-crc32": "rjwt1g==" },
    { "x-amz-sdk-checksum-algorithm": "SHA1", "x-amz-checksum-crc32": "rjwt1g==" },
  ])("contradiction %j is refused", (headers) => {
    expect(refusal(headers)).toMatchObject({ code: "InvalidRequest", status: 400 });
  });

  test("the SDK's algorithm may be met by Content-MD5", () => {
    const headers = {
      "content-md5": "1B2M2Y8AsgTpgAmY7PhCfg==",
      "x-amz-sdk-checksum-algorithm": "CRC32",
    };
    expect(refusal(headers)).toBe("accepted");
  });
});
