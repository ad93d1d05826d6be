import { randomBytes } from "node:crypto";

const poolBytes = 4096;
let pool: Buffer = Buffer.alloc(0);
let drawnBytes = 0;

/**
 * As `randomBytes` of node:crypto, a few at a time: asking for them costs as much for 4 KiB as for eight
 * bytes, and every request needs some. No byte is given out twice.
 */
export function drawBytes(count: number): Buffer {
  if (count > poolBytes) return randomBytes(count);
  if (drawnBytes + count > pool.length) {
    pool = randomBytes(poolBytes);
    drawnBytes = 0;
  }
  const drawn = pool.subarray(drawnBytes, drawnBytes + count);
  drawnBytes += count;
  return drawn;
}
