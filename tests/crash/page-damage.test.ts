import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, link, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fsck } from "../../src/engine/fsck.ts";
import { blobNames } from "../../src/engine/testing-fixtures/data-directory.ts";
import { WriterProcess } from "./writer-process.ts";

/** A longer run: PAGE_DAMAGE_PAGES=60. */
const pages = Number(process.env["PAGE_DAMAGE_PAGES"] ?? 4);
const mostPages = 60;
const blockBytes = 4096;
const dist = process.env["SMS_DIST"] ?? join(import.meta.dirname, "..", "..", "dist");

let home = "";
/** What a process that opens the undamaged store sees. */
let expected: Seen;

interface Seen {
  readonly code?: string;
  readonly objects?: readonly string[];
  readonly files?: number;
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "page-damage-"));
  const writer = new WriterProcess(join(home, "store"), 1);
  await writer.acknowledges(300);
  await writer.kill();
  await copyStore(join(home, "whole"));
  expected = await open(join(home, "whole"));
}, 60_000);

afterAll(async () => {
  await rm(home, { recursive: true, force: true });
});

/** In a process of its own: a damaged page can end it. */
async function open(directory: string): Promise<Seen> {
  const reader = spawn(process.execPath, [
    join(import.meta.dirname, "reader.mjs"),
    dist,
    directory,
  ]);
  let text = "";
  reader.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const [code, signal] = (await once(reader, "close")) as [number | null, string | null];
  if (code !== 0) throw new Error(`The reader ended with ${signal ?? code}. ${text}`);
  return JSON.parse(text) as Seen;
}

/** Files of objects are not copied: nothing writes to them. */
async function copyStore(directory: string): Promise<void> {
  const store = join(home, "store");
  await mkdir(directory);
  for (const name of ["format.json", "keys", "lock", "index", "redo"]) {
    await cp(join(store, name), join(directory, name), { recursive: true });
  }
  for (const name of await readdir(join(store, "blobs"), { recursive: true })) {
    const path = join(directory, "blobs", name);
    await mkdir(dirname(path), { recursive: true });
    if ((await stat(join(store, "blobs", name))).isFile())
      await link(join(store, "blobs", name), path);
  }
}

async function damage(page: number, kind: "zeroed" | "garbled"): Promise<string> {
  const directory = join(home, `damaged-${page}-${kind}`);
  await copyStore(directory);
  const path = join(directory, "index", "data.mdb");
  const bytes = await readFile(path);
  // Evenly over the file; more pages than that by the golden section, in between.
  const place = page < pages ? page / pages : (page * 0.618_034) % 1;
  const at = Math.floor(place * (bytes.length / blockBytes)) * blockBytes;
  const block = kind === "zeroed" ? Buffer.alloc(blockBytes) : randomBytes(blockBytes);
  block.copy(bytes, at);
  await writeFile(path, bytes);
  return directory;
}

interface Outcome {
  readonly refused: boolean;
  /** Empty: as it must be. */
  readonly fault: string;
}

/** Refused, with every file in place, and then repaired exactly; or quite unharmed. */
async function judge(directory: string): Promise<Outcome> {
  const files = (await blobNames(directory)).sort().join();
  const before = await open(directory);
  if (before.code === undefined) {
    const same = JSON.stringify(before) === JSON.stringify(expected);
    return { refused: false, fault: same ? "" : "it opened with other contents" };
  }
  if (before.code !== "IntegrityError") return { refused: true, fault: before.code };
  const kept = (await blobNames(directory)).sort().join() === files;
  if (!kept) return { refused: true, fault: "files were removed" };
  const { sound, rebuilt } = await fsck(directory, { repair: true, bytes: false });
  if (!sound || rebuilt?.how !== "exact") return { refused: true, fault: "the repair failed" };
  const same = JSON.stringify(await open(directory)) === JSON.stringify(expected);
  return { refused: true, fault: same ? "" : "the repair lost something" };
}

test(`killed, then one page of the index damaged, ${pages} pages, each in two ways`, async () => {
  // Else this test proves nothing.
  expect(expected.objects?.length).toBeGreaterThan(100);
  const outcomes: (Outcome & { readonly page: number; readonly kind: string })[] = [];
  let refused = 0;
  // Many pages are free. The first one, a head, is not, and some other must be among those tried.
  for (let page = 0; page < pages || (refused < 3 && page < mostPages); page += 1) {
    for (const kind of ["zeroed", "garbled"] as const) {
      const directory = await damage(page, kind);
      const outcome = await judge(directory);
      outcomes.push({ page, kind, ...outcome });
      if (outcome.refused) refused += 1;
      await rm(directory, { recursive: true });
    }
  }
  if (process.env["PAGE_DAMAGE_PAGES"] !== undefined) console.log(`${refused} refused`);
  expect(outcomes.filter(({ fault }) => fault !== "")).toEqual([]);
  expect(refused).toBeGreaterThan(2);
}, 600_000);
