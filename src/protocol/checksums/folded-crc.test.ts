import * as fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { foldableCrcs } from "./checksum.ts";
import { FoldKernel } from "./fold-kernel.ts";
import { FoldedCrc } from "./folded-crc.ts";

const algorithms = ["CRC32", "CRC32C", "CRC64NVME"] as const;

/** Of the CRC catalogue (reveng) and the NVM Express Command Set specification, x^0 lowest. */
const polynomials = {
  CRC32: 0x1_04_c1_1d_b7n,
  CRC32C: 0x1_1e_dc_6f_41n,
  CRC64NVME: 0x1_ad_93_d2_35_94_c9_36_59n,
};

/** x^exponent modulo the polynomial. */
function power(exponent: number, polynomial: bigint): bigint {
  const top = 1n << BigInt(polynomial.toString(2).length - 1);
  let value = 1n;
  for (let step = 0; step < exponent; step += 1) {
    value <<= 1n;
    if ((value & top) !== 0n) value ^= polynomial;
  }
  return value;
}

/** The constructor of a module that an engine does not take. */
function refuse(): never {
  throw new Error("Invalid opcode 0xfd");
}

/** Bytes that look random, the same in each run. */
function noise(lengthBytes: number): Buffer {
  const bytes = Buffer.allocUnsafe(lengthBytes);
  let state = 1;
  for (let index = 0; index < lengthBytes; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

const message = noise(300_000);

afterEach(() => vi.unstubAllGlobals());

describe.each(algorithms)("folding %s", (algorithm) => {
  const crc = foldableCrcs[algorithm];
  const byTables = (bytes: Uint8Array): Buffer => {
    const plain = crc.resume();
    plain.update(bytes);
    return plain.digest();
  };

  it("goes by distances that add nothing modulo the polynomial", () => {
    const polynomial = polynomials[algorithm];
    const longest = Math.max(...crc.distances);
    let sum = power(8 * longest, polynomial);
    for (const distance of crc.distances) sum ^= power(8 * (longest - distance), polynomial);
    expect(sum).toBe(0n);
    // Four vectors at a time, none of which may depend on another.
    expect(Math.min(...crc.distances)).toBeGreaterThanOrEqual(64);
  });

  it("gives what tables give, however the bytes are cut", () => {
    const eager = { ...crc, foldFromBytes: 8 };
    expect(FoldKernel.create(crc.distances)).toBeDefined();
    const cuts = fc.array(fc.nat(message.length), { maxLength: 8 });
    fc.assert(
      fc.property(fc.nat(40), fc.nat(message.length), cuts, (from, to, at) => {
        const bytes = message.subarray(Math.min(from, to), Math.max(from, to));
        const ends = [...at.map((end) => end % (bytes.length + 1)), bytes.length].toSorted(
          (a, b) => a - b,
        );
        const folded = new FoldedCrc(eager);
        const usual = new FoldedCrc(crc);
        let begin = 0;
        for (const end of ends) {
          folded.update(bytes.subarray(begin, end));
          usual.update(bytes.subarray(begin, end));
          begin = end;
        }
        const expected = byTables(bytes).toString("hex");
        expect(folded.digest().toString("hex")).toBe(expected);
        expect(usual.digest().toString("hex")).toBe(expected);
      }),
      { numRuns: 60 },
    );
  });

  it("goes on after a digest, and beside others", () => {
    const first = new FoldedCrc(crc);
    const second = new FoldedCrc(crc);
    const half = 150_001;
    first.update(message.subarray(0, half));
    second.update(message.subarray(half));
    expect(first.digest()).toEqual(byTables(message.subarray(0, half)));
    first.update(message.subarray(half));
    expect(first.digest()).toEqual(byTables(message));
    expect(second.digest()).toEqual(byTables(message.subarray(half)));
  });

  it("works by tables alone without WebAssembly, or without its vectors", () => {
    const without = (engine: unknown): Buffer => {
      vi.stubGlobal("WebAssembly", engine);
      // Of its own, since what an engine can do is found out once.
      const checksum = new FoldedCrc({ ...crc });
      checksum.update(message);
      return checksum.digest();
    };
    expect(without(undefined)).toEqual(byTables(message));
    expect(without({ Module: refuse })).toEqual(byTables(message));
  });
});
