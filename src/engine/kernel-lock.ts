import { spawn } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import { join } from "node:path";
import { errorCodeOf } from "./disk-errors.ts";

/** Held until it is released or its process is gone, whatever happens to files. */
export interface KernelLock {
  release(): void;
}

/** `taken`: by another process. `unknown`: this system has no way that is known here. */
export type KernelLockOutcome = KernelLock | "taken" | "unknown";

/** Flags of open(2) that Node does not name. Sources: O_EXLOCK of macOS, fcntl.h; UV_FS_O_EXLOCK of libuv, uv/win.h. */
const exclusiveLock = 0x20;
const uvExclusiveLock = 0x1000_0000;
/** Of flock(1), when another has the lock. */
const exitTaken = 1;

/**
 * Locks a folder itself, by the kernel: the lock cannot be deleted, overwritten or left behind, and
 * it holds between containers and namespaces of one machine. Node has no flock(2). On Linux the
 * command `flock` locks a descriptor that it inherits; the lock belongs to the open folder and stays
 * with this process when the command has ended. On macOS and BSD opening locks; on Windows a file in
 * the folder is opened for nobody else.
 */
export async function takeKernelLock(directory: string): Promise<KernelLockOutcome> {
  if (process.platform === "linux") return await lockByCommand(directory);
  if (process.platform === "win32") {
    return lockByOpening(join(directory, "guard"), constants.O_CREAT | uvExclusiveLock);
  }
  return lockByOpening(directory, exclusiveLock | constants.O_NONBLOCK);
}

async function lockByCommand(directory: string): Promise<KernelLockOutcome> {
  const descriptor = openSync(directory, "r");
  const code = await exitOf("flock", ["-n", "-x", "3"], descriptor);
  if (code === 0) return { release: () => closeSync(descriptor) };
  closeSync(descriptor);
  return code === exitTaken ? "taken" : "unknown";
}

/** Undefined: it could not be run. The descriptor is its number 3. */
async function exitOf(
  command: string,
  args: readonly string[],
  descriptor: number,
): Promise<number | undefined> {
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "ignore", descriptor] });
  return await new Promise((resolve) => {
    child.once("error", () => resolve(undefined));
    child.once("exit", (code) => resolve(code ?? undefined));
  });
}

function lockByOpening(path: string, flags: number): KernelLockOutcome {
  try {
    const descriptor = openSync(path, flags, 0o600);
    return { release: () => closeSync(descriptor) };
  } catch (error) {
    const isTaken = ["EAGAIN", "EWOULDBLOCK", "EBUSY"].includes(errorCodeOf(error) ?? "");
    return isTaken ? "taken" : "unknown";
  }
}
