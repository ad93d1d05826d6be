import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Where the server of a data folder listens, for the commands that ask it. */
export interface ServerNote {
  readonly endpoint: string;
  readonly region: string;
  /** The authority of its certificate, where it made that itself. */
  readonly caFile?: string | undefined;
}

const noteOf = (directory: string): string => join(directory, "server.json");

export async function writeServerNote(directory: string, note: ServerNote): Promise<void> {
  const draft = `${noteOf(directory)}.new`;
  await writeFile(draft, `${JSON.stringify(note)}\n`, { mode: 0o600 });
  await rename(draft, noteOf(directory));
}

export async function removeServerNote(directory: string): Promise<void> {
  await rm(noteOf(directory), { force: true });
}

/** Undefined: no server runs on the folder, as far as the folder tells. */
export async function readServerNote(directory: string): Promise<ServerNote | undefined> {
  try {
    const note = JSON.parse(await readFile(noteOf(directory), "utf8")) as Partial<ServerNote>;
    const { endpoint, region, caFile } = note;
    if (typeof endpoint !== "string" || typeof region !== "string") return undefined;
    return { endpoint, region, ...(typeof caFile === "string" && { caFile }) };
  } catch {
    return undefined;
  }
}
