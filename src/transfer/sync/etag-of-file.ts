import { createHash, type Hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { mib, transferLimits } from "../../core/limits.ts";
import { steadyNow } from "../../core/steady-now.ts";

/** What the ETag of an object says of a file of its size. */
export type EtagVerdict = "same" | "differs" | "unknown";

/**
 * Part sizes that clients use, in MiB: this one and the AWS CLI 8; 16 for large files; s5cmd 50; the
 * least that S3 takes 5; and others that are set by hand.
 */
const usualPartsMib = [8, 16, 5, 50, 64, 10, 32, 100, 128, 15, 20, 25, 256, 512, 1024];
const mostTrials = 4;

/**
 * Reads a file and compares it with an ETag: its MD5, or the MD5 of its parts' MD5s where a usual part
 * size makes as many parts. An ETag of any other kind tells nothing. Throws what the disk throws.
 */
export async function etagOfFile(
  path: string,
  sizeBytes: number,
  etag: string,
): Promise<EtagVerdict> {
  const bare = etag.replaceAll('"', "");
  if (/^[0-9a-f]{32}$/.test(bare)) {
    if (sizeBytes <= smallBytes && usualReadMs < slowReadMs)
      return digestNow(path) === bare ? "same" : "differs";
    return (await digestOf(path, sizeBytes, Number.POSITIVE_INFINITY)) === bare
      ? "same"
      : "differs";
  }
  const [, digest, count] = /^([0-9a-f]{32})-(\d{1,5})$/.exec(bare) ?? [];
  if (digest === undefined || count === undefined) return "unknown";
  for (const partBytes of possibleParts(sizeBytes, Number(count))) {
    if ((await digestOf(path, sizeBytes, partBytes)) === digest) return "same";
  }
  return "unknown";
}

/** To read a small file of a local disk takes less time than to have it read in another thread. */
const smallBytes = 65_536;
const slowReadMs = 2;
/** Of the last reads, roughly: one that had to wait for the processor tells nothing. */
let usualReadMs = 0;

function digestNow(path: string): string {
  const from = steadyNow();
  const digest = createHash("md5").update(readFileSync(path)).digest("hex");
  usualReadMs += (steadyNow() - from - usualReadMs) / 16;
  return digest;
}

function possibleParts(sizeBytes: number, count: number): number[] {
  const even = Math.ceil(sizeBytes / count / mib) * mib;
  const sizes = [...usualPartsMib.map((size) => size * mib), even];
  const fitting = sizes.filter(
    (size) => size > 0 && Math.max(1, Math.ceil(sizeBytes / size)) === count,
  );
  return [...new Set(fitting)].slice(0, mostTrials);
}

/** Of the whole, or of the digests of its parts. */
async function digestOf(path: string, sizeBytes: number, partBytes: number): Promise<string> {
  const file = await open(path);
  const isWhole = !Number.isFinite(partBytes);
  const whole = createHash("md5");
  const addPart = (part: Hash): unknown => !isWhole && whole.update(part.digest());
  try {
    const buffer = Buffer.allocUnsafe(Math.min(transferLimits.fileChunkBytes, sizeBytes + 1));
    let part = isWhole ? whole : createHash("md5");
    let left = partBytes;
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, left));
      if (bytesRead === 0) break;
      part.update(buffer.subarray(0, bytesRead));
      left -= bytesRead;
      if (left > 0) continue;
      addPart(part);
      part = createHash("md5");
      left = partBytes;
    }
    if (left < partBytes) addPart(part);
    return whole.digest("hex");
  } finally {
    await file.close();
  }
}
