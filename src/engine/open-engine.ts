import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { StorageError } from "../core/errors.ts";
import { serverLimits } from "../core/limits.ts";
import { BlobFiles, type BlobId } from "./blob-files.ts";
import { BlobPins } from "./blob-pins.ts";
import { BucketStore } from "./bucket-store.ts";
import { ContentStore } from "./content-store.ts";
import { lockDirectory, type DirectoryLock } from "./directory-lock.ts";
import { assembleEngine } from "./embedded-engine.ts";
import type { Durability, Engine, EngineOptions } from "./engine.ts";
import type { EngineStatus } from "./engine-status.ts";
import { GarbageCollector } from "./garbage-collector.ts";
import { GroupCommit, sequenceKey } from "./group-commit.ts";
import { openIndexFile, indexFileIn } from "./index-file.ts";
import type { IndexStore } from "./index-store.ts";
import { Listing } from "./listing.ts";
import { loadLmdb } from "./load-lmdb.ts";
import { openMasterKey, passingMasterKey } from "./master-key.ts";
import { MultipartStore } from "./multipart-store.ts";
import { nodeDisk } from "./node-disk.ts";
import { ObjectStore } from "./object-store.ts";
import { Quarantine } from "./quarantine.ts";
import { findOrphans, pendingGarbage } from "./recovery.ts";
import { holdsRecords } from "./redo-files.ts";
import { RecordStore } from "./record-store.ts";
import { Redo } from "./redo.ts";
import { Sequence } from "./sequence.ts";
import { SpaceGuard } from "./space-guard.ts";
import type { StoreMeasure } from "./store-measure.ts";
import { Staging } from "./staging.ts";
import { prepareDirectory } from "./store-format.ts";
import { createStoreSnapshots } from "./store-snapshots.ts";
import { layoutOf, type StoreLayout } from "./store-layout.ts";

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
  // Loaded first, so that nothing is made on the disk when it is missing.
  await loadLmdb();
  await prepareDirectory(directory);
  const lock = durability === "memory" ? noLock : await lockDirectory(directory);
  const layout = layoutOf(directory);
  let index: IndexStore | undefined;
  try {
    index = await openIndexFile(layout.index, durability, !lock.takenOver);
    return await buildEngine({ layout, durability, lock, index, options });
  } catch (error) {
    await index?.close();
    await lock.release(false);
    throw error;
  }
}

const masterKeyMark = Buffer.from("master key", "utf8");

interface Opened {
  readonly layout: StoreLayout;
  readonly durability: Durability;
  readonly lock: DirectoryLock;
  readonly index: IndexStore;
  readonly options: EngineOptions;
}

async function buildEngine(opened: Opened): Promise<Engine> {
  const { layout, durability, index, options } = opened;
  const { tables } = index;
  const disk = options.disk ?? nodeDisk;
  const now = options.now ?? (() => new Date());
  await disk.makeDirectory(layout.blobs);
  // LMDB does not flush the entries of its new files.
  await nodeDisk.syncDirectory(layout.index);
  await nodeDisk.syncDirectory(layout.directory);
  const files = new BlobFiles({
    disk,
    directory: layout.blobs,
    flush: durability !== "memory",
    onSyncFailure: (reason) => commit.makeReadOnly(reason),
  });
  const last = lastSequence(index) ?? (await beginIndex(layout, index, files));
  const redo = durability === "memory" ? undefined : Redo.open(layout.redo, index, last);
  const sequence = new Sequence(now, Math.max(last, redo?.last ?? 0));
  const commit = new GroupCommit(index, sequence, {
    isFull: async () => (await disk.freeBytes(layout.index)) < serverLimits.fullDiskBytes,
    ...(redo !== undefined && { redo }),
  });
  const pins = new BlobPins();
  const collector = new GarbageCollector(files, pins, commit, tables.garbage);
  const onGarbage = (id: BlobId): void => collector.add([id]);
  const content = new ContentStore({ tables, pins, now, onGarbage });
  const buckets = new BucketStore(tables);
  const quarantine = new Quarantine(disk, layout.quarantine, now);
  const space = new SpaceGuard(disk, layout.directory, async () => await quarantine.giveWay());
  const masterKey = await openKey(opened, commit);
  const mayDelete = (): boolean => commit.readOnlyReason === undefined;
  const staging = new Staging({ files, space, masterKey, mayDelete });
  const shared = { tables, commit, buckets, content, files, now };
  const objects = new ObjectStore({ ...shared, staging, masterKey });
  const uploads = new MultipartStore({ ...shared, objects });

  const recovered = await recover(opened, files, quarantine);
  collector.add(pendingGarbage(tables));
  redo?.start(async () => await commit.write(() => undefined));

  const close = closing({ opened, commit, collector, staging, files, redo });
  let closed: Promise<void> | undefined;
  const records = new RecordStore(tables, commit);
  const snapshots = createStoreSnapshots({
    index,
    commit,
    pins,
    collector,
    onRestored: () => {
      buckets.reload(tables);
      records.forget();
    },
  });
  return assembleEngine({
    tables,
    commit,
    buckets,
    objects,
    listing: new Listing(index, buckets),
    uploads,
    content,
    records,
    snapshots,
    files,
    staging,
    space,
    now,
    status: () => statusOf(opened, { buckets, commit, collector, recovered }),
    measure: async () => await measure(opened),
    close: async () => await (closed ??= close()),
  });
}

