import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Buckets } from "../buckets.ts";
import { Selection } from "../selection/selection.ts";
import { failure, MemoryStore } from "../testing-fixtures/memory-store.ts";
import { transferContext } from "../transfer-context.ts";
import { runSync } from "./run-sync.ts";
import type { SyncEvent, SyncTotals } from "./sync-event.ts";
import type { SyncRequest } from "./sync-request.ts";

let root = "";
let store: MemoryStore;
let events: SyncEvent[] = [];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "sms-sync-"));
  store = new MemoryStore();
  events = [];
});
afterEach(() => rm(root, { recursive: true }));

async function make(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, contents] of Object.entries(files)) {
    const file = join(root, "tree", path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, contents);
    await utimes(file, 1_700_000_000, 1_700_000_000);
  }
}

function sync(changes: Partial<SyncRequest> = {}): Promise<SyncTotals> {
  const request: SyncRequest = {
    source: { kind: "local", path: join(root, "tree") },
    target: { kind: "remote", uri: { bucket: "bkt", key: "t" } },
    selection: Selection.all,
    links: "files",
    buckets: new Buckets(() => transferContext(store.asStore())),
    signal: new AbortController().signal,
    stored: {},
    comparison: "content",
    memory: { folder: join(root, "state"), sourceName: "s", targetName: "s" },
    caseConflicts: "ignore",
    dryRun: false,
    deletes: true,
    emptySource: false,
    mayDelete: () => Promise.resolve(true),
    ...changes,
  };
  return runSync(request, (event) => void events.push(event));
}

const calls = (operation: string): number =>
  store.log.filter((entry) => entry.startsWith(`${operation} `)).length;

