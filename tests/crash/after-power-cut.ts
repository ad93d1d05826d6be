import { dirname } from "node:path";
import type { Image, LogEntry } from "./simulated-disk.ts";

/** What becomes of everything that was not flushed. */
export interface Fate {
  /** Of each change of a folder by itself: did it reach the disk? */
  readonly entry: () => boolean;
  /** Of each file: its writes that were not flushed. */
  readonly bytes: () => "lost" | "half" | "kept" | "torn";
}

interface Change {
  readonly path: string;
  /** The file now under that path; undefined: the path is gone. */
  readonly file: number | undefined;
}

/**
 * A disk as it may look when the power goes away. Only what was flushed is sure to be there: a file's
 * bytes by the flush of the file, its name by the flush of its folder, a folder by that of its parent.
 * Every other change of a name may be there or not, each by itself.
 */
export class PowerCut {
  readonly #names = new Map<string, number>();
  #pending: Change[] = [];
  readonly #folders = new Map<string, boolean>();
  readonly #writes = new Map<number, { flushed: Buffer[]; open: Buffer[] }>();

  apply(entry: LogEntry): void {
    switch (entry.op) {
      case "mkdir":
        this.#folders.set(entry.path, false);
        break;
      case "create":
        this.#writes.set(entry.file, { flushed: [], open: [] });
        this.#pending.push({ path: entry.path, file: entry.file });
        break;
      case "write":
        this.#writes.get(entry.file)?.open.push(entry.bytes);
        break;
      case "sync":
        this.#flushFile(entry.file);
        break;
      case "rename":
        this.#pending.push({ path: entry.to, file: this.#now(entry.from) });
        this.#pending.push({ path: entry.from, file: undefined });
        break;
      case "unlink":
        this.#pending.push({ path: entry.path, file: undefined });
        break;
      case "syncDirectory":
        this.#flushFolder(entry.path);
        break;
      case "note":
        break;
    }
  }

  /** The files that are there when the power is back. */
  image(fate: Fate): Image {
    const names = new Map(this.#names);
    for (const change of this.#pending) {
      if (fate.entry()) set(names, change);
    }
    const lost = new Set<string>();
    for (const [folder, flushed] of this.#folders) {
      if (!flushed && !fate.entry()) lost.add(folder);
    }
    const image = new Map<string, Buffer>();
    for (const [path, file] of names) {
      if (!lost.has(dirname(path))) image.set(path, this.#bytes(file, fate.bytes()));
    }
    return image;
  }

  #bytes(file: number, fate: ReturnType<Fate["bytes"]>): Buffer {
    const { flushed, open } = this.#writes.get(file) ?? { flushed: [], open: [] };
    const safe = Buffer.concat(flushed);
    const rest = Buffer.concat(open);
    if (fate === "kept") return Buffer.concat([safe, rest]);
    if (fate === "half") return Buffer.concat([safe, rest.subarray(0, rest.length >> 1)]);
    return fate === "lost" ? safe : Buffer.concat([safe, Buffer.alloc(rest.length)]);
  }

  #now(path: string): number | undefined {
    const last = this.#pending.findLast((change) => change.path === path);
    return last === undefined ? this.#names.get(path) : last.file;
  }

  #flushFile(file: number): void {
    const writes = this.#writes.get(file);
    writes?.flushed.push(...writes.open.splice(0));
  }

  #flushFolder(folder: string): void {
    if (folder === "") {
      for (const name of this.#folders.keys()) this.#folders.set(name, true);
      return;
    }
    for (const change of this.#pending) {
      if (dirname(change.path) === folder) set(this.#names, change);
    }
    this.#pending = this.#pending.filter((change) => dirname(change.path) !== folder);
  }
}

function set(names: Map<string, number>, { path, file }: Change): void {
  if (file === undefined) names.delete(path);
  else names.set(path, file);
}
