import { describe, expect, test } from "vitest";
import type { VersioningStatus } from "../core/bucket-settings.ts";
import type { Engine } from "./engine.ts";
import {
  testBucket,
  put,
  setVersioning,
  textOf,
  withEngine,
} from "./testing-fixtures/engine-calls.ts";

/** Newest first: `null` or `id`, `*` for a marker, then the text. */
async function history(engine: Engine, key = "k"): Promise<string[]> {
  const { entries } = engine.listVersions({ bucket: testBucket, prefix: key, limit: 1000 });
  expect(entries.map((entry) => entry.isLatest)).toEqual(entries.map((_entry, at) => at === 0));
  return await Promise.all(
    entries.map(async (entry) => {
      const id = entry.versionId === "null" ? "null" : "id";
      return entry.deleteMarker ? `${id}*` : `${id} ${await textOf(engine, key, entry.versionId)}`;
    }),
  );
}

type Step =
  | { readonly put: string }
  | "delete"
  | { readonly set: VersioningStatus }
  | { readonly deleteAt: number };

async function run(engine: Engine, step: Step): Promise<void> {
  if (step === "delete") await engine.deleteObject({ bucket: testBucket, key: "k" });
  else if ("put" in step) await put(engine, "k", step.put);
  else if ("set" in step) await setVersioning(engine, step.set);
  else {
    const { entries } = engine.listVersions({ bucket: testBucket, limit: 1000 });
    const versionId = entries[step.deleteAt]!.versionId;
    await engine.deleteObject({ bucket: testBucket, key: "k", versionId });
  }
}

const on = { set: "Enabled" } as const;
const off = { set: "Suspended" } as const;

describe("versions left by a series of changes", () => {
  const cases: readonly { readonly steps: readonly Step[]; readonly left: readonly string[] }[] = [
    { steps: [{ put: "a" }, { put: "b" }], left: ["null b"] },
    { steps: [{ put: "a" }, "delete"], left: [] },
    { steps: ["delete"], left: [] },
    { steps: [on, { put: "a" }, { put: "b" }], left: ["id b", "id a"] },
    { steps: [{ put: "a" }, on, { put: "b" }], left: ["id b", "null a"] },
    { steps: [on, { put: "a" }, "delete"], left: ["id*", "id a"] },
    { steps: [on, { put: "a" }, "delete", "delete"], left: ["id*", "id*", "id a"] },
    { steps: [on, "delete"], left: ["id*"] },
    { steps: [on, { put: "a" }, "delete", { put: "b" }], left: ["id b", "id*", "id a"] },
    { steps: [on, { put: "a" }, { put: "b" }, { deleteAt: 0 }], left: ["id a"] },
    { steps: [on, { put: "a" }, { put: "b" }, { deleteAt: 1 }], left: ["id b"] },
    { steps: [on, { put: "a" }, "delete", { deleteAt: 0 }], left: ["id a"] },
    { steps: [on, { put: "a" }, "delete", { deleteAt: 1 }], left: ["id*"] },
    { steps: [on, { put: "a" }, { deleteAt: 0 }], left: [] },
    { steps: [on, { put: "a" }, "delete", "delete", { deleteAt: 0 }], left: ["id*", "id a"] },
    { steps: [on, { put: "a" }, off, { put: "b" }], left: ["null b", "id a"] },
    { steps: [on, { put: "a" }, off, { put: "b" }, { put: "c" }], left: ["null c", "id a"] },
    { steps: [on, { put: "a" }, off, { put: "b" }, "delete"], left: ["null*", "id a"] },
    { steps: [on, { put: "a" }, off, "delete", "delete"], left: ["null*", "id a"] },
    { steps: [on, { put: "a" }, off, "delete", { put: "b" }], left: ["null b", "id a"] },
    { steps: [{ put: "a" }, on, { put: "b" }, off, { put: "c" }], left: ["null c", "id b"] },
    { steps: [{ put: "a" }, on, { put: "b" }, off, "delete"], left: ["null*", "id b"] },
    { steps: [{ put: "a" }, on, { put: "b" }, { deleteAt: 0 }], left: ["null a"] },
    {
      steps: [{ put: "a" }, on, { put: "b" }, { deleteAt: 0 }, { put: "c" }, off, { put: "d" }],
      left: ["null d", "id c"],
    },
    { steps: [off, { put: "a" }, on, "delete", off, "delete"], left: ["null*", "id*"] },
    { steps: [off, "delete", { deleteAt: 0 }], left: [] },
  ];
  test.each(cases)("$steps", async ({ steps, left }) => {
    await withEngine(async (engine) => {
      for (const step of steps) await run(engine, step);
      expect(await history(engine)).toEqual(left);
      const latest = left[0];
      const expected =
        latest === undefined || latest.endsWith("*") ? undefined : latest.split(" ")[1];
      expect(await textOf(engine, "k")).toBe(expected);
      const listed = engine
        .listObjects({ bucket: testBucket, limit: 10 })
        .entries.map(({ key }) => key);
      expect(listed).toEqual(expected === undefined ? [] : ["k"]);
    });
  });
});