describe("runSync", () => {
  it("asks about nothing but pages and reads no file, once it has seen all to be the same", async () => {
    await make({ a: "1", "b/c": "2" });
    await sync();
    store.log.length = 0;
    expect(await sync()).toMatchObject({ copied: 0, unchanged: 2 });
    expect(store.log).toEqual(["ListObjects t/"]);
  });

  it("goes through a store anew whose keys turn out to be in no order, and loses none", async () => {
    await make({ a: "1", b: "2", c: "3" });
    for (const key of ["t/c", "t/old", "t/a"]) store.set(key, key === "t/a" ? "1" : "3");
    expect(await sync()).toMatchObject({ copied: 1, deleted: 1, failed: 0 });
    expect([...store.objects.keys()].toSorted()).toEqual(["t/a", "t/b", "t/c"]);
    expect(store.text("t/b")).toBe("2");
  });

  it("sorts what a store is known to list in no order", async () => {
    store = new MemoryStore({ orderedListing: "no" });
    await make({ a: "1", b: "2", c: "3" });
    for (const key of ["t/c", "t/old", "t/a"]) store.set(key, key === "t/a" ? "1" : "3");
    expect(await sync()).toMatchObject({ copied: 1, unchanged: 2, deleted: 1 });
  });

  it("deletes nothing where a copy failed, and nothing that it may not", async () => {
    await make({ a: "1" });
    store.set("t/old", "x");
    store.fault = (operation) => {
      if (operation === "PutObject") throw failure("PermissionDenied");
    };
    expect(await sync()).toMatchObject({ failed: 1, deleted: 0, notDeleted: 1 });
    store.fault = () => undefined;
    const counted: [number, number][] = [];
    const mayDelete = async (count: number, of: number): Promise<boolean> => {
      counted.push([count, of]);
      return Promise.resolve(false);
    };
    expect(await sync({ mayDelete })).toMatchObject({ copied: 1, deleted: 0, notDeleted: 1 });
    expect(counted).toEqual([[1, 1]]);
    expect(store.text("t/old")).toBe("x");
  });

  // Names that are no UTF-8: other systems have none.
  it.skipIf(process.platform !== "linux")(
    "deletes nothing where a folder of the source could not be read",
    async () => {
      await make({ b: "2" });
      // No call can name this folder again.
      await mkdir(Buffer.concat([Buffer.from(join(root, "tree/a")), Buffer.from([0xff])]));
      for (const key of ["t/a\uFFFD/x", "t/b", "t/old"]) store.set(key, "1");
      expect(await sync()).toMatchObject({ copied: 1, deleted: 0, notDeleted: 1, skipped: 1 });
      expect([...store.objects.keys()].toSorted()).toEqual(["t/a\uFFFD/x", "t/b", "t/old"]);
    },
  );

  it("deletes nothing below a link that leads nowhere just now", async () => {
    await make({ b: "2" });
    await symlink("not-mounted", join(root, "tree/a"));
    for (const key of ["t/a/x", "t/old"]) store.set(key, "1");
    expect(await sync({ links: "all" })).toMatchObject({ deleted: 1, skipped: 1 });
    expect([...store.objects.keys()].toSorted()).toEqual(["t/a/x", "t/b"]);
  });

  it("does not delete what is left out", async () => {
    await make({ a: "1" });
    for (const key of ["t/old.log", "t/old.txt"]) store.set(key, "1");
    const selection = new Selection({ rules: [{ kind: "exclude", pattern: "*.log" }] });
    expect(await sync({ selection })).toMatchObject({ copied: 1, deleted: 1 });
    expect([...store.objects.keys()].toSorted()).toEqual(["t/a", "t/old.log"]);
  });

  it("deletes nothing for a source without files, unless that is meant", async () => {
    await mkdir(join(root, "tree"));
    store.set("t/old", "x");
    await expect(sync()).rejects.toMatchObject({ code: "NotFound" });
    expect(store.text("t/old")).toBe("x");
    expect(await sync({ emptySource: true })).toMatchObject({ deleted: 1 });
  });

  it("counts anew what is to be deleted when it goes through a store anew", async () => {
    await make({ a: "1", m: "1", z: "1" });
    for (let count = 0; count < 1100; count += 1) store.set(`t/n${10_000 + count}`, "x");
    store.set("t/m", "1");
    const counted: [number, number][] = [];
    const mayDelete = async (count: number, of: number): Promise<boolean> => {
      counted.push([count, of]);
      return Promise.resolve(true);
    };
    expect(await sync({ mayDelete })).toMatchObject({ deleted: 1100, failed: 0 });
    expect(counted.map(([count]) => count)).toEqual([1100]);
    expect([...store.objects.keys()].toSorted()).toEqual(["t/a", "t/m", "t/z"]);
  });

  it("tells how much there is in the target, not in the source", async () => {
    await make({ a: "1", b: "2", c: "3" });
    for (const key of ["t/a", "t/old"]) store.set(key, "1");
    const counted: [number, number][] = [];
    const mayDelete = async (count: number, of: number): Promise<boolean> => {
      counted.push([count, of]);
      return Promise.resolve(false);
    };
    await sync({ mayDelete });
    expect(counted).toEqual([[1, 2]]);
  });

  it("takes no copy for known whose file changed while it was sent", async () => {
    await make({ a: "one" });
    store.fault = async (operation) => {
      if (operation !== "PutObject") return;
      store.fault = () => undefined;
      await writeFile(join(root, "tree/a"), "two");
    };
    await sync().catch(() => undefined);
    await utimes(join(root, "tree/a"), 1_700_000_000, 1_700_000_000);
    await sync();
    expect(store.text("t/a")).toBe("two");
  });

  it("remembers what it learned before it was stopped, and what was known behind it", async () => {
    await make({ a: "1", b: "2", c: "3" });
    await sync();
    const controller = new AbortController();
    await make({ a: "other" });
    store.fault = (operation) => {
      if (operation === "PutObject") controller.abort();
    };
    await expect(sync({ signal: controller.signal })).rejects.toMatchObject({ name: "AbortError" });
    store.fault = () => undefined;
    store.log.length = 0;
    expect(await sync()).toMatchObject({ copied: 1, unchanged: 2 });
    const [index = ""] = await readdir(join(root, "state"));
    expect((await readFile(join(root, "state", index), "utf8")).split("\n")).toHaveLength(5);
  });

  it("shows in a dry run what it would do, and does none of it", async () => {
    await make({ a: "1" });
    store.set("t/old", "x");
    expect(await sync({ dryRun: true })).toMatchObject({ copied: 1, deleted: 1 });
    expect(events.map(({ kind }) => kind)).toEqual(["begun", "done", "deleted"]);
    expect([...store.objects.keys()]).toEqual(["t/old"]);
    expect(await readdir(root)).toEqual(["tree"]);
    expect(calls("PutObject") + calls("DeleteObjects") + calls("DeleteObject")).toBe(0);
  });
});
