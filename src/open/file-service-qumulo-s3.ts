import { takeOptions } from "../core/take-options.ts";
import { LateFileService } from "../files/late-file-service.ts";
import { loadLater } from "../files/load-later.ts";
import { getSettings } from "../settings/get-settings.ts";
import { openTransfers } from "./open-transfers.ts";
import { storageChecks, type StorageOptions } from "./storage-options.ts";

/**
 * Files on Qumulo, from the STORAGE_QUMULO_... settings whatever STORAGE_BACKEND says. Connects at
 * the first call. Throws ConfigurationError.
 *
 * @example
 * await using service = new FileServiceQumuloS3({ bucket: "lab-results" });
 * await service.getListing("exp-1");
 */
export class FileServiceQumuloS3 extends LateFileService {
  constructor(options: StorageOptions = {}) {
    const given = takeOptions("FileServiceQumuloS3", options, storageChecks);
    const settings = given.settings ?? getSettings({ flags: { backend: "qumulo" } });
    super(loadLater(openTransfers(settings, given, "qumulo")));
  }
}
