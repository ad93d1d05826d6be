import { s3Limits } from "../core/limits.ts";
import { setupLimits } from "../core/setup-limits.ts";
import type { UploadedPart } from "../core/object-store.ts";
import { firstDifference, largeKey, patternBytes } from "./probe-content.ts";
import { ProbeFailed, type Probe, type ProbeContext } from "./probe.ts";
import { whenVisible } from "./when-visible.ts";

/** Large files go in parts, which asks for more than small ones: under KMS for kms:Decrypt too. */
export const multipartProbe: Probe = {
  name: "multipart",
  title: "Upload a file of over 8 MiB in parts and compare it",
  proves: ["s3:PutObject", "s3:GetObject"],
  needs: [],
  run: async (context) => {
    const { store, prefix, made } = context;
    const key = largeKey(prefix);
    const bytes = patternBytes(setupLimits.probeBytes);
    const uploadId = await store.createMultipartUpload(key, context.call);
    try {
      const parts = await uploadParts(context, { key, uploadId }, bytes);
      const put = await store.completeMultipartUpload({ key, uploadId }, parts, context.call);
      made.push({ key, versionId: put.versionId });
    } catch (error) {
      // The first failure is the one that is reported; the lifecycle rule deletes what is left.
      await store.abortMultipartUpload({ key, uploadId }).catch(() => undefined);
      throw error;
    }
    const { body } = await whenVisible(context, () => store.getObject(key, context.call));
    const difference = await firstDifference(body, bytes);
    if (difference !== undefined) {
      throw new ProbeFailed(`The file read differs from the one written, from byte ${difference}.`);
    }
    return { detail: `${bytes.length} bytes, every one alike` };
  },
};

async function uploadParts(
  { store, call }: ProbeContext,
  upload: { readonly key: string; readonly uploadId: string },
  bytes: Buffer,
): Promise<UploadedPart[]> {
  const parts: UploadedPart[] = [];
  for (let start = 0, partNumber = 1; start < bytes.length; partNumber += 1) {
    const end = Math.min(bytes.length, start + s3Limits.minPartBytes);
    parts.push(await store.uploadPart({ ...upload, partNumber }, bytes.subarray(start, end), call));
    start = end;
  }
  return parts;
}
