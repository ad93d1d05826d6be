import { chmod, lstat, opendir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { makeFolder } from "../../disk/make-folder.ts";
import { journalLimits } from "../../core/journal-limits.ts";
import { isKeptPart } from "../local/part-files.ts";
import { isHeld } from "./journal.ts";
import { isAbandoned, type JournalOwner, ownJournalOwner } from "./journal-owner.ts";
import { readJournal } from "./read-journal.ts";

/** A journal's file, by its name. */
export interface FoundJournal {
  readonly path: string;
  /** Of the transfer; the same for all journals of the same one. */
  readonly name: string;
  readonly owner: JournalOwner;
  /** Milliseconds since 1970. */
  readonly touchedMs: number;
}

const nameForm =
  /^((?:upload|download|reencryption)-[0-9a-f]{32})\.([0-9a-f]{8})-(\d{1,10})-([0-9a-f]{8})-\d{1,10}\.journal$/;
const refusedEnding = ".refused";
let made = 0;

/** A name that no other journal has; the owner stands in it. */
export function newJournalName(transfer: string): string {
  const { host, pid, start } = ownJournalOwner;
  made += 1;
  return `${transfer}.${host}-${pid}-${start}-${made}.journal`;
}

/** Makes the folder, for this user alone. Throws when it is somebody else's. */
export async function makeJournalFolder(folder: string): Promise<void> {
  makeFolder(folder, 0o700);
  const stats = await lstat(folder);
  const user = process.getuid?.();
  if (!stats.isDirectory() || (user !== undefined && stats.uid !== user)) {
    throw new Error(`${folder} is not a folder of this user`);
  }
  if (user !== undefined && (stats.mode & 0o077) !== 0) await chmod(folder, 0o700);
}

/** Every journal in the folder. */
export async function* journalsIn(folder: string): AsyncGenerator<FoundJournal> {
  for await (const { name } of await opendir(folder)) {
    const [, transfer = "", host = "", pid = "", start = ""] = nameForm.exec(name) ?? [];
    if (transfer === "") continue;
    const file = path.join(folder, name);
    const stats = await lstat(file).catch(() => undefined);
    if (stats?.isFile() !== true) continue;
    const owner = { host, pid: Number(pid), start };
    yield { path: file, name: transfer, owner, touchedMs: stats.mtimeMs };
  }
}

/** Whether nobody works with it. */
export function isFree({ path: file, owner, touchedMs }: FoundJournal, nowMs: number): boolean {
  const { host, pid, start } = ownJournalOwner;
  const isOwn = owner.host === host && owner.pid === pid && owner.start === start;
  return isOwn ? !isHeld(file) : isAbandoned(owner, nowMs - touchedMs);
}

/** Puts a journal that is not understood out of the way, where it can be looked at for a while. */
export async function setAside(file: string): Promise<string> {
  const aside = `${file}${refusedEnding}`;
  await rename(file, aside);
  return aside;
}

/** Removes what has been abandoned for too long, and what is more than there may be. */
export async function sweepJournals(folder: string, nowMs: number): Promise<void> {
  const free: FoundJournal[] = [];
  for await (const found of journalsIn(folder)) if (isFree(found, nowMs)) free.push(found);
  const youngestFirst = free.toSorted((a, b) => b.touchedMs - a.touchedMs);
  for (const [index, { path: file, touchedMs }] of youngestFirst.entries()) {
    const isOld = nowMs - touchedMs > journalLimits.keptMs;
    if (!isOld && index < journalLimits.files) continue;
    await removeWithPart(file);
  }
  for await (const { name } of await opendir(folder)) {
    if (!name.endsWith(refusedEnding)) continue;
    const file = path.join(folder, name);
    const { mtimeMs } = await lstat(file);
    if (nowMs - mtimeMs > journalLimits.keptMs) await rm(file, { force: true });
  }
}

/** The journal of a download names the file with its bytes. */
async function removeWithPart(file: string): Promise<void> {
  const read = await readJournal(file).catch(() => undefined);
  const partFile = read?.kind === "whole" ? read.header["partFile"] : undefined;
  await read?.handle.close();
  if (typeof partFile === "string" && isKeptPart(path.basename(partFile))) {
    await rm(partFile, { force: true });
  }
  await rm(file, { force: true });
}
