import { createHash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { makeFolder } from "../disk/make-folder.ts";
import { replaceFile } from "../disk/replace-file.ts";
import { StorageError } from "../core/errors.ts";
import { keyBytes } from "./at-rest.ts";
import { errorCodeOf } from "./disk-errors.ts";
import { nodeDisk } from "./node-disk.ts";

/** The key under which a store encrypts what has no key of its own, and by which it knows it again. */
export interface MasterKey {
  readonly key: Buffer;
  /** A number made of the key that tells it apart from others, and nothing of it. */
  readonly mark: number;
}

/** 48 bits: a row of numbers holds no more than 53. */
const markBytes = 6;

/** Of a store that is thrown away. */
export function passingMasterKey(): MasterKey {
  return withMark(randomBytes(keyBytes));
}

/**
 * Reads the key from its file. Where the store has none yet (`mark` undefined) and the file is not
 * there, it is made: for the owner's eyes alone, and on the disk before anything is encrypted with it.
 * Throws StorageError `ConfigurationError` when the file is missing, unreadable or another store's.
 */
export async function openMasterKey(path: string, mark: number | undefined): Promise<MasterKey> {
  const text = await readText(path);
  if (text === undefined) {
    if (mark !== undefined) throw missing(path);
    return await makeKey(path);
  }
  const found = parseKey(path, text);
  if (mark !== undefined && found.mark !== mark) throw foreign(path);
  return found;
}

async function makeKey(path: string): Promise<MasterKey> {
  const made = passingMasterKey();
  const folder = dirname(path);
  try {
    makeFolder(folder, 0o700);
    await replaceFile(path, `${JSON.stringify({ masterKey: made.key.toString("base64") })}\n`);
    await nodeDisk.syncDirectory(dirname(folder));
  } catch (error) {
    throw unusable(path, "cannot be made", error);
  }
  return made;
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (errorCodeOf(error) === "ENOENT") return undefined;
    throw unusable(path, "cannot be read", error);
  }
}

function parseKey(path: string, text: string): MasterKey {
  try {
    const value: unknown = JSON.parse(text);
    const encoded =
      typeof value === "object" && value !== null && "masterKey" in value && value.masterKey;
    if (typeof encoded === "string") {
      const key = Buffer.from(encoded, "base64");
      if (key.length === keyBytes) return withMark(key);
    }
  } catch {
    // Told below, without what stands in the file.
  }
  throw new StorageError("ConfigurationError", `${path} is no master key.`, {
    remedy: "Restore it from a backup: what the store holds cannot be read without it.",
  });
}

function withMark(key: Buffer): MasterKey {
  const digest = createHash("sha256").update("mark of a master key").update(key).digest();
  return { key, mark: digest.readUIntBE(0, markBytes) };
}

function missing(path: string): StorageError {
  return new StorageError(
    "ConfigurationError",
    `The master key of the store, ${path}, is missing. Its objects are encrypted with it.`,
    {
      remedy:
        "Restore the file from a backup, or name the place where it is kept (--master-key-file).",
    },
  );
}

function foreign(path: string): StorageError {
  return new StorageError("ConfigurationError", `${path} is the master key of another store.`, {
    remedy: "Name the file that belongs to this data folder (--master-key-file).",
  });
}

function unusable(path: string, what: string, cause: unknown): StorageError {
  return new StorageError(
    "ConfigurationError",
    `The master key of the store, ${path}, ${what} (${errorCodeOf(cause) ?? String(cause)}).`,
    { remedy: "Name a place that this user may read and write.", cause },
  );
}
