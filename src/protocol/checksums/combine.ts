import { assert } from "../../core/assert.ts";
import type { CombinableAlgorithm, PartDigest } from "../../core/checksum.ts";

interface Field {
  readonly bits: bigint;
  /** Bit-reversed, as the CRCs are. */
  readonly polynomial: bigint;
  /** x^(2^k) for k = 0, 1, ..., grown when needed. */
  readonly powers: bigint[];
}

const fields: Record<CombinableAlgorithm, Field> = {
  CRC32: field(32n, 0xed_b8_83_20n),
  CRC32C: field(32n, 0x82_f6_3b_78n),
  CRC64NVME: field(64n, 0x9a_6c_93_29_ac_4b_c9_b5n),
};

/**
 * The checksum of all parts' bytes in a row, from the checksums of the parts alone. A CRC moves past
 * n more bytes by a multiplication with x^(8n); what the parts' own starts and ends add cancels out.
 * Of no parts: the checksum of no bytes.
 */
export function combineChecksums(
  algorithm: CombinableAlgorithm,
  parts: readonly PartDigest[],
): Buffer {
  const { bits } = fields[algorithm];
  const digestBytes = Number(bits) / 8;
  const shifts = new Map<number, bigint>();
  let combined = 0n;
  for (const { digest, lengthBytes } of parts) {
    assert(digest.length === digestBytes, `a ${algorithm} digest has ${digestBytes} bytes`);
    // Parts are mostly of one size, so the costly power is computed once.
    let shift = shifts.get(lengthBytes);
    if (shift === undefined) {
      shift = powerOfBytes(fields[algorithm], lengthBytes);
      shifts.set(lengthBytes, shift);
    }
    combined = multiply(fields[algorithm], shift, combined) ^ toBigInt(digest);
  }
  return Buffer.from(combined.toString(16).padStart(digestBytes * 2, "0"), "hex");
}

function field(bits: bigint, polynomial: bigint): Field {
  return { bits, polynomial, powers: [1n << (bits - 2n)] };
}

/** a * b modulo the polynomial; the highest bit stands for x^0. */
function multiply({ bits, polynomial }: Field, a: bigint, b: bigint): bigint {
  let product = 0n;
  let factor = b;
  for (let mask = 1n << (bits - 1n); mask > 0n; mask >>= 1n) {
    if ((a & mask) !== 0n) product ^= factor;
    factor = (factor & 1n) === 0n ? factor >> 1n : (factor >> 1n) ^ polynomial;
  }
  return product;
}

/** x^(8 * lengthBytes). */
function powerOfBytes(within: Field, lengthBytes: number): bigint {
  let power = 1n << (within.bits - 1n);
  let rest = BigInt(lengthBytes);
  for (let k = 3; rest > 0n; k += 1) {
    if ((rest & 1n) === 1n) power = multiply(within, powerOfTwo(within, k), power);
    rest >>= 1n;
  }
  return power;
}

function powerOfTwo(within: Field, k: number): bigint {
  const { powers } = within;
  while (powers.length <= k) {
    const last = powers.at(-1) ?? 0n;
    powers.push(multiply(within, last, last));
  }
  return powers[k] ?? 0n;
}

function toBigInt(digest: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(digest).toString("hex")}`);
}
