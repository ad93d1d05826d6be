import { smallKey } from "./probe-content.ts";
import { ProbeFailed, type Probe } from "./probe.ts";

export const listProbe: Probe = {
  name: "list",
  title: "List the files",
  proves: ["s3:ListBucket"],
  needs: ["small-upload"],
  run: async ({ store, prefix, call }) => {
    const { objects } = await store.listObjects({ prefix, ...call });
    const found = objects.find(({ key }) => key === smallKey(prefix));
    if (found === undefined) throw new ProbeFailed("The file just written is not in the list.");
    return { detail: `${objects.length} under ${prefix}` };
  },
};
