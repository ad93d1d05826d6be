import { describe, expect, it } from "vitest";
import { centralHeader, dataDescriptor, endRecords, localHeader } from "./zip-records.ts";

const gib = 2 ** 30;
const entry = {
  name: Buffer.from("a"),
  isFolder: false,
  modifiedSeconds: Date.parse("2026-11-27T04:05:06Z") / 1000,
  method: "deflate",
  isStreamed: true,
  isLarge: true,
} as const;
const sizes = { crc32: 7, packedBytes: 5 * gib, sizeBytes: 6 * gib };

describe("records of a ZIP archive", () => {
  it("say sizes and places beyond 4 GiB in 64 bits", () => {
    const local = localHeader(entry, undefined);
    expect(local.readUInt16LE(4)).toBe(45);
    expect(local.readUInt32LE(18)).toBe(0xffffffff);
    expect(local.readUInt16LE(31)).toBe(1);
    const descriptor = dataDescriptor(entry, sizes);
    expect(descriptor.readBigUInt64LE(8)).toBe(BigInt(5 * gib));
    expect(descriptor.readBigUInt64LE(16)).toBe(BigInt(6 * gib));
    const central = centralHeader(entry, sizes, 7 * gib);
    expect([20, 24, 42].map((at) => central.readUInt32LE(at))).toEqual(Array(3).fill(0xffffffff));
    const wide = [51, 59, 67].map((at) => central.readBigUInt64LE(at));
    expect(wide).toEqual([6, 5, 7].map((value) => BigInt(value * gib)));
  });

  it("say in 64 bits only what needs them", () => {
    const central = centralHeader(entry, { ...sizes, packedBytes: 5 }, 9);
    expect([20, 24, 42].map((at) => central.readUInt32LE(at))).toEqual([5, 0xffffffff, 9]);
    expect(central.readUInt16LE(49)).toBe(8);
  });

  it.each([
    ["more members than 16 bits count", { entries: 70_000, sizeBytes: 9, offset: 9 }],
    ["an archive of more than 4 GiB", { entries: 1, sizeBytes: 9, offset: 5 * gib }],
  ])("end with those of 64 bits for %s", (_what, directory) => {
    const end = endRecords(directory);
    expect(end).toHaveLength(56 + 20 + 22);
    expect(end.readBigUInt64LE(32)).toBe(BigInt(directory.entries));
    expect(end.readBigUInt64LE(48)).toBe(BigInt(directory.offset));
    expect(end.readBigUInt64LE(64)).toBe(BigInt(directory.offset + directory.sizeBytes));
  });

  it("end in 22 bytes otherwise", () => {
    expect(endRecords({ entries: 3, sizeBytes: 9, offset: 9 })).toHaveLength(22);
  });

  it.each([
    ["2026-11-27T04:05:06Z", [2026, 11, 27, 4, 5, 6]],
    ["1970-01-01T00:00:00Z", [1980, 1, 1, 0, 0, 0]],
    ["2200-01-01T00:00:00Z", [2107, 12, 31, 23, 59, 58]],
  ])("tell %s in UTC, as far as DOS goes", (time, parts) => {
    const head = localHeader({ ...entry, modifiedSeconds: Date.parse(time) / 1000 }, undefined);
    const [clock, date] = [head.readUInt16LE(10), head.readUInt16LE(12)];
    const day = [(date >> 9) + 1980, (date >> 5) & 15, date & 31];
    expect([...day, clock >> 11, (clock >> 5) & 63, (clock & 31) * 2]).toEqual(parts);
  });
});
