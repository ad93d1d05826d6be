import { createDigest } from "../client/create-digest.ts";
import { StorageError } from "../core/errors.ts";
import type { Settings, StorageBackend } from "../settings/settings.ts";
import { Buckets } from "../transfer/buckets.ts";
import { Journals } from "../transfer/journal/journals.ts";
import { makeFolder } from "../disk/make-folder.ts";
import { transferContext, type TransferContext } from "../transfer/transfer-context.ts";
import { connectStore, type StorePacing } from "./connect-store.ts";
import type { StoreListener } from "./store-listener.ts";
import { optedStore, type StorageOptions } from "./storage-options.ts";

/** One bucket, by settings, credentials and client. Opens no connection yet. Throws ConfigurationError. */
export function openTransfers(
  settings: Settings,
  options: StorageOptions & StoreListener & StorePacing,
  backend: StorageBackend = settings.storageBackend,
): TransferContext {
  const opted = optedStore(settings, options, backend);
  const store = connectStore(opted, options);
  const { sse, directories, replace, resumeFolder: folder } = options;
  const place = `${opted.endpointUrl ?? "aws"} ${store.bucket}`;
  const temporaryDirectory = options.temporaryDirectory ?? settings.storageLocalCacheDir;
  if (temporaryDirectory !== undefined) makeCacheFolder(temporaryDirectory);
  return transferContext(store, {
    createDigest,
    ...(sse !== undefined && { sse }),
    ...(directories !== undefined && { directories }),
    ...(replace !== undefined && { replace }),
    ...(temporaryDirectory !== undefined && { temporaryDirectory }),
    ...(folder !== undefined && { journals: new Journals({ folder, bucket: place }) }),
  });
}

interface WithOwners {
  /** The accounts that buckets have to belong to, of those where it is known. */
  readonly owners?: ReadonlyMap<string, string>;
}

/** All buckets of the settings' store, each opened when it is first asked for. */
export function openBuckets(
  settings: Settings,
  options: StoreListener & StorePacing & Pick<StorageOptions, "resumeFolder"> & WithOwners = {},
): Buckets {
  const { owners, ...others } = options;
  return new Buckets((bucket) => {
    const owner = owners?.get(bucket);
    const owned = owner === undefined ? {} : { expectedBucketOwner: owner };
    return openTransfers(settings, { ...others, ...owned, bucket });
  });
}

function makeCacheFolder(path: string): void {
  try {
    makeFolder(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StorageError("ConfigurationError", `The cache folder cannot be made: ${reason}`, {
      cause: error,
      remedy: "Set STORAGE_LOCAL_CACHE_DIR to a folder that you may write, or leave it unset.",
    });
  }
}
