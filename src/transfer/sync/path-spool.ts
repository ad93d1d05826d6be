import { appendFileSync, createReadStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { transferLimits } from "../../core/limits.ts";

/** Any number of paths, put aside until it is known whether they are wanted: in memory, then on the disk. */
export class PathSpool {
  count = 0;
  #held: string[] = [];
  #file: string | undefined;

  add(path: string): void {
    this.count += 1;
    this.#held.push(path);
    if (this.#held.length < transferLimits.spooledPaths) return;
    this.#file ??= join(mkdtempSync(join(tmpdir(), "sms-storage-")), "paths");
    appendFileSync(this.#file, this.#held.map((held) => `${JSON.stringify(held)}\n`).join(""));
    this.#held = [];
  }

  /** In the order in which they came. */
  async *batches(size: number): AsyncGenerator<string[], void> {
    let batch: string[] = [];
    for await (const path of this.#all()) {
      batch.push(path);
      if (batch.length < size) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  }

  clear(): void {
    this.remove();
    this.#file = undefined;
    this.#held = [];
    this.count = 0;
  }

  remove(): void {
    if (this.#file !== undefined) rmSync(dirname(this.#file), { recursive: true, force: true });
  }

  async *#all(): AsyncGenerator<string, void> {
    if (this.#file !== undefined) {
      const { createInterface } = await import("node:readline");
      const lines = createInterface({ input: createReadStream(this.#file, "utf8") });
      for await (const line of lines) yield JSON.parse(line) as string;
    }
    yield* this.#held;
  }
}
