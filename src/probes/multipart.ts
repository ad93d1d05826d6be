import { s3Limits } from "../core/limits.ts";
import { setupLimits } from "../core/setup-limits.ts";
import type { UploadedPart } from "../core/object-store.ts";
import { firstDifference, largeKey, patternBytes } from "./probe-content.ts";
import { noteMade, ProbeFailed, type Probe, type ProbeContext } from "./probe.ts";
import { whenVisible } from "./when-visible.ts";

/** Large files go in parts, which asks for more than small ones: under KMS for kms:Decrypt too. */
export const multipartProbe: Probe = {
  name: "multipart",
  title: "Upload a file of over 8 MiB in parts and compare it",
  proves: ["s3:PutObject", "s3:GetObject"],
  needs: [],
  run: async (context) => {
    const { store, prefix, call, unfinished } = context;
    const key = largeKey(prefix);
    const bytes = patternBytes(setupLimits.probeBytes);
    const upload = { key, uploadId: await store.createMultipartUpload(key, call) };
    // Until it is completed; the clean-up ends it otherwise.
    unfinished.push(upload);
    const parts = await uploadParts(context, upload, bytes);
    await noteMade(context, key, store.completeMultipartUpload(upload, parts, call));
    unfinished.splice(unfinished.indexOf(upload), 1);
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
