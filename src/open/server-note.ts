import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { replaceFile } from "../disk/replace-file.ts";

/** Where the server of a data folder listens, for the commands that ask it. */
export interface ServerNote {
  readonly endpoint: string;
  readonly region: string;
  /** The authority of its certificate, where it made that itself. */
  readonly caFile?: string | undefined;
  /** The store that it plays, such as `qumulo`, where that has no IAM. */
  readonly plays?: string | undefined;
}

const noteOf = (directory: string): string => join(directory, "server.json");

export async function writeServerNote(directory: string, note: ServerNote): Promise<void> {
  await replaceFile(noteOf(directory), `${JSON.stringify(note)}\n`, { flush: false });
}

export async function removeServerNote(directory: string): Promise<void> {
  await rm(noteOf(directory), { force: true });
}

/** Undefined: no server runs on the folder, as far as the folder tells. */
export async function readServerNote(directory: string): Promise<ServerNote | undefined> {
  try {
    const note = JSON.parse(await readFile(noteOf(directory), "utf8")) as Partial<ServerNote>;
    const { endpoint, region, caFile, plays } = note;
    if (typeof endpoint !== "string" || typeof region !== "string") return undefined;
    return {
      endpoint,
      region,
      ...(typeof caFile === "string" && { caFile }),
      ...(typeof plays === "string" && { plays }),
    };
  } catch {
    return undefined;
  }
}
