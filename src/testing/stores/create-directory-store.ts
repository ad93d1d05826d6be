import { randomUUID } from "node:crypto";
import { realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { makeFolder } from "../../disk/make-folder.ts";
import { isCallback, isFlag, type OptionChecks } from "../../core/check-options.ts";
import { StorageError } from "../../core/errors.ts";
import type { ObjectStore } from "../../core/object-store.ts";
import { takeOptions } from "../../core/take-options.ts";
import { Turns } from "../../core/turns.ts";
import { DirectoryShelf } from "./directory-shelf.ts";
import { ownFolder, type NameRules } from "./file-names.ts";
import { keptCapabilities } from "./kept-capabilities.ts";
import { isBucketName, KeptStore } from "./kept-store.ts";

/** How a folder is a bucket. */
export interface DirectoryStoreOptions {
  /** Default: the folder's name. */
  readonly bucket?: string;
  /** Whether a write waits until the disk has the bytes. Default true. */
  readonly flush?: boolean;
  /** When objects were written. Default: the real time. */
  readonly now?: () => Date;
}

const directoryStoreChecks: OptionChecks<DirectoryStoreOptions> = {
  bucket: isBucketName,
  flush: isFlag,
  now: isCallback,
};

/**
 * A folder as a bucket, for tests and for work without a network: every object is a file that any
 * program can read, and every file below the folder is an object. Any S3 key works, `a` beside `a/b`,
 * `..`, `//` and others that no path has, under names with `%` in them; files are listed in S3's order.
 * Headers, tags, checksums and unfinished uploads are kept in `.sms-storage/` inside. A bucket without
 * versions, encryption, policies or links. Names with a `%` that it did not write, and symbolic links,
 * are not seen.
 *
 * Create-only writes (`ifAbsent`) hold between processes; `ifMatch` is judged among the writers of
 * one process.
 *
 * Makes the folder. Throws ConfigurationError when it cannot be used.
 *
 * @example
 * const files = createFileService(createDirectoryStore("results"));
 * await files.uploadFile("table.tsv", "runs/1/table.tsv"); // results/runs/1/table.tsv
 */
export function createDirectoryStore(
  folder: string | URL,
  options: DirectoryStoreOptions = {},
): ObjectStore {
  const given = takeOptions("createDirectoryStore", options, directoryStoreChecks);
  const root = openFolder(folder instanceof URL ? fileURLToPath(folder) : resolve(folder));
  const { bucket = basename(root), flush = true, now = () => new Date() } = given;
  const shelf = new DirectoryShelf({ root, rules: rulesOf(root), flushes: flush });
  const location = `${pathToFileURL(root).href}/`;
  const context = { bucket, location, shelf, isVersioned: false, now, turns: new Turns() };
  const own = { versioning: "no", etagIsMd5: "no" } as const;
  return new KeptStore(context, { ...keptCapabilities, ...own });
}

function openFolder(path: string): string {
  try {
    makeFolder(join(path, ownFolder));
    return realpathSync(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StorageError("ConfigurationError", `${path} cannot be a store: ${reason}.`, {
      operation: "createDirectoryStore",
      remedy: "Name a folder that can be written to, or one that is not there yet.",
      cause: error,
    });
  }
}

/** Whether two names that differ in case, or in how letters are composed, are one file here. */
function rulesOf(root: string): NameRules {
  const probe = join(root, ownFolder, `Probe-é-${randomUUID()}`);
  writeFileSync(probe, "");
  try {
    const others = [probe.toLowerCase(), probe.normalize("NFD")];
    const foldsNames = others.some((other) =>
      statSync(join(root, ownFolder, basename(other)), { throwIfNoEntry: false }),
    );
    return { foldsNames, isWindows: process.platform === "win32" };
  } finally {
    rmSync(probe, { force: true });
  }
}
