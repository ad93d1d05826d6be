import { takeOptions } from "../core/take-options.ts";
import { LateFileService } from "../files/late-file-service.ts";
import { loadLater } from "../files/load-later.ts";
import { getSettings } from "../settings/get-settings.ts";
import { openTransfers } from "./open-transfers.ts";
import { storageChecks, type StorageOptions } from "./storage-options.ts";

/**
 * Files on AWS S3 or any store that speaks S3, from the STORAGE_S3_... settings whatever
 * STORAGE_BACKEND says. Connects at the first call. Throws ConfigurationError.
 *
 * @example
 * await using service = new FileServiceS3({ bucket: "lab-results" });
 * await service.uploadFile("out/mass.tsv", "exp-1/mass.tsv");
 */
export class FileServiceS3 extends LateFileService {
  constructor(options: StorageOptions = {}) {
    const given = takeOptions("FileServiceS3", options, storageChecks);
    const settings = given.settings ?? getSettings({ flags: { backend: "s3" } });
    super(loadLater(openTransfers(settings, given, "s3")));
  }
}
