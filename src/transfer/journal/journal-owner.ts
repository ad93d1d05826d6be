import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { journalLimits } from "../../core/journal-limits.ts";

/** The process that works with a journal, as it stands in the journal's name. */
export interface JournalOwner {
  /** Of the machine, or of the container: where a process number means the same process. */
  readonly host: string;
  readonly pid: number;
  /** When the process began, since its number is given to another one afterwards. */
  readonly start: string;
}

const digits = 8;

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, digits);
}

const host = shortHash(`${hostname()} ${linuxText(() => readlinkSync("/proc/self/ns/pid"))}`);

/** This process. */
export const ownJournalOwner: JournalOwner = { host, pid: process.pid, start: startOf("self") };

/**
 * Whether nobody works with the journal any more. What another machine left on a shared disk is
 * nobody's once it has not been touched for a while, since those at work touch theirs.
 */
export function isAbandoned(owner: JournalOwner, touchedMsAgo: number): boolean {
  if (owner.host !== host) return touchedMsAgo > journalLimits.foreignMs;
  return !isRunning(owner.pid) || startOf(owner.pid) !== owner.start;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, and is somebody else's.
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

/** The same for all processes where the system does not tell, so that a running number is believed. */
function startOf(pid: number | "self"): string {
  const boot = linuxText(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8"));
  const stat = linuxText(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  // The second field is the program's name in brackets, which may hold blanks; the 22nd is the start.
  const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  return shortHash(`${boot} ${ticks}`);
}

function linuxText(read: () => string): string {
  try {
    return read();
  } catch {
    return "";
  }
}
