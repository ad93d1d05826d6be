import { createHash } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { mkdir, readdir, readFile, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { replaceFile } from "../../disk/replace-file.ts";
import { isPlainObject } from "../../core/check-options.ts";
import type { KeptVersion } from "./shelf.ts";

/** What is stored beside an object's bytes; times in ISO 8601. */
export interface FileFacts extends Pick<
  KeptVersion,
  "etag" | "headers" | "tags" | "checksum" | "partSizes"
> {
  readonly lastModified: string;
}

/** By what the file is known to which facts belong: any other file of the key has none. */
export interface FileMark {
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  readonly inode: bigint;
}

/** A time is set in seconds with a fraction, which is not the same to the last digit when it is read. */
export function markOf({ size, mtimeNs, ino }: BigIntStats): FileMark {
  const modifiedMs = Math.round(Number(mtimeNs) / 1e6);
  return { sizeBytes: Number(size), modifiedMs, inode: ino };
}

/** Writes a document whole, or not at all. */
export async function writeDocument(path: string, document: unknown, flush: boolean) {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await replaceFile(path, JSON.stringify(document), { flush });
}

/** Undefined: there is none, or none that can be read. */
export async function readDocument(path: string): Promise<Record<string, unknown> | undefined> {
  try {
    const document: unknown = JSON.parse(await readFile(path, "utf8"));
    return isPlainObject(document) ? document : undefined;
  } catch {
    return undefined;
  }
}

/** The facts of the files that a key has had, each in a document that is named by the file's mark. */
export class DirectoryFacts {
  readonly #root: string;
  readonly #flushes: boolean;

  constructor(root: string, flushes: boolean) {
    this.#root = root;
    this.#flushes = flushes;
  }

  async write(key: string, mark: FileMark, facts: FileFacts): Promise<void> {
    const path = join(this.#folderOf(key), nameOf(mark));
    await writeDocument(path, { key, ...facts }, this.#flushes);
  }

  /** Undefined: nothing is known of this file. */
  async read(key: string, mark: FileMark): Promise<FileFacts | undefined> {
    const folder = this.#folderOf(key);
    const facts = await readFacts(join(folder, nameOf(mark)), key);
    if (facts !== undefined) return facts;
    // Copies of a whole folder keep sizes and times alone.
    const names = await readdir(folder).catch(() => []);
    const copied = names.find((name) => name.startsWith(startOf(mark)));
    return copied === undefined ? undefined : readFacts(join(folder, copied), key);
  }

  /** Of a file that is gone. */
  async remove(key: string, mark: FileMark): Promise<void> {
    const folder = this.#folderOf(key);
    await rm(join(folder, nameOf(mark)), { force: true });
    // Those of other writers may be in it.
    await rmdir(folder).catch(() => undefined);
  }

  #folderOf(key: string): string {
    const name = createHash("sha256").update(key).digest("hex");
    return join(this.#root, name.slice(0, 2), name);
  }
}

const startOf = ({ modifiedMs, sizeBytes }: FileMark): string => `${modifiedMs}-${sizeBytes}-`;
const nameOf = (mark: FileMark): string => `${startOf(mark)}${mark.inode}.json`;

async function readFacts(path: string, key: string): Promise<FileFacts | undefined> {
  const document = await readDocument(path);
  if (document === undefined) return undefined;
  const { key: written, ...facts } = document;
  return written === key && isFacts(facts) ? facts : undefined;
}

function isFacts(value: Record<string, unknown>): value is Record<string, unknown> & FileFacts {
  return (
    typeof value["etag"] === "string" &&
    typeof value["lastModified"] === "string" &&
    isPlainObject(value["headers"]) &&
    isPlainObject(value["tags"])
  );
}
