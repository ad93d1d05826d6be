import { randomUUID } from "node:crypto";
import { link, open, readdir, readFile, rename, unlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { StorageError } from "../core/errors.ts";
import { errorCodeOf } from "./disk-errors.ts";
import { takeKernelLock, type KernelLock } from "./kernel-lock.ts";
import { nodeDisk } from "./node-disk.ts";

const lockFile = "lock";
const closedMark = "closed";

interface LockOwner {
  readonly token: string;
  readonly pid: number;
  readonly host: string;
  /** Changes with every start of the machine; empty where it is not known. */
  readonly bootId: string;
  /** Tells a process from a later one with the same id; empty where it is not known. */
  readonly processStart: string;
}

/** No machine ever has this boot id. */
const nobody: LockOwner = { token: "", pid: 0, host: "", bootId: "nobody", processStart: "" };

export interface DirectoryLock {
  /** The last owner did not close the store: unfinished and orphaned files may lie about. */
  readonly takenOver: boolean;
  /** Nobody has taken it, or the folder, away. */
  isHeld(): Promise<boolean>;
  /**
   * `clean` false leaves a lock file that names no process, so that the next open looks for
   * orphaned files.
   */
  release(clean: boolean): Promise<void>;
}

/**
 * One process at a time: the store keeps buckets and readers in memory. The kernel's lock on the
 * folder decides; the file `lock` tells who has it, and keeps away from servers of earlier versions,
 * which know it alone. Where the kernel's lock is not to be had, the file decides: a process that is
 * gone (`kill -9`, power cut) is told by its id, start and boot.
 *
 * Throws StorageError `Conflict` that names the process.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const kernel = await takeKernelLock(directory);
  const path = join(directory, lockFile);
  if (kernel === "taken") throw inUse(directory, await readOwner(path));
  try {
    return await lockByFile(directory, path, kernel === "unknown" ? undefined : kernel);
  } catch (error) {
    if (kernel !== "unknown") kernel.release();
    throw error;
  }
}

async function lockByFile(
  directory: string,
  path: string,
  kernel: KernelLock | undefined,
): Promise<DirectoryLock> {
  const own: LockOwner = {
    token: randomUUID(),
    pid: process.pid,
    host: hostname(),
    bootId: await readBootId(),
    processStart: (await readProcess(process.pid)).start,
  };
  const found = await readOwner(path);
  if (found !== undefined) await removeStale(path, directory, found, own);
  await createLock(path, directory, own);
  const closed = await takeClosedMark(directory);
  return {
    takenOver: found !== undefined || !closed,
    isHeld: async () => (await readOwner(path))?.token === own.token,
    release: async (clean) => {
      if (clean) await leaveClosedMark(directory, path);
      else await leaveStale(path, own);
      kernel?.release();
    },
  };
}

/** True when the last owner closed the store, or there never was one. Then it is no longer so. */
async function takeClosedMark(directory: string): Promise<boolean> {
  const isNew = !(await readdir(directory)).includes("index");
  const marked = await removeFile(join(directory, closedMark));
  await nodeDisk.syncDirectory(directory);
  return marked || isNew;
}

/** A mark that is there for a closed store, so that one that somebody deletes means a search. */
async function leaveClosedMark(directory: string, path: string): Promise<void> {
  await writeFile(join(directory, closedMark), "", { mode: 0o600 });
  await removeFile(path);
}

/** False: there was none. */
async function removeFile(path: string): Promise<boolean> {
  try {
    await unlink(path);
    return true;
  } catch (error) {
    if (errorCodeOf(error) === "ENOENT") return false;
    throw error;
  }
}

/** Written under another name and renamed, so that there is a lock at every moment. */
async function leaveStale(path: string, own: LockOwner): Promise<void> {
  const draft = `${path}.${own.token}`;
  await writeFile(draft, JSON.stringify({ ...nobody, token: own.token }), { mode: 0o600 });
  await rename(draft, path);
}

async function createLock(path: string, directory: string, own: LockOwner): Promise<void> {
  // Written under another name first: nobody may see it half written.
  const draft = `${path}.${own.token}`;
  const file = await open(draft, "wx", 0o600);
  try {
    await file.writeFile(JSON.stringify(own));
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(draft, path);
  } catch (error) {
    if (errorCodeOf(error) !== "EEXIST") throw error;
    throw inUse(directory, await readOwner(path));
  } finally {
    await unlink(draft);
  }
  // After a power cut the lock must be there, to tell that the store was not closed.
  await nodeDisk.syncDirectory(directory);
}

/** Of two that find the same stale lock, one moves it away; the other must not move a fresh one. */
async function removeStale(
  path: string,
  directory: string,
  found: LockOwner,
  own: LockOwner,
): Promise<void> {
  if (await isAlive(found, own)) throw inUse(directory, found);
  const away = `${path}.${own.token}.stale`;
  try {
    await rename(path, away);
  } catch (error) {
    if (errorCodeOf(error) === "ENOENT") return;
    throw error;
  }
  const moved = await readOwner(away);
  if (moved !== undefined && moved.token !== found.token) {
    await link(away, path).catch(() => undefined);
    await unlink(away);
    throw inUse(directory, moved);
  }
  await unlink(away);
}

async function isAlive(owner: LockOwner, own: LockOwner): Promise<boolean> {
  if (owner.bootId !== own.bootId) return false;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if (errorCodeOf(error) === "ESRCH") return false;
  }
  const { state, start } = await readProcess(owner.pid);
  // A zombie (`Z`) has ended; its parent has not asked for its status yet, and in a container
  // without an init it never will.
  return state !== "Z" && start === owner.processStart;
}

/** Undefined: no lock. A lock that cannot be read counts as one of a process that is gone. */
async function readOwner(path: string): Promise<LockOwner | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (errorCodeOf(error) === "ENOENT") return undefined;
    throw error;
  }
  try {
    return { ...nobody, ...(JSON.parse(text) as Partial<LockOwner>) };
  } catch {
    return nobody;
  }
}

async function readBootId(): Promise<string> {
  return await readSystemFile("/proc/sys/kernel/random/boot_id");
}

/**
 * Fields 3 and 22 of `/proc/PID/stat`: the state (`Z`: a zombie) and the start, in clock ticks since
 * the boot. The name before them may hold spaces.
 */
async function readProcess(pid: number): Promise<{ state: string; start: string }> {
  const text = await readSystemFile(`/proc/${pid}/stat`);
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0] ?? "", start: fields[19] ?? "" };
}

/** Empty on systems without /proc. */
async function readSystemFile(path: string): Promise<string> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch {
    return "";
  }
}

function inUse(directory: string, owner: LockOwner | undefined): StorageError {
  const known = owner !== undefined && owner.pid > 0;
  const who = known ? `process ${owner.pid} on ${owner.host}` : "another process";
  return new StorageError("Conflict", `The data directory ${directory} is in use by ${who}.`, {
    remedy: "Stop that server first, or give this one a directory of its own.",
  });
}
