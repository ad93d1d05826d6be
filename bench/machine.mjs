// @ts-check
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";

/** Memory, where the system has it as a folder: the disk is not what is measured. */
export function memoryFolder() {
  try {
    const memory = "/dev/shm";
    rmSync(mkdtempSync(join(memory, "sms-bench-")), { recursive: true });
    return memory;
  } catch {
    return undefined;
  }
}

/** Without names of hosts and paths. @param {string} folder where files are */
export function machineFacts(folder) {
  return {
    cores: cpus().length,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    filesIn: folder.startsWith("/dev/shm")
      ? "memory (tmpfs)"
      : "the file system of the work folder",
  };
}