/** The index remembers whose key it is, so that no other is taken for it. */
async function openKey(
  { layout, durability, index, options }: Opened,
  commit: GroupCommit,
): Promise<Buffer> {
  if (durability === "memory") return passingMasterKey().key;
  const known = index.tables.meta.get(masterKeyMark);
  const { key, mark } = await openMasterKey(options.masterKeyFile ?? layout.masterKey, known);
  if (known === undefined) {
    await commit.write(({ tables }) => tables.meta.put(masterKeyMark, mark));
  }
  return key;
}

interface Running {
  readonly opened: Opened;
  readonly commit: GroupCommit;
  readonly collector: GarbageCollector;
  readonly staging: Staging;
  readonly files: BlobFiles;
  readonly redo: Redo | undefined;
}

function closing({ opened, commit, collector, staging, files, redo }: Running) {
  const { durability, index, layout, lock } = opened;
  return async (): Promise<void> => {
    staging.close();
    await redo?.finish();
    await commit.idle();
    await collector.stop();
    // A failure makes the store read-only, which is looked at next.
    await commit.flushed().catch(() => undefined);
    const sound = commit.readOnlyReason === undefined;
    commit.makeReadOnly("it is being stopped.");
    await commit.idle();
    await redo?.close();
    await index.close();
    if (durability === "memory") await removeDirectory(layout.directory);
    else await lock.release(sound && staging.openCount === 0 && !files.leftBehind);
  };
}

/** For a folder of chance that nobody else knows of. */
const noLock: DirectoryLock = {
  takenOver: false,
  isHeld: async () => await Promise.resolve(true),
  release: async () => undefined,
};

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
  return index.tables.meta.get(sequenceKey);
}

/**
 * A new index beside old files, or beside its own second record, means that the old one was lost; the
 * files must not look orphaned. Answers the new one's sequence number.
 */
async function beginIndex(
  layout: StoreLayout,
  index: IndexStore,
  files: BlobFiles,
): Promise<number> {
  const hasFiles = (await files.ids()).length > 0;
  const hasRecord = holdsRecords(layout.redo);
  if (hasFiles || hasRecord) {
    const what = hasFiles
      ? `${layout.blobs} has objects' files`
      : `${layout.redo} has a record of objects`;
    throw new StorageError(
      "IntegrityError",
      `${what}, but the index in ${layout.index} is missing or empty.`,
      {
        remedy: hasRecord
          ? "Let `sms-storage fsck --repair` make it anew, or restore it from a backup."
          : "Restore the index from a backup, or start with an empty data directory.",
      },
    );
  }
  await index.transact(({ tables }) => tables.meta.put(sequenceKey, 0));
  return 0;
}

interface StatusParts {
  readonly buckets: BucketStore;
  readonly commit: GroupCommit;
  readonly collector: GarbageCollector;
  readonly recovered: EngineStatus["recovered"];
}

function statusOf(
  { durability, layout }: Opened,
  { buckets, commit, collector, recovered }: StatusParts,
): EngineStatus {
  const { readOnlyReason, transactions, changes } = commit;
  return {
    directory: durability === "memory" ? undefined : layout.directory,
    durability,
    buckets: buckets.count,
    ...(readOnlyReason !== undefined && { readOnlyReason }),
    recovered,
    transactions,
    changes,
    garbageFiles: collector.waitingFiles,
  };
}

async function measure({ layout, lock, options }: Opened): Promise<StoreMeasure> {
  const { disk = nodeDisk } = options;
  const [freeBytes, indexBytes, isLocked] = await Promise.all([
    disk.freeBytes(layout.directory),
    disk.sizeOf(indexFileIn(layout.index)),
    lock.isHeld(),
  ]);
  return { freeBytes, indexBytes, isLocked };
}
