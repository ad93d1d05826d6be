import type { Disk, DiskFile } from "../disk.ts";
import { nodeDisk } from "../node-disk.ts";

type Step = "create" | "write" | "sync" | "rename" | "syncDirectory" | "unlink" | "read";

/** The real disk until a test tells a step to fail or free space to be short. */
export class FaultDisk implements Disk {
  readonly #failures = new Map<Step, string>();
  freeBytesNow: number | undefined;

  /** Every such step fails with an error of that code from now on. */
  fail(step: Step, code: "ENOSPC" | "EIO"): void {
    this.#failures.set(step, code);
  }

  heal(): void {
    this.#failures.clear();
  }

  async create(path: string): Promise<DiskFile> {
    this.#check("create");
    const file = await nodeDisk.create(path);
    return {
      write: async (pieces) => {
        this.#check("write");
        await file.write(pieces);
      },
      sync: async () => {
        this.#check("sync");
        await file.sync();
      },
      close: async () => await file.close(),
    };
  }

  async open(path: string): ReturnType<Disk["open"]> {
    const reader = await nodeDisk.open(path);
    return {
      read: async (target, position) => {
        this.#check("read");
        return await reader.read(target, position);
      },
      close: async () => await reader.close(),
    };
  }

  async rename(from: string, to: string): Promise<void> {
    this.#check("rename");
    await nodeDisk.rename(from, to);
  }

  async unlink(path: string): Promise<void> {
    this.#check("unlink");
    await nodeDisk.unlink(path);
  }

  async syncDirectory(path: string): Promise<void> {
    this.#check("syncDirectory");
    await nodeDisk.syncDirectory(path);
  }

  async makeDirectory(path: string): Promise<void> {
    await nodeDisk.makeDirectory(path);
  }

  async list(path: string): Promise<string[]> {
    return await nodeDisk.list(path);
  }

  async sizeOf(path: string): Promise<number> {
    return await nodeDisk.sizeOf(path);
  }

  async freeBytes(path: string): Promise<number> {
    return this.freeBytesNow ?? (await nodeDisk.freeBytes(path));
  }

  #check(step: Step): void {
    const code = this.#failures.get(step);
    if (code !== undefined) throw Object.assign(new Error(`${code}: ${step}`), { code });
  }
}
