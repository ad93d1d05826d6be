import { basename, dirname } from "node:path";
import type { Disk, DiskFile, DiskReader } from "../../src/engine/disk.ts";

/** One thing that happened, in the order in which it took effect. Notes are the test's own. */
export type LogEntry =
  | { readonly op: "mkdir"; readonly path: string }
  | { readonly op: "create"; readonly path: string; readonly file: number }
  | { readonly op: "write"; readonly file: number; readonly bytes: Buffer }
  | { readonly op: "sync"; readonly file: number }
  | { readonly op: "rename"; readonly from: string; readonly to: string }
  | { readonly op: "unlink"; readonly path: string }
  | { readonly op: "syncDirectory"; readonly path: string }
  | { readonly op: "note"; readonly note: unknown };

/** Path below the blob directory -> bytes; of folders only those with files. */
export type Image = ReadonlyMap<string, Buffer>;

function missing(path: string): Error {
  return Object.assign(new Error(`ENOENT: ${path}`), { code: "ENOENT" });
}

/**
 * A disk in memory that writes down whatever is done to it. Every call takes a few turns of the event
 * loop, by chance, before and after it takes effect, so that calls overtake one another.
 */
export class SimulatedDisk implements Disk {
  readonly log: LogEntry[] = [];
  readonly #root: string;
  readonly #chance: () => number;
  readonly #onEntry: () => void;
  readonly #folders = new Map<string, Map<string, Buffer[]>>();
  readonly #ids = new Map<Buffer[], number>();

  /** @param chance Numbers from 0 to 1, the same for the same seed. */
  constructor(
    root: string,
    options: {
      readonly image?: Image;
      readonly chance?: () => number;
      readonly onEntry?: () => void;
    } = {},
  ) {
    this.#root = root;
    this.#chance = options.chance ?? (() => 0);
    this.#onEntry = options.onEntry ?? (() => undefined);
    this.#folders.set(root, new Map());
    for (const [path, bytes] of options.image ?? []) {
      const folder = `${root}/${dirname(path)}`;
      const names = this.#folders.get(folder) ?? new Map<string, Buffer[]>();
      names.set(basename(path), [bytes]);
      this.#folders.set(folder, names);
    }
  }

  get fileCount(): number {
    return [...this.#folders]
      .filter(([path]) => path.startsWith(this.#root))
      .reduce((sum, [, folder]) => sum + folder.size, 0);
  }

  note(note: unknown): void {
    this.#add({ op: "note", note });
  }

  async makeDirectory(path: string): Promise<void> {
    await this.#wait();
    if (!this.#folders.has(path)) {
      this.#add({ op: "mkdir", path: this.#short(path) });
      this.#folders.set(path, new Map());
    }
    await this.#wait();
  }

  async create(path: string): Promise<DiskFile> {
    await this.#wait();
    const writes: Buffer[] = [];
    const file = this.#ids.size;
    this.#ids.set(writes, file);
    this.#folder(path).set(basename(path), writes);
    this.#add({ op: "create", path: this.#short(path), file });
    await this.#wait();
    return {
      write: async (pieces) => {
        await this.#wait();
        const copy = Buffer.concat(pieces);
        writes.push(copy);
        this.#add({ op: "write", file, bytes: copy });
        await this.#wait();
      },
      sync: async () => {
        await this.#wait();
        this.#add({ op: "sync", file });
        await this.#wait();
      },
      close: async () => await this.#wait(),
    };
  }

  async open(path: string): Promise<DiskReader> {
    await this.#wait();
    const writes = this.#folder(path).get(basename(path));
    if (writes === undefined) throw missing(path);
    const bytes = Buffer.concat(writes);
    return {
      read: async (target, position) => {
        await this.#wait();
        return bytes.copy(target, 0, position, position + target.length);
      },
      close: async () => await this.#wait(),
    };
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#wait();
    const writes = this.#folder(from).get(basename(from));
    if (writes === undefined) throw missing(from);
    this.#folder(from).delete(basename(from));
    this.#folder(to).set(basename(to), writes);
    this.#add({ op: "rename", from: this.#short(from), to: this.#short(to) });
    await this.#wait();
  }

  async unlink(path: string): Promise<void> {
    await this.#wait();
    if (this.#folders.get(dirname(path))?.delete(basename(path)) !== true) throw missing(path);
    this.#add({ op: "unlink", path: this.#short(path) });
    await this.#wait();
  }

  async list(path: string): Promise<string[]> {
    await this.#wait();
    if (path !== this.#root) return [...(this.#folders.get(path)?.keys() ?? [])];
    return [...this.#folders.keys()]
      .filter((folder) => dirname(folder) === path)
      .map((folder) => basename(folder));
  }

  async sizeOf(path: string): Promise<number> {
    await this.#wait();
    const writes = this.#folder(path).get(basename(path));
    if (writes === undefined) throw missing(path);
    return Buffer.concat(writes).length;
  }

  async syncDirectory(path: string): Promise<void> {
    await this.#wait();
    this.#add({ op: "syncDirectory", path: this.#short(path) });
    await this.#wait();
  }

  async freeBytes(): Promise<number> {
    return 1e12;
  }

  #add(entry: LogEntry): void {
    this.#onEntry();
    this.log.push(entry);
  }

  #folder(path: string): Map<string, Buffer[]> {
    const folder = this.#folders.get(dirname(path));
    if (folder === undefined) throw missing(path);
    return folder;
  }

  #short(path: string): string {
    return path.slice(this.#root.length + 1);
  }

  async #wait(): Promise<void> {
    for (let turns = Math.floor(this.#chance() * 4); turns > 0; turns -= 1) {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
  }
}
