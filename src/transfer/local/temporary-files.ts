import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { localFileError } from "./local-file-error.ts";

/** A directory for downloads without a target, readable by this user only and removed on close. */
export class TemporaryFiles {
  readonly #parent: string;
  #directory: Promise<string> | undefined;
  #count = 0;

  constructor(parent: string = tmpdir()) {
    this.#parent = parent;
  }

  /** A new path whose name still tells the key and keeps its ending. */
  async pathFor(key: string): Promise<string> {
    this.#directory ??= mkdtemp(path.join(this.#parent, "sms-storage-"));
    try {
      const directory = await this.#directory;
      this.#count += 1;
      return path.join(directory, `${this.#count}-${safeName(key)}`);
    } catch (error) {
      this.#directory = undefined;
      throw localFileError("downloadFile", this.#parent, error);
    }
  }

  async remove(): Promise<void> {
    const directory = await this.#directory?.catch(() => undefined);
    this.#directory = undefined;
    if (directory !== undefined) await rm(directory, { recursive: true, force: true });
  }
}

const nameCharacters = 100;

/** Keys may hold anything; a file name here holds letters, digits, `.`, `_`, `-` and `=`. */
function safeName(key: string): string {
  const last = key.split("/").findLast((segment) => segment !== "") ?? "file";
  const safe = last.replaceAll(/[^A-Za-z0-9._=-]/g, "_").slice(-nameCharacters);
  return /^\.*$/.test(safe) ? "file" : safe;
}
