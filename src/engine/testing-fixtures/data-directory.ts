import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { everything } from "../index-keys.ts";
import { openIndex } from "../index-store.ts";

/** Runs a test with a directory of its own that is removed afterwards. */
export async function withDirectory(run: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "engine-test-"));
  try {
    await run(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Small contents as they stand in the index of a closed store, in the order in which they came. */
export async function inlineRows(directory: string): Promise<Buffer[]> {
  const index = await openIndex(join(directory, "index"), "durable");
  const rows = Array.from(index.tables.inline.range(everything), ({ row }) => Buffer.from(row));
  await index.close();
  return rows;
}

/** Names of all files of large contents, unfinished ones included. */
export async function blobNames(directory: string): Promise<string[]> {
  const entries = await readdir(join(directory, "blobs"), {
    recursive: true,
    withFileTypes: true,
  });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}
