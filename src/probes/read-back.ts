import { firstDifference, smallContent, smallKey } from "./probe-content.ts";
import { ProbeFailed, type Probe } from "./probe.ts";
import { whenVisible } from "./when-visible.ts";

export const readBackProbe: Probe = {
  name: "read-back",
  title: "Read it back and compare",
  proves: ["s3:GetObject"],
  needs: ["small-upload"],
  run: async (context) => {
    const key = smallKey(context.prefix);
    const { body } = await whenVisible(context, () => context.store.getObject(key, context.call));
    const difference = await firstDifference(body, smallContent);
    if (difference !== undefined) {
      throw new ProbeFailed(`The file read differs from the one written, from byte ${difference}.`);
    }
    const head = await context.store.headObject(key, context.call);
    if (head.sizeBytes !== smallContent.length) {
      throw new ProbeFailed(
        `HEAD says ${head.sizeBytes} bytes; ${smallContent.length} were written.`,
      );
    }
    return { detail: "every byte alike" };
  },
};
