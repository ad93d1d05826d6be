import type { ObjectStore } from "../core/object-store.ts";
import { transferContext } from "../transfer/transfer-context.ts";
import type { TransferWishes } from "../transfer/transfer-wishes.ts";
import type { FileService } from "./file-service.ts";
import { LateFileService } from "./late-file-service.ts";

/** A file service on any store. `close()` closes the store too. */
export function createFileService(store: ObjectStore, options: TransferWishes = {}): FileService {
  return new LateFileService(transferContext(store, options));
}
