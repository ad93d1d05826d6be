import { chmod, link, lstat, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { makeFolder } from "../../disk/make-folder.ts";
import { syncDirectory } from "../../disk/sync-directory.ts";
import { StorageError } from "../../core/errors.ts";
import { serverLimits } from "../../core/limits.ts";
import { createIdentitiesFile } from "./create-identities.ts";
import type { IdentitiesFile } from "./identities-file.ts";
import { parseIdentities } from "./parse-identities.ts";

export interface LoadIdentitiesOptions {
  /** The server's data folder; made with mode 0700 when absent. */
  readonly directory: string;
  readonly now: Date;
  readonly randomBytes: (count: number) => Buffer;
  /** Makes the file when there is none. Default true. */
  readonly made?: boolean;
}

/**
 * Reads `identities.json` from the data folder (its shape: identities-file.ts), and makes it with
 * random credentials when there is none. An existing file is never written to. A file that is
 * broken, or that others may read, throws StorageError ConfigurationError with place and remedy.
 */
export async function loadIdentities(options: LoadIdentitiesOptions): Promise<IdentitiesFile> {
  const path = join(options.directory, "identities.json");
  await makePrivateDirectory(options.directory);
  const found = await readIdentities(path);
  if (found === undefined && options.made === false) {
    throw configurationError(
      `${path} is not there any more.`,
      "Put it back; until then all goes on as it said.",
    );
  }
  return parseText(found ?? (await createFile(path, options)), path);
}

/** As `loadIdentities`, and undefined where there is no file. */
export async function readIdentitiesFile(directory: string): Promise<IdentitiesFile | undefined> {
  const path = join(directory, "identities.json");
  const text = await readIdentities(path);
  return text === undefined ? undefined : parseText(text, path);
}

function parseText(text: string, path: string): IdentitiesFile {
  return parseIdentities(text, (fault) => {
    const subject = fault.path === "" ? "the document" : fault.path;
    throw configurationError(
      `${path}, line ${fault.line}, column ${fault.column}: ${subject} ${fault.problem}.`,
      "Correct the file, or move it away and start again to get new credentials; the stored " +
        "objects stay, but buckets belong to the account id in this file.",
    );
  });
}

async function makePrivateDirectory(directory: string): Promise<void> {
  try {
    makeFolder(resolve(directory), 0o700);
  } catch (cause) {
    throw configurationError(
      `The data folder ${directory} cannot be made (${errorCode(cause)}).`,
      "Choose a folder that you may write to.",
      cause,
    );
  }
}

/** Undefined: there is none. A dangling link is a fault, not an absent file. */
async function readIdentities(path: string): Promise<string | undefined> {
  try {
    await lstat(path);
  } catch (cause) {
    if (errorCode(cause) === "ENOENT") return undefined;
    throw unreadable(path, cause);
  }
  let bytes: Buffer;
  try {
    const { mode, size } = await stat(path);
    assertPrivate(path, mode);
    if (size > serverLimits.identitiesBytes) {
      throw configurationError(
        `${path} has ${size} bytes; ${serverLimits.identitiesBytes} are allowed.`,
        "Check that the path leads to the identities file.",
      );
    }
    bytes = await readFile(path);
  } catch (cause) {
    if (cause instanceof StorageError) throw cause;
    throw unreadable(path, cause);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw configurationError(`${path} is not UTF-8 text.`, "Save the file as UTF-8.", cause);
  }
}

/** Windows has no such modes; there the user's profile protects the file. */
function assertPrivate(path: string, mode: number): void {
  if (process.platform === "win32" || (mode & 0o077) === 0) return;
  throw configurationError(
    `${path} holds secret keys and others may read it (mode ${(mode & 0o777).toString(8)}).`,
    `Run: chmod 600 '${path}'. If others could have read it, put new keys in.`,
  );
}

/** Flushed under another name, then linked, so that no crash and no rival leaves half a file. */
async function createFile(path: string, options: LoadIdentitiesOptions): Promise<string> {
  const text = `${JSON.stringify(createIdentitiesFile(options.randomBytes, options.now), null, 2)}\n`;
  const draft = `${path}.${options.randomBytes(8).toString("hex")}.new`;
  try {
    const file = await open(draft, "wx", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await chmod(draft, 0o600);
    const won = await publish(draft, path);
    await syncDirectory(dirname(path));
    if (won) return text;
  } catch (cause) {
    throw configurationError(
      `${path} cannot be written (${errorCode(cause)}).`,
      "Free some space or choose a data folder that you may write to.",
      cause,
    );
  } finally {
    await rm(draft, { force: true });
  }
  const theirs = await readIdentities(path);
  if (theirs !== undefined) return theirs;
  throw configurationError(`${path} vanished while it was read.`, "Start again.");
}

/** False: another process was first. */
async function publish(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (cause) {
    const code = errorCode(cause);
    if (code === "EEXIST") return false;
    // Some file systems have no hard links; nothing stood at the path a moment ago.
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "EOPNOTSUPP") throw cause;
    await rename(draft, path);
    return true;
  }
}

function unreadable(path: string, cause: unknown): StorageError {
  return configurationError(
    `${path} cannot be read (${errorCode(cause)}).`,
    "Check the file and its folder: both must belong to the user who runs the server.",
    cause,
  );
}

function errorCode(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
}

function configurationError(message: string, remedy: string, cause?: unknown): StorageError {
  return new StorageError("ConfigurationError", message, {
    remedy,
    ...(cause !== undefined && { cause }),
  });
}
