import type { TransferContext } from "../transfer/transfer-context.ts";
import type { LateParts } from "./late-file-service.ts";

/** A service on a context, loaded when it is opened. Apart from its class, whose types everybody sees. */
export function loadLater(context: TransferContext): LateParts {
  return {
    store: context.store,
    open: async () => {
      const { fileServiceOn } = await import("./file-service-on.ts");
      return fileServiceOn(context);
    },
  };
}
