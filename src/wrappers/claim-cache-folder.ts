import {
  accessSync,
  closeSync,
  constants,
  lstatSync,
  openSync,
  readFileSync,
  readdirSync,
  realpathSync,
  statSync,
  writeFileSync,
  type Stats,
} from "node:fs";
import { join } from "node:path";
import { StorageError } from "../core/errors.ts";
import { makeFolder } from "../disk/make-folder.ts";

/** The folders of a cache folder, all of them the cache's own. */
export const cacheParts = ["content", "drafts", "keys"] as const;

const tagName = "CACHEDIR.TAG";
/** The first line is that of the Cache Directory Tagging Specification; by the second one it is ours. */
const ours =
  "Signature: 8a477f597d28d172789f06886806bc55\n# sms-api-storage: a cache of reads, 1\n";
const tag = `${ours}# It may be deleted as a whole. It holds objects as plain bytes: give it to nobody.
# Of tags such as this one see https://bford.info/cachedir/
`;

/**
 * Makes the folder and its parts, for this user alone, and marks it as a cache; or takes one that is
 * marked. Answers its real path. Throws InvalidArgument of a folder that holds anything else, since a
 * cache deletes what is in its folder, and of one to which others may write, since they could put their
 * own bytes in the place of objects; ConfigurationError where a folder cannot be made or written.
 */
export function claimCacheFolder(folder: string, user = process.getuid?.()): string {
  const real = madeFolder(folder);
  assertOwn(real, statSync(real), user);
  if (!isMarked(real, user)) mark(real);
  for (const part of cacheParts) {
    const path = join(real, part);
    const facts = lstatSync(path, { throwIfNoEntry: false });
    if (facts === undefined) made(path, () => makeFolder(path, 0o700));
    else assertPart(path, facts, user);
  }
  return real;
}

/** Whether nobody but this user may have written it. Windows knows no such owners. */
export function isOwn(facts: Stats, user = process.getuid?.()): boolean {
  return user === undefined || (facts.uid === user && !isShared(facts));
}

function isShared({ mode }: Stats): boolean {
  return (mode & 0o022) !== 0;
}

function madeFolder(folder: string): string {
  return made(folder, () => {
    makeFolder(folder, 0o700);
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return realpathSync(folder);
  });
}

function made<T>(folder: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StorageError(
      "ConfigurationError",
      `cacheReads: ${folder} takes no files: ${reason}`,
      {
        operation: "cacheReads",
        remedy: "Name a folder that you may make and write.",
        cause: error,
      },
    );
  }
}

function assertOwn(path: string, facts: Stats, user: number | undefined): void {
  if (isOwn(facts, user)) return;
  if (isShared(facts)) {
    const mode = (facts.mode & 0o7777).toString(8).padStart(4, "0");
    throw refused(
      `${path} may be written by others (mode ${mode}), who could put their own bytes there in the ` +
        "place of objects",
      `Take that right away (chmod go-w ${path}), or name a folder that is not there yet: it is made ` +
        "for this user alone.",
    );
  }
  throw refused(
    `${path} belongs to user ${facts.uid}, not to user ${user}, who runs this process: its owner ` +
      "could put other bytes there in the place of objects",
    "Name a folder of this user, or one that is not there yet. Each user needs one of their own.",
  );
}

function assertPart(path: string, facts: Stats, user: number | undefined): void {
  if (!facts.isDirectory()) {
    const what = facts.isSymbolicLink() ? "a link" : "no folder";
    throw refused(
      `${path} is ${what}, and a cache deletes only what is in its own folder`,
      `Remove it (rm ${path}), or name another folder.`,
    );
  }
  assertOwn(path, facts, user);
}

/** By whatever is there: another process may mark the folder at this moment. */
function isMarked(folder: string, user: number | undefined): boolean {
  // The names come first: whoever makes a part has written the whole tag before.
  const names = readdirSync(folder);
  const path = join(folder, tagName);
  const facts = lstatSync(path, { throwIfNoEntry: false });
  const isTag = facts?.isFile() === true && isOwn(facts, user);
  // Longer tags are of others, and need not be read.
  const text = isTag && facts.size <= tag.length ? readFileSync(path, "latin1") : undefined;
  if (text?.startsWith(ours) === true) return true;
  const others = names.filter((name) => name !== tagName || (facts !== undefined && text !== ""));
  if (others.length === 0) return false;
  const shown = others.slice(0, 3).map((name) => JSON.stringify(name));
  const more = others.length > 3 ? ` and ${others.length - 3} more` : "";
  throw refused(
    `the folder ${folder} holds what is not of a cache of reads (${shown.join(", ")}${more}), and a ` +
      "cache deletes what is in its folder",
    "Name a folder that is empty or not there yet.",
  );
}

function mark(folder: string): void {
  made(folder, () => {
    // Not cut first, so that a process that reads it meanwhile finds it whole.
    const file = openSync(join(folder, tagName), constants.O_WRONLY | constants.O_CREAT, 0o600);
    try {
      writeFileSync(file, tag);
    } finally {
      closeSync(file);
    }
  });
}

function refused(what: string, remedy: string): StorageError {
  return new StorageError("InvalidArgument", `cacheReads: ${what}.`, {
    operation: "cacheReads",
    remedy,
  });
}
