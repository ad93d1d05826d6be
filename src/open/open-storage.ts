import { takeOptions } from "../core/take-options.ts";
import type { FileService } from "../files/file-service.ts";
import { LateFileService } from "../files/late-file-service.ts";
import { loadLater } from "../files/load-later.ts";
import { getSettings } from "../settings/get-settings.ts";
import type { Settings } from "../settings/settings.ts";
import { openTransfers } from "./open-transfers.ts";
import { checkSettings, storageChecks, type StorageOptions } from "./storage-options.ts";

const { settings: _apart, ...checks } = storageChecks;

/**
 * The file service of the chosen backend: S3 or Qumulo, as STORAGE_BACKEND says. Connects at the
 * first call. Rejects with ConfigurationError.
 *
 * @example
 * await using service = await openStorage(getSettings(), { bucket: "lab-results" });
 */
export async function openStorage(
  settings: Settings = getSettings(),
  options: Omit<StorageOptions, "settings"> = {},
): Promise<FileService> {
  checkSettings("openStorage", settings);
  const given = takeOptions("openStorage", options, checks);
  return new LateFileService(loadLater(openTransfers(settings, given)));
}