test("what a delete tells", async () => {
  await withEngine(async (engine) => {
    const key = "k";
    await put(engine, key);
    expect(await engine.deleteObject({ bucket: testBucket, key })).toEqual({ deleteMarker: false });
    await setVersioning(engine, "Enabled");
    const { versionId } = await put(engine, key);
    const marker = await engine.deleteObject({ bucket: testBucket, key });
    expect(marker).toEqual({ deleteMarker: true, versionId: expect.stringMatching(/^[\w-]{32}$/) });
    expect(await engine.deleteObject({ bucket: testBucket, key, versionId })).toEqual({
      deleteMarker: false,
      versionId,
    });
    const markerId = marker.versionId!;
    expect(await engine.deleteObject({ bucket: testBucket, key, versionId: markerId })).toEqual(
      marker,
    );
    await setVersioning(engine, "Suspended");
    expect(await engine.deleteObject({ bucket: testBucket, key })).toEqual({
      deleteMarker: true,
      versionId: "null",
    });
  });
});

test("the latest marker reads as a record that says so", async () => {
  await withEngine(
    async (engine) => {
      await put(engine, "k");
      const { versionId } = await engine.deleteObject({ bucket: testBucket, key: "k" });
      expect(engine.getObject(testBucket, "k")).toMatchObject({ deleteMarker: true, versionId });
      expect(engine.getObject(testBucket, "k", versionId)).toMatchObject({ deleteMarker: true });
    },
    { versioning: "Enabled" },
  );
});

test("the order stays total when the clock stands still or steps back", async () => {
  const times = [5000, 5000, 5000, 1000, 1000, 6000];
  let at = 0;
  const now = (): Date => new Date(times[Math.min(at, times.length - 1)]!);
  await withEngine(
    async (engine) => {
      const ids: string[] = [];
      for (at = 0; at < times.length; at += 1)
        ids.unshift((await put(engine, "k", `${at}`)).versionId);
      const { entries } = engine.listVersions({ bucket: testBucket, limit: 100 });
      expect(entries.map((entry) => entry.versionId)).toEqual(ids);
      expect(entries.map((entry) => entry.lastModified.getTime())).toEqual(times.toReversed());
    },
    { versioning: "Enabled", now },
  );
});

describe("version ids", () => {
  const unknown = "A".repeat(32);
  const refused = { code: "InvalidArgument", message: "Invalid version id specified" };
  test("malformed ones, and all but null without versioning, are refused", async () => {
    await withEngine(async (engine) => {
      await put(engine, "k");
      expect(() => engine.getObject(testBucket, "k", unknown)).toThrow(
        expect.objectContaining(refused),
      );
      expect(engine.getObject(testBucket, "k", "null")).toBeDefined();
      await setVersioning(engine, "Enabled");
      for (const bad of ["", "x", "A".repeat(33), `${"A".repeat(31)}/`]) {
        expect(() => engine.getObject(testBucket, "k", bad)).toThrow(
          expect.objectContaining(refused),
        );
      }
      const deletion = engine.deleteObject({ bucket: testBucket, key: "k", versionId: "x" });
      await expect(deletion).rejects.toMatchObject(refused);
    });
  });

  test("an unknown one finds nothing, and deleting it is a success", async () => {
    await withEngine(
      async (engine) => {
        await put(engine, "k");
        expect(engine.getObject(testBucket, "k", unknown)).toBeUndefined();
        expect(engine.getObject(testBucket, "k", "null")).toBeUndefined();
        const outcome = await engine.deleteObject({
          bucket: testBucket,
          key: "k",
          versionId: unknown,
        });
        expect(outcome).toEqual({ deleteMarker: false, versionId: unknown });
        expect(await textOf(engine, "k")).toBe("k");
      },
      { versioning: "Enabled" },
    );
  });
});
