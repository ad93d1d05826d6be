import { mkdtemp, open, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { mib } from "../../core/limits.ts";
import { MemoryStore } from "../testing-fixtures/memory-store.ts";
import { endOfTar, tarMember } from "../testing-fixtures/tar-member.ts";
import { transferContext, type TransferContext } from "../transfer-context.ts";
import { extractArchive } from "./extract-archive.ts";
import { FolderTarget } from "./folder-target.ts";
import type { ArchiveSource } from "./open-entries.ts";

let context: TransferContext;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sms-holes-"));
  context = transferContext(new MemoryStore().asStore(), { temporaryDirectory: folder });
});

afterEach(async () => {
  await context.temporary.remove();
  await rm(folder, { recursive: true, force: true });
});

type Pieces = readonly (readonly [number, number])[];

const sizeBytes = 32 * mib;

/** A file of GNU's format 0.1, of the byte `x` in each of its pieces. */
function sparseTar(map: Pieces): Buffer {
  const records = [`size=${sizeBytes}`, `map=${map.flat().join(",")}`].map((text) => {
    const rest = ` GNU.sparse.${text}\n`;
    const digits = String(rest.length + 2).length;
    return `${rest.length + digits}${rest}`;
  });
  const data = Buffer.alloc(
    map.reduce((sum, [, length]) => sum + length, 0),
    "x",
  );
  return Buffer.concat([
    tarMember("pax", records.join(""), { type: "x" }),
    tarMember("holes", data),
    endOfTar,
  ]);
}

function wholeFile(map: Pieces): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  for (const [offset, length] of map) bytes.fill("x", offset, offset + length);
  return bytes;
}

/** What a file of nothing but a hole takes here: as much as its size where there are no holes. */
async function bytesOfHole(): Promise<number> {
  const handle = await open(join(folder, "hole"), "w");
  await handle.truncate(sizeBytes);
  await handle.close();
  return bytesOnDisk("hole");
}

async function bytesOnDisk(name: string): Promise<number> {
  return (await stat(join(folder, name))).blocks * 512;
}

function streamOf(bytes: Buffer): ArchiveSource {
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += 4096) yield bytes.subarray(at, at + 4096);
  }
  return { kind: "stream", chunks: chunks() };
}

it.each<readonly [string, Pieces]>([
  [
    "before, between and behind its pieces",
    [
      [5 * mib, 700],
      [20 * mib, 100_000],
    ],
  ],
  ["before its last piece", [[sizeBytes - 700, 700]]],
  ["behind its first piece", [[0, 700]]],
  ["and nothing else", [[sizeBytes, 0]]],
])("a sparse file is unpacked to disk with its holes: %s", async (_what, map) => {
  const target = await FolderTarget.at(folder, context.partFiles);
  await extractArchive(context, streamOf(sparseTar(map)), target);
  const bytes = await readFile(join(folder, "holes"));
  expect(bytes.equals(wholeFile(map))).toBe(true);
  // A file system fills its blocks up.
  const filled = 300_000;
  expect(await bytesOnDisk("holes")).toBeLessThanOrEqual((await bytesOfHole()) + filled);
});

it("a file of zeros that the archive has is unpacked with them", async () => {
  const zeros = Buffer.alloc(4 * mib);
  const target = await FolderTarget.at(folder, context.partFiles);
  await extractArchive(
    context,
    streamOf(Buffer.concat([tarMember("zeros", zeros), endOfTar])),
    target,
  );
  expect((await readFile(join(folder, "zeros"))).equals(zeros)).toBe(true);
});
