import { randomBytes } from "node:crypto";

const poolBytes = 4096;
let pool: Buffer = Buffer.alloc(0);

/**
 * As `randomBytes` of node:crypto, a few at a time: asking for them costs as much for 4 KiB as for eight
 * bytes, and every request needs some. No byte is given out twice.
 */
export function drawBytes(count: number): Buffer {
  if (count > poolBytes) return randomBytes(count);
  if (pool.length < count) pool = randomBytes(poolBytes);
  const drawn = pool.subarray(0, count);
  pool = pool.subarray(count);
  return drawn;
}
