import { smallContent, smallKey } from "./probe-content.ts";
import type { Probe } from "./probe.ts";

export const smallUploadProbe: Probe = {
  name: "small-upload",
  title: "Upload a small file",
  proves: ["s3:PutObject"],
  needs: [],
  run: async ({ store, prefix, made, call }) => {
    const key = smallKey(prefix);
    const put = await store.putObject(key, smallContent, { contentType: "text/plain", ...call });
    made.push({ key, versionId: put.versionId });
    return { detail: `${key}, ${smallContent.length} bytes` };
  },
};
