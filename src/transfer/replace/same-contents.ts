import { createHash } from "node:crypto";
import { transferLimits } from "../../core/limits.ts";
import type { ObjectHead, ObjectStore } from "../../core/object-store.ts";

/**
 * Whether two objects hold the same bytes: by their checksums where both have one, else by reading
 * them. Undefined: they are too large to be read for that.
 */
export async function sameContents(
  store: ObjectStore,
  one: ObjectHead,
  other: ObjectHead,
): Promise<boolean | undefined> {
  if (one.sizeBytes !== other.sizeBytes) return false;
  const { checksum } = one;
  if (checksum !== undefined && other.checksum?.algorithm === checksum.algorithm) {
    if (checksum.type === other.checksum.type) return checksum.value === other.checksum.value;
  }
  if (one.sizeBytes > transferLimits.comparedBytes) return undefined;
  return (await digestOf(store, one.key)) === (await digestOf(store, other.key));
}

async function digestOf(store: ObjectStore, key: string): Promise<string> {
  const digest = createHash("sha256");
  const { body } = await store.getObject(key, { timeoutMs: transferLimits.bodyResumeMs });
  for await (const chunk of body) digest.update(chunk);
  return digest.digest("hex");
}
