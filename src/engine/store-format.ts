import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeFolder } from "../disk/make-folder.ts";
import { replaceFile } from "../disk/replace-file.ts";
import { StorageError } from "../core/errors.ts";
import { errorCodeOf } from "./disk-errors.ts";
import { nodeDisk } from "./node-disk.ts";

const formatFile = "format.json";
/**
 * Raise when an older version of this package could no longer read the directory. 2: rows say which
 * shape they have, and their checksum covers their key. Rows of 1 are read, and written anew as 2
 * whenever they change. 3: new bytes are encrypted; those of before are read as they are.
 */
export const storeFormat = 3;
const oldestFormat = 1;

/**
 * Makes the directory and its format file, or checks the format that is there and brings it up to
 * this version's.
 * Throws StorageError `ConfigurationError` for a newer format and for a directory that cannot be
 * used.
 */
export async function prepareDirectory(directory: string): Promise<void> {
  const path = join(directory, formatFile);
  try {
    await makeLasting(directory);
    const text = await readText(path);
    if (text === undefined || formatOf(directory, text) < storeFormat) {
      await replaceFile(
        path,
        `${JSON.stringify({ store: "sms-api-storage", format: storeFormat })}\n`,
      );
    }
  } catch (error) {
    if (error instanceof StorageError) throw error;
    throw new StorageError(
      "ConfigurationError",
      `The data directory ${directory} cannot be used (${errorCodeOf(error) ?? String(error)}).`,
      { remedy: "Name a directory that you may create and write.", cause: error },
    );
  }
}

/** A power cut must not take away the way to the data either: every folder that is new is flushed. */
async function makeLasting(directory: string): Promise<void> {
  const topmost = makeFolder(directory, 0o700);
  const end = dirname(topmost ?? directory);
  for (let at = dirname(directory); ; at = dirname(at)) {
    try {
      await nodeDisk.syncDirectory(at);
    } catch (error) {
      // A folder that was there, and that this user may pass through but not open.
      const foreign = at === end && ["EACCES", "EPERM"].includes(errorCodeOf(error) ?? "");
      if (!foreign) throw error;
    }
    if (at === end || at === dirname(at)) return;
  }
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (errorCodeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function formatOf(directory: string, text: string): number {
  const format = parseFormat(text);
  if (format === undefined) {
    throw new StorageError(
      "ConfigurationError",
      `${join(directory, formatFile)} does not say which format the data has.`,
      { remedy: "Give an empty directory, or restore that file from a backup." },
    );
  }
  if (format >= oldestFormat && format <= storeFormat) return format;
  throw new StorageError(
    "ConfigurationError",
    `The data in ${directory} has format ${format}; this version reads formats ${oldestFormat} ` +
      `to ${storeFormat}.`,
    { remedy: "Install the version of sms-api-storage that wrote it, or a newer one." },
  );
}

/** The format of a data directory; undefined: it is none. */
export async function readFormat(directory: string): Promise<number | undefined> {
  const text = await readText(join(directory, formatFile));
  return text === undefined ? undefined : formatOf(directory, text);
}

function parseFormat(text: string): number | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || !("format" in value)) return undefined;
    return typeof value.format === "number" ? value.format : undefined;
  } catch {
    return undefined;
  }
}
