import { access, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bucketsOf, copyPlaces } from "../testing-fixtures/copy-request.ts";
import { failure, MemoryStore } from "../testing-fixtures/memory-store.ts";

let folder: string;
let store: MemoryStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sms-move-"));
  store = new MemoryStore();
});

afterEach(() => rm(folder, { recursive: true }));

const file = (name: string) => join(folder, name);
const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
const move = (...places: readonly string[]) => copyPlaces(store, places, { move: true });

describe("a move", () => {
  it("leaves nothing at its source, in any direction", async () => {
    await writeFile(file("a"), "bytes");
    expect((await move(file("a"), "s3://bkt/a")).totals).toMatchObject({ copied: 1, failed: 0 });
    expect(await exists(file("a"))).toBe(false);
    await move("s3://bkt/a", "s3://bkt/b");
    expect([...store.objects.keys()]).toEqual(["b"]);
    await move("s3://bkt/b", file("c"));
    expect(store.objects.size).toBe(0);
    expect(await readFile(file("c"), "utf8")).toBe("bytes");
  });

  it("keeps a source whose copy is another object than was written", async () => {
    await writeFile(file("a"), "bytes");
    store.set("b", "source");
    store.fault = (operation, key) => {
      if (operation === "HeadObject" && key === "to") store.set("to", "of somebody else");
    };
    const up = await move(file("a"), "s3://bkt/to");
    expect(up.totals).toMatchObject({ copied: 0, failed: 1 });
    expect(await exists(file("a"))).toBe(true);
    const within = await move("s3://bkt/b", "s3://bkt/to");
    expect(within.totals).toMatchObject({ failed: 1 });
    expect(store.text("b")).toBe("source");
  });

  it("keeps a source whose copy is shorter than what was written", async () => {
    await writeFile(file("a"), "bytes");
    store.fault = (operation, key) => {
      const written = store.objects.get(key);
      if (operation !== "HeadObject" || written === undefined) return;
      store.objects.set(key, { ...written, said: { sizeBytes: 4 } });
    };
    expect((await move(file("a"), "s3://bkt/to")).totals).toMatchObject({ copied: 0, failed: 1 });
    expect(await exists(file("a"))).toBe(true);
  });

  it("deletes nothing that came in the place of what was copied", async () => {
    store.set("a", "first");
    let downloads = 0;
    store.fault = (operation) => {
      downloads += operation === "GetObject" ? 1 : 0;
      if (operation === "HeadObject" && downloads === 1) store.set("a", "second");
    };
    const { totals, events } = await move("s3://bkt/a", file("a"));
    expect(totals).toMatchObject({ copied: 0, failed: 1 });
    expect(events.at(-1)).toMatchObject({ kind: "failed", error: { code: "Conflict" } });
    expect(store.text("a")).toBe("second");
    await writeFile(file("b"), "first");
    store.fault = async (operation) => {
      if (operation === "HeadObject") await writeFile(file("b"), "other");
    };
    expect((await move(file("b"), "s3://bkt/b")).totals).toMatchObject({ failed: 1 });
    expect(await readFile(file("b"), "utf8")).toBe("other");
  });

  it("keeps the source where nobody may look at the copy, and says that it is there", async () => {
    await writeFile(file("a"), "bytes");
    store.fault = (operation) => {
      if (operation === "HeadObject") throw failure("PermissionDenied");
    };
    const { events } = await move(file("a"), "s3://bkt/a");
    const error = expect.objectContaining({
      code: "PermissionDenied",
      message: expect.stringContaining("was written, but cannot be looked at"),
    });
    expect(events.at(-1)).toMatchObject({ kind: "failed", error });
    expect(await exists(file("a"))).toBe(true);
    expect(store.text("a")).toBe("bytes");
  });

  it("deletes on condition, and by a look alone where the store knows no condition", async () => {
    store.set("a", "bytes");
    await move("s3://bkt/a", "s3://bkt/b");
    expect(store.deletes).toEqual([expect.objectContaining({ ifMatch: expect.any(String) })]);
    store.fault = (operation, _key, call) => {
      if (operation === "DeleteObject" && call === 2) throw failure("NotSupported");
    };
    await move("s3://bkt/b", "s3://bkt/c");
    expect([...store.objects.keys()]).toEqual(["c"]);
    expect(store.deletes).toHaveLength(2);
    expect(store.deletes[1]).not.toHaveProperty("ifMatch");
  });

  it("keeps what could not be copied or deleted, and goes on", async () => {
    for (const key of ["in/1", "in/2", "in/3"]) store.set(key, key);
    store.fault = (operation, key) => {
      if (operation === "CopyObject" && key === "out/1") throw failure("PermissionDenied");
      if (operation === "DeleteObject" && key === "in/2") throw failure("PermissionDenied");
    };
    const { totals } = await copyPlaces(store, ["s3://bkt/in/", "s3://bkt/out/"], {
      move: true,
      recursive: true,
    });
    expect(totals).toMatchObject({ copied: 1, failed: 2 });
    expect([...store.objects.keys()].toSorted()).toEqual(["in/1", "in/2", "out/2", "out/3"]);
  });

  it("is refused onto itself, also with other headers", async () => {
    store.set("a", "bytes");
    const wishes = { move: true, changesObjects: true, stored: { cacheControl: "x" } };
    await expect(copyPlaces(store, ["s3://bkt/a", "s3://bkt/a"], wishes)).rejects.toThrow(
      /onto itself/,
    );
    expect(store.text("a")).toBe("bytes");
  });
});

it("goes through this machine between two stores, with headers, metadata and tags", async () => {
  const source = new MemoryStore();
  const stored = { contentType: "text/csv", metadata: { mtime: "5" }, storageClass: "GLACIER" };
  source.set("in/a", "bytes", stored, { tagCount: 1 });
  source.objects.set("in/a", { ...source.objects.get("in/a"), tags: { p: "x" } } as never);
  source.set("in/large", "x".repeat(9 * 1024 * 1024));
  const { totals } = await copyPlaces(store, ["s3://bkt/in/", "s3://bkt/in/"], {
    recursive: true,
    move: true,
    sourceBuckets: bucketsOf(source),
    stored: { cacheControl: "no-cache" },
  });
  expect(totals).toMatchObject({ copied: 2, failed: 0 });
  const { headers, tags } = store.objects.get("in/a") ?? {};
  const { contentType, metadata } = stored;
  expect(headers).toEqual({ contentType, metadata, cacheControl: "no-cache" });
  expect(tags).toEqual({ p: "x" });
  expect(store.objects.get("in/large")?.bytes.length).toBe(9 * 1024 * 1024);
  expect(source.objects.size).toBe(0);
});

it("writes nothing of a source that breaks off on its way to another store", async () => {
  const source = new MemoryStore();
  source.set("a", "bytes");
  source.bodyOf = async function* () {
    yield Buffer.from("by");
    throw failure("PermissionDenied");
  };
  const { totals } = await copyPlaces(store, ["s3://bkt/a", "s3://bkt/b"], {
    sourceBuckets: bucketsOf(source),
  });
  expect(totals).toMatchObject({ copied: 0, failed: 1 });
  expect(store.objects.size).toBe(0);
});
