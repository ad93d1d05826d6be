import { mkdirSync } from "node:fs";
import { createDigest } from "../client/create-digest.ts";
import { StorageError } from "../core/errors.ts";
import { createFileService } from "../files/create-file-service.ts";
import type { FileService } from "../files/file-service.ts";
import type { Settings, StorageBackend } from "../settings/settings.ts";
import { connectStore } from "./connect-store.ts";
import { optedStore, type StorageOptions } from "./storage-options.ts";

/** Settings, credentials, client and files put together. Opens no connection yet. */
export function buildFileService(
  settings: Settings,
  options: StorageOptions,
  backend: StorageBackend,
): FileService {
  const store = connectStore(optedStore(settings, options, backend), options);
  const { sse, directories, replace } = options;
  const temporaryDirectory = options.temporaryDirectory ?? settings.storageLocalCacheDir;
  if (temporaryDirectory !== undefined) makeFolder(temporaryDirectory);
  return createFileService(store, {
    createDigest,
    ...(sse === undefined ? {} : { sse }),
    ...(directories === undefined ? {} : { directories }),
    ...(replace === undefined ? {} : { replace }),
    ...(temporaryDirectory === undefined ? {} : { temporaryDirectory }),
  });
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StorageError("ConfigurationError", `The cache folder cannot be made: ${reason}`, {
      cause: error,
      remedy: "Set STORAGE_LOCAL_CACHE_DIR to a folder that you may write, or leave it unset.",
    });
  }
}
