import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checksumAlgorithms, type ChecksumAlgorithm } from "../../core/checksum.ts";
import { checksumBase64 } from "../testing-fixtures/checksum-base64.ts";
import { compositeChecksum, createChecksum, digestBytes } from "./checksum.ts";
import { combineChecksums } from "./combine.ts";

function digest(algorithm: ChecksumAlgorithm, ...pieces: readonly Uint8Array[]): Buffer {
  const checksum = createChecksum(algorithm);
  for (const piece of pieces) checksum.update(piece);
  return checksum.digest();
}

describe("createChecksum", () => {
  it.each([
    // Check values of the CRC catalogue (reveng) and of FIPS 180-4's examples.
    ["CRC32", "123456789", "cbf43926"],
    ["CRC32C", "123456789", "e3069283"],
    ["CRC64NVME", "123456789", "ae8b14860a799888"],
    ["SHA1", "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"],
    ["SHA256", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    [
      "SHA512",
      "abc",
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a" +
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    ],
    ["MD5", "abc", "900150983cd24fb0d6963f7d28e17f72"],
    ["CRC32", "", "00000000"],
    ["CRC32C", "", "00000000"],
    ["CRC64NVME", "", "0000000000000000"],
  ] as const)("%s of %j", (algorithm, text, hex) => {
    expect(digest(algorithm, Buffer.from(text)).toString("hex")).toBe(hex);
  });

  it.each([
    // RFC 3720, B.4, bytes in the order printed there reversed.
    [Buffer.alloc(32, 0), "8a9136aa"],
    [Buffer.alloc(32, 0xff), "62a8ab43"],
    [Buffer.from(Array.from({ length: 32 }, (_, index) => index)), "46dd794e"],
  ])("CRC32C of RFC 3720's vectors", (bytes, hex) => {
    expect(digest("CRC32C", bytes).toString("hex")).toBe(hex);
  });

  it.each([
    // NVM Express Command Set specification, "64b CRC test cases", 4 KiB each.
    [Buffer.alloc(4096, 0), "6482d367eb22b64e"],
    [Buffer.alloc(4096, 0xff), "c0ddba7302eca3ac"],
  ])("CRC64NVME of the specification's vectors", (bytes, hex) => {
    expect(digest("CRC64NVME", bytes).toString("hex")).toBe(hex);
  });

  it.each(checksumAlgorithms)("%s does not depend on pieces or alignment", (algorithm) => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 70 }), { maxLength: 6 });
    fc.assert(
      fc.property(pieces, fc.nat(7), (parts, offset) => {
        const whole = Buffer.concat(parts);
        const moved = Buffer.alloc(whole.length + offset);
        moved.set(whole, offset);
        const expected = digest(algorithm, whole);
        expect(expected).toHaveLength(digestBytes[algorithm]);
        expect(digest(algorithm, ...parts).equals(expected)).toBe(true);
        expect(digest(algorithm, moved.subarray(offset)).equals(expected)).toBe(true);
      }),
    );
  });

  it.each(checksumAlgorithms)("%s notices a changed bit", (algorithm) => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 90 }), fc.nat(), (bytes, at) => {
        const changed = Buffer.from(bytes);
        const bit = at % (bytes.length * 8);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(checksumBase64(algorithm, changed)).not.toBe(checksumBase64(algorithm, bytes));
      }),
    );
  });
});

describe("combineChecksums", () => {
  it.each(["CRC32", "CRC32C", "CRC64NVME"] as const)("%s of parts is that of all", (algorithm) => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 }), (parts) => {
        const combined = combineChecksums(
          algorithm,
          parts.map((part) => ({ digest: digest(algorithm, part), lengthBytes: part.length })),
        );
        expect(combined.equals(digest(algorithm, Buffer.concat(parts)))).toBe(true);
      }),
    );
  });

  it("combines ten thousand parts of 5 GiB each without running through their bytes", () => {
    const part = { digest: digest("CRC64NVME", Buffer.from("x")), lengthBytes: 5 * 1024 ** 3 };
    expect(
      combineChecksums(
        "CRC64NVME",
        Array.from({ length: 10_000 }, () => part),
      ),
    ).toHaveLength(8);
  });

  it("keeps leading zeros", () => {
    expect(combineChecksums("CRC32", []).toString("hex")).toBe("00000000");
  });
});

describe("compositeChecksum", () => {
  it("is the checksum of the digests with their number", () => {
    const parts = [Buffer.from("a"), Buffer.from("b")].map((part) => digest("SHA256", part));
    const expected = createHash("sha256").update(Buffer.concat(parts)).digest("base64");
    expect(compositeChecksum("SHA256", parts)).toBe(`${expected}-2`);
  });
});
