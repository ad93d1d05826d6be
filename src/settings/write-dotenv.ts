import { randomBytes } from "node:crypto";
import { open, readFile, realpath, rename, unlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { StorageError } from "../core/errors.ts";
import { mergeDotenv, type MergeDotenvOptions } from "./merge-dotenv.ts";

export interface WrittenDotenv {
  /** The file itself, links followed. */
  readonly file: string;
  /** Names added or changed; empty: the file was not touched. */
  readonly changed: readonly string[];
}

/** Readable by its owner alone: it may come to hold keys. */
const privateMode = 0o600;

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

async function replaceFile(file: string, text: string): Promise<void> {
  const temporary = join(dirname(file), `.env.${randomBytes(6).toString("hex")}.tmp`);
  const handle = await open(temporary, "wx", privateMode);
  try {
    await handle.writeFile(text, "utf8");
    await handle.sync();
    await handle.close();
    await rename(temporary, file);
  } catch (error) {
    await handle.close().catch(() => undefined);
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
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
