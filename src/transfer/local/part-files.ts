import { createHash } from "node:crypto";
import { opendir, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { journalLimits } from "../../core/journal-limits.ts";
import { transferLimits } from "../../core/limits.ts";

let known: string | undefined;

/** Of this machine, or of this container. Found out when it is needed: the first hash costs milliseconds. */
function host(): string {
  return (known ??= createHash("sha256").update(hostname()).digest("hex").slice(0, 8));
}

const form = /^\.sms-([0-9a-f]{8})-(\d{1,10})-.+\.part$/;
const keptForm = /^\.sms-kept-[0-9A-Za-z-]{1,64}\.part$/;

/** Whether a file is the beginning of a download, which nobody is to take for a file of its own. */
export function isPartFile(name: string): boolean {
  return form.test(name) || keptForm.test(name);
}

/** Whether it is the beginning of a download that a journal tells of, for a later run. */
export function isKeptPart(name: string): boolean {
  return keptForm.test(name);
}

/**
 * The files into which downloads are written beside their targets. Their names tell whose they are, so
 * that what a process left behind that was killed can be removed by the next one.
 */
export class PartFiles {
  readonly #randomName: () => string;
  readonly #now: () => number;
  readonly #swept = new Set<string>();

  /** `now`: milliseconds since 1970. */
  constructor(randomName: () => string, now: () => number = Date.now) {
    this.#randomName = randomName;
    this.#now = now;
  }

  /** A new path in the target's folder, from which abandoned ones are removed the first time. */
  async pathBeside(target: string): Promise<string> {
    const folder = await this.#sweptFolderOf(target);
    return path.join(folder, `.sms-${host()}-${process.pid}-${this.#randomName()}.part`);
  }

  /** The same for a part that outlives this process, as its journal does. */
  async keptPathBeside(target: string): Promise<string> {
    return path.join(await this.#sweptFolderOf(target), `.sms-kept-${this.#randomName()}.part`);
  }

  async #sweptFolderOf(target: string): Promise<string> {
    const folder = path.dirname(target);
    if (!this.#swept.has(folder)) {
      this.#swept.add(folder);
      await sweep(folder, this.#now());
    }
    return folder;
  }
}

/** A folder that cannot be read or written tells so when the download is; nothing is lost here. */
async function sweep(folder: string, nowMs: number): Promise<void> {
  try {
    for await (const { name } of await opendir(folder)) {
      const file = path.join(folder, name);
      if (await isAbandoned(file, name, nowMs)) await rm(file, { force: true });
    }
  } catch {
    // See above.
  }
}

async function isAbandoned(file: string, name: string, nowMs: number): Promise<boolean> {
  if (isKeptPart(name)) return nowMs - (await stat(file)).ctimeMs > journalLimits.keptMs;
  const [, owner, pid] = form.exec(name) ?? [];
  if (owner === undefined) return false;
  if (owner === host() && !isRunning(Number(pid))) return true;
  // Of another machine on a shared disk, or of a number that was given to another process since. Not
  // by the time of the last write: a finished part gets that of its object before it is renamed.
  const { ctimeMs } = await stat(file);
  return nowMs - ctimeMs > transferLimits.abandonedAfterMs;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, and is somebody else's.
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}
