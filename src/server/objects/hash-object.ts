import { createHash } from "node:crypto";
import type { ChecksumAlgorithm, ObjectChecksum } from "../../core/checksum.ts";
import type { Engine, ObjectRecord } from "../../engine/engine.ts";
import { createChecksum } from "../../protocol/checksums/checksum.ts";

/** MD5 in hex and the whole-object checksum of stored bytes, by reading them once. */
export async function hashObject(
  engine: Engine,
  record: ObjectRecord,
  algorithm: ChecksumAlgorithm,
  dataKey?: Buffer,
): Promise<{ readonly md5: string; readonly checksum: ObjectChecksum }> {
  const md5 = createHash("md5");
  const running = createChecksum(algorithm);
  for await (const chunk of engine.read(record, undefined, dataKey)) {
    md5.update(chunk);
    running.update(chunk);
  }
  const value = running.digest().toString("base64");
  return { md5: md5.digest("hex"), checksum: { algorithm, type: "FULL_OBJECT", value } };
}
