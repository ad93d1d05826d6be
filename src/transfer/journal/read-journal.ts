import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { journalLimits } from "../../core/journal-limits.ts";
import { readJournalLines } from "./journal-lines.ts";

/** Stands in the first line of every journal. */
export const journalFormat = "sms-api-storage transfer";
/** Raised whenever an older release could misunderstand a journal. */
export const journalVersion = 1;

/** A journal's contents, or why they are not used. The file is open and the caller's to close. */
export type ReadJournal =
  | {
      readonly kind: "whole";
      readonly handle: FileHandle;
      readonly header: Readonly<Record<string, unknown>>;
      readonly records: readonly unknown[];
      readonly wholeBytes: number;
    }
  | { readonly kind: "refused"; readonly handle: FileHandle; readonly reason: string };

/** Opens and reads a journal. Throws the error of the file system. */
export async function readJournal(file: string): Promise<ReadJournal> {
  const handle = await open(file, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0));
  try {
    return { handle, ...(await read(handle)) };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

type Contents = ReadJournal extends infer Each
  ? Each extends unknown
    ? Omit<Each, "handle">
    : never
  : never;

async function read(handle: FileHandle): Promise<Contents> {
  const stats = await handle.stat();
  const user = process.getuid?.();
  if (!stats.isFile() || (user !== undefined && stats.uid !== user)) {
    return { kind: "refused", reason: "it is not a file of this user" };
  }
  if (stats.size > journalLimits.fileBytes) {
    return { kind: "refused", reason: "it is larger than a journal can be" };
  }
  const { records: lines, wholeBytes } = readJournalLines(await handle.readFile());
  const [header, ...records] = lines;
  if (!isRecord(header) || header["format"] !== journalFormat) {
    return { kind: "refused", reason: "it does not begin as a journal does" };
  }
  if (header["version"] !== journalVersion) {
    const found = String(header["version"]);
    return { kind: "refused", reason: `it is of version ${found}, not ${journalVersion}` };
  }
  return { kind: "whole", header, records, wholeBytes };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
