import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { expect, it } from "vitest";
import { checksumOfParts } from "./checksum-of-parts.ts";

const parts = [Buffer.from("simulation "), Buffer.from("of microbes")];
const crc32Of = (bytes: Buffer): Buffer => {
  const digest = Buffer.alloc(4);
  digest.writeUInt32BE(crc32(bytes));
  return digest;
};
const sha256Of = (bytes: Buffer): Buffer => createHash("sha256").update(bytes).digest();
const summed = (digestOf: (bytes: Buffer) => Buffer) =>
  parts.map((bytes) => ({ value: digestOf(bytes).toString("base64"), lengthBytes: bytes.length }));

it("is that of all bytes where the algorithm can be combined", () => {
  const value = crc32Of(Buffer.concat(parts)).toString("base64");
  const expected = { algorithm: "CRC32", type: "FULL_OBJECT", value };
  expect(checksumOfParts("CRC32", "FULL_OBJECT", summed(crc32Of))).toEqual(expected);
});

it("is that of the parts' digests, with their number", () => {
  const value = `${sha256Of(Buffer.concat(parts.map(sha256Of))).toString("base64")}-2`;
  const expected = { algorithm: "SHA256", type: "COMPOSITE", value };
  expect(checksumOfParts("SHA256", "COMPOSITE", summed(sha256Of))).toEqual(expected);
});

it.each(["FULL_OBJECT", "COMPOSITE"] as const)("is none when a part has none: %s", (type) => {
  const [first, second] = summed(crc32Of);
  const without = [first, { ...second, value: undefined }].map((part) => ({
    value: part?.value,
    lengthBytes: part?.lengthBytes ?? 0,
  }));
  expect(checksumOfParts("CRC32", type, without)).toBeUndefined();
});

it.each(["SHA1", "SHA256"] as const)("is none of a whole object by %s", (algorithm) => {
  expect(checksumOfParts(algorithm, "FULL_OBJECT", summed(sha256Of))).toBeUndefined();
});
