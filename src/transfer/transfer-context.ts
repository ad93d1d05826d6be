import { randomUUID } from "node:crypto";
import type { DigestFactory } from "../core/checksum.ts";
import { transferLimits } from "../core/limits.ts";
import type { EncryptionOptions, ObjectStore } from "../core/object-store.ts";
import type { Journals } from "./journal/journals.ts";
import { BufferPool } from "./buffer-pool.ts";
import { DiskPace } from "./local/disk-pace.ts";
import { PartFiles } from "./local/part-files.ts";
import { TemporaryFiles } from "./local/temporary-files.ts";
import { PartMemory } from "./part-memory.ts";
import type { TransferWishes } from "./transfer-wishes.ts";
import { nativeDigest } from "./native-digest.ts";
import type { ReplaceStrategy, ServerSideEncryption } from "./transfer-options.ts";

/** A bucket that is open for transfers: its store, and what all transfers to and from it share. */
export interface TransferContext {
  readonly store: ObjectStore;
  readonly sse: ServerSideEncryption;
  readonly directories: "omit" | "include";
  readonly replace: ReplaceStrategy;
  readonly createDigest: DigestFactory;
  /** A new name for each staging object and part of a download. */
  readonly randomName: () => string;
  readonly temporary: TemporaryFiles;
  readonly partFiles: PartFiles;
  /** Undefined: an interrupted transfer leaves nothing behind, and begins anew. */
  readonly journals: Journals | undefined;
  readonly disk: DiskPace;
  /** Of pieces of large files, which nobody flushes: a disk that is slow to flush may be quick to take them. */
  readonly pieces: DiskPace;
  /** Of `transferLimits.smallFileBytes`. */
  readonly smallBuffers: BufferPool;
  readonly partMemory: PartMemory;
}

/** How to open a bucket for transfers. */
export interface TransferContextOptions extends TransferWishes {
  /** Lets later runs go on with interrupted transfers. Default: none. */
  readonly journals?: Journals;
}

/** Opens no connection. */
export function transferContext(
  store: ObjectStore,
  options: TransferContextOptions = {},
): TransferContext {
  const { capabilities } = store;
  const takesEncryption = capabilities.serverSideEncryptionHeader === "yes";
  const listsDirectories = capabilities.orderedListing === "no";
  const randomName = options.randomName ?? randomUUID;
  return {
    store,
    sse: options.sse ?? (takesEncryption ? "AES256" : "bucket-default"),
    directories: options.directories ?? (listsDirectories ? "omit" : "include"),
    replace: options.replace ?? "staged",
    createDigest: options.createDigest ?? nativeDigest,
    randomName,
    temporary: new TemporaryFiles(options.temporaryDirectory),
    partFiles: new PartFiles(randomName),
    journals: options.journals,
    disk: new DiskPace(),
    pieces: new DiskPace(),
    smallBuffers: new BufferPool(transferLimits.smallFileBytes),
    partMemory: new PartMemory(transferLimits.partMemoryBytes),
  };
}

/** The headers that an upload with this choice, or with the context's own, sends. */
export function toEncryption(
  context: TransferContext,
  sse: ServerSideEncryption | undefined,
): EncryptionOptions {
  const choice = sse ?? context.sse;
  if (choice === "bucket-default") return {};
  if (choice === "AES256") return { encryption: "AES256" };
  return { encryption: choice.kms === "" ? {} : { kmsKeyId: choice.kms } };
}
