import { smallContent, smallKey } from "./probe-content.ts";
import { ProbeFailed, ProbeNotSupported, type Probe } from "./probe.ts";
import { whenVisible } from "./when-visible.ts";

export const attributesProbe: Probe = {
  name: "attributes",
  title: "Get object attributes",
  proves: ["s3:GetObjectAttributes", "s3:GetObject"],
  needs: ["small-upload"],
  run: async (context) => {
    if (context.store.capabilities.objectAttributes === "no") {
      throw new ProbeNotSupported("this store has no GetObjectAttributes");
    }
    const key = smallKey(context.prefix);
    const { sizeBytes } = await whenVisible(context, () =>
      context.store.getObjectAttributes(key, context.call),
    );
    if (sizeBytes !== smallContent.length) {
      throw new ProbeFailed(
        `The attributes say ${sizeBytes} bytes; ${smallContent.length} were written.`,
      );
    }
    return { detail: `${sizeBytes} bytes` };
  },
};
