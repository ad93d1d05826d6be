import { describe, expect, test } from "vitest";
import type { LifecycleRule } from "../../core/bucket-settings.ts";
import { serverLimits } from "../../core/limits.ts";
import type { Engine, EngineOptions } from "../engine.ts";
import {
  testBucket,
  put,
  setVersioning,
  textOf,
  withEngine,
} from "../testing-fixtures/engine-calls.ts";
import {
  LifecycleClock,
  setRules,
  sweep,
  versionsOf,
} from "../testing-fixtures/lifecycle-clock.ts";

type Versioned = Pick<Parameters<typeof withEngine>[1] & object, "versioning">;

async function withClock(
  run: (engine: Engine, clock: LifecycleClock) => Promise<void>,
  options: EngineOptions & Versioned = {},
): Promise<void> {
  const clock = new LifecycleClock();
  await withEngine(async (engine) => await run(engine, clock), { now: clock.now, ...options });
}

const enabled = { versioning: "Enabled" } as const;
const days = (Days: number): Partial<LifecycleRule> => ({ Expiration: { Days } });
const noncurrent = (NoncurrentDays: number, NewerNoncurrentVersions?: number) => ({
  NoncurrentVersionExpiration: {
    NoncurrentDays,
    ...(NewerNoncurrentVersions !== undefined && { NewerNoncurrentVersions }),
  },
});

describe("without versioning", () => {
  test("objects go for good, at the midnight after their last day and not before", async () => {
    await withClock(async (engine, clock) => {
      await setRules(engine, { Filter: { Prefix: "test/" }, ...days(7) });
      await put(engine, "test/a");
      await put(engine, "production/a");
      clock.advance(7.8);
      expect(await sweep(engine, clock)).toEqual({});
      expect(versionsOf(engine)).toEqual(["production/a *", "test/a *"]);
      clock.advance(0.2);
      expect(await sweep(engine, clock)).toEqual({ expired: 1 });
      expect(versionsOf(engine)).toEqual(["production/a *"]);
    });
  });

  test("only what the filters name goes", async () => {
    await withClock(async (engine, clock) => {
      const scratch = { Key: "kind", Value: "scratch" };
      await setRules(
        engine,
        { Filter: { Tag: scratch }, ...days(1) },
        { Filter: { ObjectSizeGreaterThan: 100 }, ...days(1) },
        { Filter: { And: { Prefix: "a/", ObjectSizeLessThan: 5 } }, ...days(1) },
        { Prefix: "legacy/", ...days(1) },
        { Status: "Disabled", Filter: {}, ...days(1) },
      );
      await put(engine, "kept", "x", { tags: [{ Key: "kind", Value: "kept" }] });
      await put(engine, "tagged", "x", { tags: [scratch] });
      await put(engine, "large", "x".repeat(101));
      await put(engine, "a/small", "x");
      await put(engine, "a/middle", "xxxxx");
      await put(engine, "legacy/x", "xxxxx");
      clock.advance(2);
      expect(await sweep(engine, clock)).toEqual({ expired: 4 });
      expect(versionsOf(engine)).toEqual(["a/middle *", "kept *"]);
    });
  });

  test("a date takes what is there, and later what comes", async () => {
    await withClock(async (engine, clock) => {
      await setRules(engine, { Expiration: { Date: "2026-03-03T00:00:00.000Z" } });
      await put(engine, "k");
      expect(await sweep(engine, clock)).toEqual({});
      clock.advance(2);
      expect(await sweep(engine, clock)).toEqual({ expired: 1 });
      await put(engine, "k");
      expect(await sweep(engine, clock)).toEqual({ expired: 1 });
    });
  });

  test("disabled rules alone do nothing", async () => {
    await withClock(async (engine, clock) => {
      await setRules(engine, { Status: "Disabled", ...days(1), ...noncurrent(1) });
      await put(engine, "k");
      clock.advance(400);
      expect(await sweep(engine, clock)).toEqual({});
      expect(await textOf(engine, "k")).toBe("k");
    });
  });

  test("thousands of objects take several steps, and others stay", async () => {
    await withClock(async (engine, clock) => {
      await setRules(engine, { Filter: { Prefix: "test/" }, ...days(1) });
      const keys = Array.from({ length: 2500 }, (_one, at) => `test/${at}`);
      await Promise.all(keys.map(async (key) => await put(engine, key, "x")));
      await put(engine, "testing", "x");
      clock.advance(2);
      expect(await sweep(engine, clock)).toEqual({ expired: 2500 });
      expect(versionsOf(engine)).toEqual(["testing *"]);
    });
  });
});

