import type { ObjectStore } from "../../core/object-store.ts";
import type { FileService } from "../../files/file-service.ts";
import type { CommandContext } from "../context.ts";

/** What a copy works with: one of each a bucket, so that connections are shared. */
export interface CopyServices {
  open(bucket: string): Promise<FileService>;
  store(bucket: string): Promise<ObjectStore>;
  close(): Promise<void>;
}

export async function openCopyServices(context: CommandContext): Promise<CopyServices> {
  const settings = await context.settings();
  const { openStorage } = await import("../../open/open-storage.ts");
  const { openObjectStore } = await import("../../open/open-object-store.ts");
  const services = new Map<string, Promise<FileService>>();
  const stores = new Map<string, Promise<ObjectStore>>();
  return {
    open: (bucket) => {
      const service = services.get(bucket) ?? openStorage(settings, { bucket });
      services.set(bucket, service);
      return service;
    },
    store: (bucket) => {
      const store = stores.get(bucket) ?? openObjectStore(settings, { bucket });
      stores.set(bucket, store);
      return store;
    },
    close: async () => {
      for (const opened of [...services.values(), ...stores.values()]) await (await opened).close();
    },
  };
}
