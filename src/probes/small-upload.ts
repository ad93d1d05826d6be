import { smallContent, smallKey } from "./probe-content.ts";
import { noteMade, type Probe } from "./probe.ts";

export const smallUploadProbe: Probe = {
  name: "small-upload",
  title: "Upload a small file",
  proves: ["s3:PutObject"],
  needs: [],
  // Ceph's gateway before the fix of 2025-07 refuses every upload while BlockPublicAcls is on, so a
  // set-up that went well leaves a bucket that takes nothing. Source: ceph/ceph pull request 64290.
  explainRefusal: ({ onAws, blocksPublicAcls }) =>
    onAws || !blocksPublicAcls
      ? undefined
      : "On a Ceph gateway this may be its fault 49135: with BlockPublicAcls on it refuses every" +
        " upload. Delete the bucket's public access block and leave it unmanaged there.",
  run: async (context) => {
    const { store, prefix, call } = context;
    const key = smallKey(prefix);
    const options = { contentType: "text/plain", ...call };
    await noteMade(context, key, store.putObject(key, smallContent, options));
    return { detail: `${key}, ${smallContent.length} bytes` };
  },
};
