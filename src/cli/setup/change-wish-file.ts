import { readFile, realpath, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { replaceFile } from "../../disk/replace-file.ts";
import { changedFileText } from "../../setup/desired-file-text.ts";
import type { AcceptedValue } from "../../setup/drift/accepted-value.ts";
import type { CommandContext } from "../context.ts";
import { UsageError } from "../exit-codes.ts";

/**
 * Puts values into a file of the wish, each told; all else in it stays. Values of a setting that the file
 * leaves alone or resets are told and not put. Throws UsageError.
 */
export async function changeWishFile(
  { runtime, output }: CommandContext,
  file: string,
  values: readonly AcceptedValue[],
): Promise<void> {
  const path = resolve(runtime.cwd, file);
  const before = await readFile(path, "utf8");
  const notes: string[] = [];
  let text = before;
  for (const value of values) {
    const changed = changedFileText(text, file, [value]);
    notes.push(changed === undefined ? leftNote(file, value) : changedNote(file, value));
    text = changed ?? text;
  }
  if (text !== before) await replaceWishFile(path, text, file);
  for (const note of notes) output.note(note);
}

export function changedNote(file: string, { path, value }: AcceptedValue): string {
  return `${file}: ${path.join(".")} is now ${String(value)}`;
}

function leftNote(file: string, { path }: AcceptedValue): string {
  return `${file} leaves ${path[0]} alone or resets it, and still does.`;
}

/**
 * A file that people wrote: it stays where its link leads and for whom it is, and is never there in part.
 * `named`: as it was named, for messages. Throws UsageError.
 */
export async function replaceWishFile(path: string, text: string, named: string): Promise<void> {
  try {
    const file = await realpath(path);
    const { mode } = await stat(file);
    await replaceFile(file, text, { mode: mode & 0o777 });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${named} cannot be written: ${reason}`);
  }
}
