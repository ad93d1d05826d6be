import {
  checkArgument,
  isCallback,
  isFilledText,
  isStore,
  type OptionChecks,
} from "../core/check-options.ts";
import type { ObjectStore } from "../core/object-store.ts";
import { takeOptions } from "../core/take-options.ts";
import { transferContext } from "../transfer/transfer-context.ts";
import type { TransferWishes } from "../transfer/transfer-wishes.ts";
import type { FileService } from "./file-service.ts";
import { LateFileService } from "./late-file-service.ts";
import { loadLater } from "./load-later.ts";
import { isDirectoriesChoice, isEncryptionChoice, isReplaceStrategy } from "./option-checks.ts";

const checks: OptionChecks<TransferWishes> = {
  sse: isEncryptionChoice,
  directories: isDirectoriesChoice,
  replace: isReplaceStrategy,
  temporaryDirectory: isFilledText,
  createDigest: isCallback,
  randomName: isCallback,
};

/**
 * A file service on any store. `close()` closes the store too. Throws InvalidArgument.
 *
 * @example
 * await using service = createFileService(store);
 * await service.write("exp-1/done", "");
 */
export function createFileService(store: ObjectStore, options: TransferWishes = {}): FileService {
  checkArgument("createFileService", "the store", store, isStore);
  const given = takeOptions("createFileService", options, checks);
  return new LateFileService(loadLater(transferContext(store, given)));
}
