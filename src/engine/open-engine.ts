import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { StorageError } from "../core/errors.ts";
import { BlobFiles } from "./blob-files.ts";
import { BlobPins } from "./blob-pins.ts";
import { BucketStore } from "./bucket-store.ts";
import { ContentStore } from "./content-store.ts";
import { lockDirectory } from "./directory-lock.ts";
import type { DirectoryLock } from "./directory-lock.ts";
import { assembleEngine } from "./embedded-engine.ts";
import type { Durability, Engine, EngineOptions, EngineStatus } from "./engine.ts";
import { GarbageCollector } from "./garbage-collector.ts";
import { GroupCommit, SEQUENCE_KEY } from "./group-commit.ts";
import { openIndexFile } from "./index-file.ts";
import type { IndexStore } from "./index-store.ts";
import { Listing } from "./listing.ts";
import { loadLmdb } from "./load-lmdb.ts";
import { MultipartStore } from "./multipart-store.ts";
import { nodeDisk } from "./node-disk.ts";
import { ObjectStore } from "./object-store.ts";
import { Quarantine } from "./quarantine.ts";
import { findOrphans, pendingGarbage } from "./recovery.ts";
import { Sequence } from "./sequence.ts";
import { SpaceGuard } from "./space-guard.ts";
import { Staging } from "./staging.ts";
import { prepareDirectory } from "./store-format.ts";

const INDEX_DIRECTORY = "index";
const BLOB_DIRECTORY = "blobs";
const QUARANTINE_DIRECTORY = "quarantine";

/**
 * Opens a data directory, making it when it is missing, and brings it in order after a crash.
 * Throws StorageError `Conflict` when another process has it open, `ConfigurationError` when it has a
 * newer format or cannot be used, and `IntegrityError` when its index is lost or damaged.
 */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const durability = options.durability ?? "durable";
  if (durability === "memory") {
    const directory = await mkdtemp(join(tmpdir(), "sms-storage-"));
    try {
      return await openDirectory(directory, durability, options);
    } catch (error) {
      await removeDirectory(directory);
      throw error;
    }
  }
  if (options.directory === undefined) {
    throw new StorageError("ConfigurationError", "The embedded store needs a data directory.", {
      remedy: 'Name one, or choose durability "memory".',
    });
  }
  return await openDirectory(resolve(options.directory), durability, options);
}

async function openDirectory(
  directory: string,
  durability: Durability,
  options: EngineOptions,
): Promise<Engine> {
  // First: without it, no folder is made.
  await loadLmdb();
  await prepareDirectory(directory);
  const lock = await lockDirectory(directory);
  let index: IndexStore | undefined;
  try {
    const indexDirectory = join(directory, INDEX_DIRECTORY);
    index = await openIndexFile(indexDirectory, durability, !lock.takenOver);
    return await buildEngine({ directory, durability, lock, index, options });
  } catch (error) {
    await index?.close();
    await lock.release(false);
    throw error;
  }
}

interface Opened {
  readonly directory: string;
  readonly durability: Durability;
  readonly lock: DirectoryLock;
  readonly index: IndexStore;
  readonly options: EngineOptions;
}

async function buildEngine(opened: Opened): Promise<Engine> {
  const { directory, durability, lock, index, options } = opened;
  const { tables } = index;
  const disk = options.disk ?? nodeDisk;
  const now = options.now ?? (() => new Date());
  const last = lastSequence(index);
  const commit = new GroupCommit(index, new Sequence(now, last ?? 0));
  const blobDirectory = join(directory, BLOB_DIRECTORY);
  await disk.makeDirectory(blobDirectory);
  // LMDB does not flush the entries of its new files.
  await nodeDisk.syncDirectory(join(directory, INDEX_DIRECTORY));
  await nodeDisk.syncDirectory(directory);
  const files = new BlobFiles({
    disk,
    directory: blobDirectory,
    flush: durability !== "memory",
    onSyncFailure: (reason) => commit.makeReadOnly(reason),
  });
  const pins = new BlobPins();
  const collector = new GarbageCollector(files, pins, commit, tables.garbage);
  const content = new ContentStore({
    tables,
    pins,
    now,
    onGarbage: (id) => collector.add([id]),
  });
  const buckets = new BucketStore(tables);
  const quarantine = new Quarantine(disk, join(directory, QUARANTINE_DIRECTORY), now);
  const space = new SpaceGuard(disk, directory, async () => await quarantine.giveWay());
  const staging = new Staging(files, space, () => commit.readOnlyReason === undefined);
  const objects = new ObjectStore({ tables, commit, buckets, content, files, now });
  const uploads = new MultipartStore({ tables, commit, buckets, content, objects, now });

  if (last === undefined) await beginIndex(directory, index, files);
  const recovered = await recover(opened, files, quarantine);
  collector.add(pendingGarbage(tables));

  const close = async (): Promise<void> => {
    staging.close();
    await commit.idle();
    await collector.stop();
    // A failure makes the store read-only, which is looked at next.
    await commit.flushed().catch(() => undefined);
    const sound = commit.readOnlyReason === undefined;
    commit.makeReadOnly("it is being stopped.");
    await commit.idle();
    await index.close();
    if (durability === "memory") await removeDirectory(directory);
    else await lock.release(sound && staging.openCount === 0 && !files.leftBehind);
  };
  let closing: Promise<void> | undefined;
  return assembleEngine({
    commit,
    buckets,
    objects,
    listing: new Listing(tables, buckets),
    uploads,
    content,
    files,
    staging,
    space,
    now,
    status: () => statusOf(opened, buckets, commit, recovered),
    close: async () => await (closing ??= close()),
  });
}

/** No request has been let in yet, so a file that no row knows is an orphan. */
async function recover(
  opened: Opened,
  files: BlobFiles,
  quarantine: Quarantine,
): Promise<EngineStatus["recovered"]> {
  await quarantine.expire();
  if (!opened.lock.takenOver) return { orphanedFiles: 0, unfinishedFiles: 0 };
  const unfinishedFiles = await files.removeUnfinished();
  const orphans = await findOrphans(opened.index.tables, files);
  await quarantine.take(files, orphans);
  return { orphanedFiles: orphans.length, unfinishedFiles };
}

async function removeDirectory(directory: string): Promise<void> {
  // Tried again, as a stage that is just ending may still put a file there.
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
}

/** Undefined: the index is new. */
function lastSequence(index: IndexStore): number | undefined {
  return index.tables.meta.get(SEQUENCE_KEY);
}

/** A new index beside old files means that the old one was lost; the files must not look orphaned. */
async function beginIndex(directory: string, index: IndexStore, files: BlobFiles): Promise<void> {
  if ((await files.ids()).length > 0) {
    throw new StorageError(
      "IntegrityError",
      `${join(directory, BLOB_DIRECTORY)} has objects' files, but the index in ` +
        `${join(directory, INDEX_DIRECTORY)} is missing or empty.`,
      { remedy: "Restore the index from a backup, or start with an empty data directory." },
    );
  }
  await index.transact(({ tables }) => tables.meta.put(SEQUENCE_KEY, 0));
}

function statusOf(
  opened: Opened,
  buckets: BucketStore,
  commit: GroupCommit,
  recovered: EngineStatus["recovered"],
): EngineStatus {
  const { durability, directory } = opened;
  return {
    directory: durability === "memory" ? undefined : directory,
    durability,
    buckets: buckets.count,
    ...(commit.readOnlyReason === undefined ? {} : { readOnlyReason: commit.readOnlyReason }),
    recovered,
  };
}
