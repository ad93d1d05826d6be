import { expect, test } from "vitest";
import type { Engine } from "./engine.ts";
import { openEngine } from "./open-engine.ts";
import { withDirectory } from "./testing-fixtures/data-directory.ts";
import { withEngine } from "./testing-fixtures/engine-calls.ts";

async function put(engine: Engine, kind: string, ...ids: string[]): Promise<void> {
  await engine.records.update((records) => {
    for (const id of ids) records.put(kind, id, { of: id });
  });
}

function idsOf(engine: Engine, kind: string, prefix?: string): string[] {
  return [...engine.records.list(kind, prefix)].map(({ id }) => id);
}

test("records are kept by kind and listed in order", async () => {
  await withEngine(async (engine) => {
    await put(engine, "key", "b", "a/2", "a/1", "ä", "a");
    await put(engine, "keys", "z");
    expect(idsOf(engine, "key")).toEqual(["a", "a/1", "a/2", "b", "ä"]);
    expect(idsOf(engine, "key", "a/")).toEqual(["a/1", "a/2"]);
    expect(idsOf(engine, "ke")).toEqual([]);
    expect(engine.records.get("key", "b")).toEqual({ of: "b" });
    expect(engine.records.get("keys", "b")).toBeUndefined();
    await engine.records.update((records) => records.remove("key", "b"));
    expect(engine.records.get("key", "b")).toBeUndefined();
  });
});

test("an update sees its own changes, and one that throws changes nothing", async () => {
  await withEngine(async (engine) => {
    const seen = await engine.records.update((records) => {
      records.put("n", "x", 1);
      records.put("n", "x", Number(records.get("n", "x")) + 1);
      return [...records.list("n")];
    });
    expect(seen).toEqual([{ id: "x", value: 2 }]);
    const failed = engine.records.update((records) => {
      records.put("n", "x", 3);
      throw new Error("no");
    });
    await expect(failed).rejects.toThrow("no");
    expect(engine.records.get("n", "x")).toBe(2);
  });
});

test("many at a time happen one after the other", async () => {
  await withEngine(async (engine) => {
    const count = async () =>
      await engine.records.update((records) => {
        records.put("n", "count", Number(records.get("n", "count") ?? 0) + 1);
      });
    await Promise.all(Array.from({ length: 200 }, count));
    expect(engine.records.get("n", "count")).toBe(200);
  });
});

test("the count of changes tells of committed ones alone, kind by kind", async () => {
  await withEngine(async (engine) => {
    expect(engine.records.changesOf("n")).toBe(0);
    await put(engine, "n", "a", "b");
    expect(engine.records.changesOf("n")).toBe(1);
    const failed = engine.records.update((records) => {
      records.put("n", "x", 3);
      throw new Error("no");
    });
    await expect(failed).rejects.toThrow("no");
    expect(engine.records.changesOf("n")).toBe(1);
    expect(engine.records.changesOf("m")).toBe(0);
  });
});

test("they are there again when the store is opened anew", async () => {
  await withDirectory(async (directory) => {
    const first = await openEngine({ directory });
    await put(first, "n", "a");
    await first.close();
    const second = await openEngine({ directory });
    expect(second.records.get("n", "a")).toEqual({ of: "a" });
    await second.close();
  });
});
