import { s3Limits } from "../../core/limits.ts";
import type { ProbedFact } from "../../core/store-profile.ts";
import {
  attempt,
  type Attempt,
  type CapabilityContext,
  type CapabilityProbe,
  fact,
  refusalOf,
  refused,
} from "./capability-probe.ts";

const block = 4096;
const least = s3Limits.minPartBytes;

/** Sizes of parts that only a store without a rule takes, from the most regular on. */
const shapes = {
  equal: [least, least, 1],
  aligned: [least + block, least, 1],
  any: [least + 1, least, 1],
} as const;

const sizes: CapabilityProbe = {
  names: ["equalParts", "partSizeMultipleBytes"],
  async run(context) {
    const any = await upload(context, "any", shapes.any);
    if (any.ok) {
      const detail = "parts of any size from 5 MiB on";
      return [fact("equalParts", false, detail), multiple(1, detail)];
    }
    const why = refusalOf(any.error);
    const aligned = await upload(context, "aligned", shapes.aligned);
    if (aligned.ok) {
      const detail = `a part of 5 MiB and a byte was refused: ${why}; one of 5 MiB and 4,096 was not`;
      return [fact("equalParts", false, detail), multiple(block, detail)];
    }
    const equal = await upload(context, "equal", shapes.equal);
    if (!equal.ok) throw equal.error;
    const detail = `parts of different sizes were refused: ${why}; equal ones were not`;
    return [fact("equalParts", true, detail), multiple(1, detail)];
  },
};

function multiple(finding: number, detail: string): ProbedFact {
  return { name: "partSizeMultipleBytes", finding, detail };
}

async function upload(
  { store, prefix, call }: CapabilityContext,
  name: string,
  partSizes: readonly number[],
): Promise<Attempt<unknown>> {
  const key = `${prefix}parts-${name}`;
  const uploadId = await store.createMultipartUpload(key, { ...call, checksumAlgorithm: "none" });
  const send = async (): Promise<unknown> => {
    const parts = [];
    for (const [index, sizeBytes] of partSizes.entries()) {
      const address = { key, uploadId, partNumber: index + 1 };
      const body = Buffer.alloc(sizeBytes, index);
      parts.push(await store.uploadPart(address, body, { ...call, checksum: "none" }));
    }
    return store.completeMultipartUpload({ key, uploadId }, parts, call);
  };
  const done = await attempt(send());
  if (!done.ok) await store.abortMultipartUpload({ key, uploadId }, call).catch(() => false);
  return done;
}

const copies: CapabilityProbe = {
  names: ["copyPart"],
  async run({ store, prefix, call }) {
    const from = `${prefix}copy-from`;
    const key = `${prefix}copy-part`;
    await store.putObject(from, Buffer.from("copied"), call);
    const uploadId = await store.createMultipartUpload(key, { ...call, checksumAlgorithm: "none" });
    const copied = await attempt(
      store.uploadPartCopy({ key, uploadId, partNumber: 1 }, { key: from }, call),
    );
    if (!copied.ok) {
      await store.abortMultipartUpload({ key, uploadId }, call).catch(() => false);
      return [refused("copyPart", copied.error)];
    }
    await store.completeMultipartUpload({ key, uploadId }, [copied.value], call);
    return [fact("copyPart", true, "an object copied as a part")];
  },
};

/** Rules of multipart uploads. They send some 10 MiB, at most 30. */
export const partProbes: readonly CapabilityProbe[] = [sizes, copies];
