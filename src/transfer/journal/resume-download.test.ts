import { mkdtemp, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mib, transferLimits } from "../../core/limits.ts";
import { downloadFile } from "../download/download-file.ts";
import { failure, MemoryStore } from "../testing-fixtures/memory-store.ts";
import { transferContext } from "../transfer-context.ts";
import { journalLine, readJournalLines } from "./journal-lines.ts";
import { Journals } from "./journals.ts";
import type { TransferNotice } from "./transfer-notice.ts";

const { partBytes } = transferLimits;
const bytes = Buffer.alloc(4 * partBytes + 77);
for (let n = 0; n + 4 <= bytes.length; n += 4096) bytes.writeUInt32LE(n, n);

let folder = "";
let target = "";
let store: MemoryStore;
let notices: TransferNotice[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "sms-resume-test-"));
  target = path.join(folder, "to", "file");
  store = new MemoryStore();
  store.set("a", bytes);
  notices = [];
});
afterEach(() => rm(folder, { recursive: true }));

const state = () => path.join(folder, "state");
const journalsLeft = async () => (await readdir(state())).length;

async function download(): Promise<boolean> {
  store.log.length = 0;
  store.gets.length = 0;
  const journals = new Journals({ folder: state(), bucket: "http://store.example bkt" });
  const context = transferContext(store.asStore(), { journals });
  await downloadFile(context, "a", target, {
    concurrency: 1,
    onNotice: (notice) => notices.push(notice),
  });
  expect(await readdir(path.dirname(target))).toEqual(["file"]);
  expect(await journalsLeft()).toBe(0);
  return (await readFile(target)).equals(store.objects.get("a")?.bytes ?? Buffer.alloc(0));
}

/** Cut short at the GET of the fourth range. */
async function cutShort(code: Parameters<typeof failure>[0] = "Unauthenticated") {
  store.fault = (operation, _key, call) => {
    if (operation === "GetObject" && call === 4) throw failure(code);
  };
  await expect(download()).rejects.toMatchObject({ code });
  store.fault = () => undefined;
}

const ranges = () => store.gets.map(({ range }) => range);
const part = async () => {
  const [name = ""] = await readdir(path.dirname(target));
  return path.join(path.dirname(target), name);
};

type Line = Readonly<Record<string, unknown>>;

async function rewrite(change: (line: Line) => unknown): Promise<void> {
  const [name = ""] = await readdir(state());
  const journal = path.join(state(), name);
  const { records } = readJournalLines(await readFile(journal));
  const lines = records.map((line) => journalLine(change(line as Line)));
  await writeFile(journal, lines.join(""));
}

describe("a download that was cut short", () => {
  it.each(["Unauthenticated", "Aborted", "PermissionDenied"] as const)(
    "by %s is gone on with by the next run, which fetches what is missing",
    async (code) => {
      await cutShort(code);
      expect(await journalsLeft()).toBe(1);
      expect(await download()).toBe(true);
      expect(ranges()).toEqual([
        { first: 3 * partBytes, last: 4 * partBytes - 1 },
        { first: 4 * partBytes, last: bytes.length - 1 },
      ]);
      expect(store.gets.every(({ ifMatch }) => ifMatch !== undefined)).toBe(true);
      expect(notices).toEqual([
        { kind: "resumed", doneBytes: 3 * partBytes, totalBytes: bytes.length },
      ]);
    },
  );

  it("says how to go on", async () => {
    store.fault = (operation, _key, call) => {
      if (operation === "GetObject" && call === 3) throw failure("Unauthenticated");
    };
    await expect(download()).rejects.toMatchObject({
      remedy: "Run it again to go on: what was fetched is kept beside the target.",
    });
  });

  it.each(["IntegrityError", "InvalidArgument"] as const)("by %s leaves nothing", async (code) => {
    await cutShort(code);
    expect(await readdir(path.dirname(target))).toEqual([]);
    expect(await journalsLeft()).toBe(0);
  });

  it("fetches a block again that is not on the disk as it was written", async () => {
    await cutShort();
    const file = await open(await part(), "r+");
    await file.write("x", partBytes + 5);
    await file.close();
    expect(await download()).toBe(true);
    expect(ranges()[0]).toEqual({ first: partBytes, last: 2 * partBytes - 1 });
    expect(ranges()).toHaveLength(3);
  });

  it("fetches blocks again that the disk has lost", async () => {
    await cutShort();
    const file = await open(await part(), "r+");
    await file.truncate(partBytes);
    await file.close();
    expect(await download()).toBe(true);
    expect(ranges()[0]).toEqual({ first: partBytes, last: 2 * partBytes - 1 });
  });

  it.each([
    ["a block of another length", (line: Line) => ({ ...line, lengthBytes: partBytes - 1 })],
    ["a block elsewhere", (line: Line) => ({ ...line, offset: partBytes + 1 })],
  ])("trusts no checksum of %s", async (_what, change) => {
    await cutShort();
    await rewrite((line) => (line["offset"] === partBytes ? change(line) : line));
    expect(await download()).toBe(true);
    expect(ranges()[0]).toEqual({ first: partBytes, last: 2 * partBytes - 1 });
  });

  it("touches no file but a part of a download that its journal names", async () => {
    await cutShort();
    const mine = path.join(folder, "mine");
    await writeFile(mine, "precious");
    await rm(await part());
    await rewrite((line) => (line["partFile"] === undefined ? line : { ...line, partFile: mine }));
    expect(await download()).toBe(true);
    expect(await readFile(mine, "utf8")).toBe("precious");
    expect(notices).toEqual([
      { kind: "begun-anew", reason: expect.stringContaining("its journal is not whole") },
    ]);
  });

  it("begins anew when the object was replaced, and mixes nothing", async () => {
    await cutShort();
    store.set("a", Buffer.alloc(bytes.length, 9));
    expect(await download()).toBe(true);
    expect(notices).toEqual([
      { kind: "begun-anew", reason: expect.stringContaining("the object was replaced since") },
    ]);
  });

  it("begins anew when its part file is gone", async () => {
    await cutShort();
    await rm(await part());
    expect(await download()).toBe(true);
    expect(notices).toEqual([{ kind: "begun-anew", reason: expect.stringContaining("are gone") }]);
  });

  it("ends as a missing object does when that is gone, and leaves nothing", async () => {
    await cutShort();
    store.objects.clear();
    await expect(download()).rejects.toMatchObject({ code: "NotFound" });
    expect(await readdir(path.dirname(target))).toEqual([]);
    expect(await journalsLeft()).toBe(0);
  });
});

it("nothing is remembered of a small one", async () => {
  store.set("a", Buffer.alloc(mib));
  await download().catch(() => undefined);
  expect(await readdir(state())).toEqual([]);
});
