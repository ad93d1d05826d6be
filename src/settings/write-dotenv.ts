import { readFile, realpath } from "node:fs/promises";
import { resolve } from "node:path";
import { replaceFile } from "../disk/replace-file.ts";
import { StorageError } from "../core/errors.ts";
import { mergeDotenv, type MergeDotenvOptions } from "./merge-dotenv.ts";

export interface WrittenDotenv {
  /** The file itself, links followed. */
  readonly file: string;
  /** Names added or changed; empty: the file was not touched. */
  readonly changed: readonly string[];
}

/**
 * Merges values into a `.env` file, made when it is missing. Atomic: readers see the old file or
 * the new one, and a failed write leaves the old one. A changed file gets mode 0600.
 * Throws ConfigurationError when the folder or file cannot be written.
 */
export async function writeDotenv(
  path: string,
  values: Readonly<Record<string, string>>,
  options: MergeDotenvOptions = {},
): Promise<WrittenDotenv> {
  try {
    const file = await followLinks(resolve(path));
    const before = await readFile(file, "utf8").catch(whenMissing("ENOENT", ""));
    const { text, changed } = mergeDotenv(before, values, options);
    if (changed.length > 0) await replaceFile(file, text);
    return { file, changed };
  } catch (error) {
    if (error instanceof StorageError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new StorageError("ConfigurationError", `${path} cannot be written: ${reason}`, {
      cause: error,
      remedy: "Make the folder writable, name another file, or set the variables by hand.",
    });
  }
}

/** Puts another text in the place of the file's, as `writeDotenv` does. */
export async function replaceDotenv(path: string, text: string): Promise<void> {
  await replaceFile(await followLinks(resolve(path)), text);
}

async function followLinks(path: string): Promise<string> {
  return realpath(path).catch(whenMissing("ENOENT", path));
}

function whenMissing<T>(code: string, value: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === code) return value;
    throw error;
  };
}