describe("with versioning", () => {
  test("a rule for days and old versions purges: marker, then bytes, then the marker", async () => {
    await withClock(async (engine, clock) => {
      await setRules(engine, { Filter: { Prefix: "test/" }, ...days(7), ...noncurrent(1) });
      await put(engine, "test/a", "1");
      await put(engine, "test/a", "2");
      await put(engine, "b", "1");
      clock.advance(1);
      expect(await sweep(engine, clock)).toEqual({});
      clock.advance(1);
      expect(await sweep(engine, clock)).toEqual({ noncurrentDeleted: 1 });
      clock.advance(6);
      expect(await sweep(engine, clock)).toEqual({ expired: 1 });
      expect(versionsOf(engine)).toEqual(["b *", "test/a - *", "test/a"]);
      expect(await sweep(engine, clock)).toEqual({});
      clock.advance(2);
      expect(await sweep(engine, clock)).toEqual({ noncurrentDeleted: 1 });
      expect(versionsOf(engine)).toEqual(["b *", "test/a - *"]);
      clock.advance(6);
      expect(await sweep(engine, clock)).toEqual({ markersRemoved: 1 });
      expect(versionsOf(engine)).toEqual(["b *"]);
    }, enabled);
  });

  test("days alone only add markers: the bytes stay for years", async () => {
    await withClock(async (engine, clock) => {
      await setRules(engine, { Filter: { Prefix: "test/" }, ...days(7) });
      await put(engine, "test/a", "1");
      clock.advance(8);
      expect(await sweep(engine, clock)).toEqual({ expired: 1 });
      clock.advance(1000);
      expect(await sweep(engine, clock)).toEqual({});
      expect(versionsOf(engine)).toEqual(["test/a - *", "test/a"]);
    }, enabled);
  });

  test("lone markers go at once where that is asked for, with versions they stay", async () => {
    await withClock(async (engine, clock) => {
      await setRules(engine, { Expiration: { ExpiredObjectDeleteMarker: true } });
      await engine.deleteObject({ bucket: testBucket, key: "lone" });
      await put(engine, "lone2");
      await engine.deleteObject({ bucket: testBucket, key: "lone2" });
      await put(engine, "k");
      expect(await sweep(engine, clock)).toEqual({ markersRemoved: 1 });
      expect(versionsOf(engine)).toEqual(["k *", "lone2 - *", "lone2"]);
    }, enabled);
  });

  test("a marker under newer versions goes as they do", async () => {
    await withClock(async (engine, clock) => {
      await setRules(engine, noncurrent(1));
      await put(engine, "k", "1");
      await engine.deleteObject({ bucket: testBucket, key: "k" });
      await put(engine, "k", "2");
      clock.advance(2);
      expect(await sweep(engine, clock)).toEqual({ noncurrentDeleted: 2 });
      expect(versionsOf(engine)).toEqual(["k *"]);
      expect(await textOf(engine, "k")).toBe("2");
    }, enabled);
  });

  test("days count from the successor, not from the version's own age", async () => {
    await withClock(async (engine, clock) => {
      await setRules(engine, noncurrent(30));
      await put(engine, "k", "1");
      clock.advance(300);
      await put(engine, "k", "2");
      clock.advance(29);
      expect(await sweep(engine, clock)).toEqual({});
      clock.advance(2);
      expect(await sweep(engine, clock)).toEqual({ noncurrentDeleted: 1 });
    }, enabled);
  });

  test("the newest old versions are kept", async () => {
    await withClock(async (engine, clock) => {
      await setRules(engine, noncurrent(1, 2));
      for (const text of ["1", "2", "3", "4", "5"]) await put(engine, "k", text);
      const { entries } = engine.listVersions({ bucket: testBucket, limit: 9 });
      clock.advance(2);
      expect(await sweep(engine, clock)).toEqual({ noncurrentDeleted: 2 });
      const left = engine.listVersions({ bucket: testBucket, limit: 9 }).entries;
      expect(left.map(({ versionId }) => versionId)).toEqual(
        entries.slice(0, 3).map(({ versionId }) => versionId),
      );
    }, enabled);
  });

  test("a thousand versions of one key go in one sweep, over the steps' ends", async () => {
    await withClock(async (engine, clock) => {
      await setRules(engine, noncurrent(2));
      for (let day = 0; day < 1000; day += 1) {
        await put(engine, "k", `${day}`);
        clock.advance(1);
      }
      // The last is current; the two before it have not been noncurrent for two whole days.
      expect(await sweep(engine, clock)).toEqual({ noncurrentDeleted: 997 });
      expect(await sweep(engine, clock)).toEqual({});
      expect(await textOf(engine, "k")).toBe("999");
    }, enabled);
  }, 20_000);
});

test("what lies behind a deleted null version at the end of a step goes in the same sweep", async () => {
  await withClock(async (engine, clock) => {
    await setRules(engine, noncurrent(1));
    await put(engine, "k", "oldest");
    await setVersioning(engine, "Suspended");
    await put(engine, "k", "null");
    await setVersioning(engine, "Enabled");
    const { lifecycleStepEntries } = serverLimits;
    for (let at = 1; at < lifecycleStepEntries; at += 1) await put(engine, "k", `${at}`);
    clock.advance(3);
    expect(await sweep(engine, clock)).toEqual({ noncurrentDeleted: lifecycleStepEntries });
  }, enabled);
});

describe("with versioning suspended", () => {
  test("a null version is replaced by a null marker, which goes when it is old", async () => {
    await withClock(async (engine, clock) => {
      await setRules(engine, days(1));
      await put(engine, "k");
      await setVersioning(engine, "Suspended");
      clock.advance(2);
      expect(await sweep(engine, clock)).toEqual({ expired: 1 });
      expect(versionsOf(engine)).toEqual(["k - *"]);
      clock.advance(2);
      expect(await sweep(engine, clock)).toEqual({ markersRemoved: 1 });
      expect(versionsOf(engine)).toEqual([]);
    });
  });

  test("a version with an id is kept under the null marker", async () => {
    await withClock(async (engine, clock) => {
      await setRules(engine, days(1), noncurrent(5));
      const { versionId } = await put(engine, "k");
      await setVersioning(engine, "Suspended");
      clock.advance(2);
      expect(await sweep(engine, clock)).toEqual({ expired: 1 });
      expect(engine.getObject(testBucket, "k")).toMatchObject({
        deleteMarker: true,
        versionId: "null",
      });
      expect(await textOf(engine, "k", versionId)).toBe("k");
      clock.advance(6);
      expect(await sweep(engine, clock)).toEqual({ noncurrentDeleted: 1 });
    }, enabled);
  });
});
