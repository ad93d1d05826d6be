import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Engine } from "../engine.ts";
import { openEngine } from "../open-engine.ts";
import { blobNames, withDirectory } from "../testing-fixtures/data-directory.ts";
import {
  testBucket,
  createBucket,
  patternBytes,
  plain,
  put,
  setVersioning,
  sourceOf,
  textOf,
  withEngine,
} from "../testing-fixtures/engine-calls.ts";
import {
  LifecycleClock,
  setRules,
  sweep,
  versionsOf,
} from "../testing-fixtures/lifecycle-clock.ts";
import { createLifecycleSweeper } from "./lifecycle-sweeper.ts";

const oneDay = { Expiration: { Days: 1 } };
const oldVersions = { NoncurrentVersionExpiration: { NoncurrentDays: 1 } };
const abortUploads = { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } };

/** The engine, with something happening after a sweep has judged and before it deletes. */
function interrupted(engine: Engine, meanwhile: () => Promise<unknown>): Engine {
  return {
    ...engine,
    deleteObjects: async (inputs) => {
      await meanwhile();
      return await engine.deleteObjects(inputs);
    },
    abortUpload: async (...call) => {
      await meanwhile();
      await engine.abortUpload(...call);
    },
  };
}

describe("what happens between judging and deleting counts", () => {
  const clock = new LifecycleClock();
  const options = { now: clock.now };

  test("an object that was overwritten stays", async () => {
    await withEngine(async (engine) => {
      await setRules(engine, oneDay);
      await put(engine, "a", "old");
      await put(engine, "b", "old");
      clock.advance(2);
      const busy = interrupted(engine, async () => await put(engine, "a", "new"));
      expect(await sweep(busy, clock)).toEqual({ expired: 1 });
      expect(await textOf(engine, "a")).toBe("new");
      expect(await textOf(engine, "b")).toBeUndefined();
    }, options);
  });

  test("on a bucket with versioning the newer version gets no marker", async () => {
    await withEngine(
      async (engine) => {
        await setRules(engine, oneDay);
        await put(engine, "a", "old");
        clock.advance(2);
        const busy = interrupted(engine, async () => await put(engine, "a", "new"));
        expect(await sweep(busy, clock)).toEqual({});
        expect(versionsOf(engine)).toEqual(["a *", "a"]);
      },
      { ...options, versioning: "Enabled" },
    );
  });

  test("a rule that was taken away deletes nothing any more", async () => {
    await withEngine(
      async (engine) => {
        const rules = { ...oneDay, ...oldVersions, ...abortUploads };
        await put(engine, "a", "1");
        await put(engine, "a", "2");
        await engine.deleteObject({ bucket: testBucket, key: "lone" });
        await engine.createUpload({ bucket: testBucket, key: "u", initiatorArn: "arn", ...plain });
        clock.advance(3);
        for (const last of [
          { ...rules, Status: "Disabled" as const },
          { Filter: { Prefix: "z" } },
        ]) {
          await setRules(engine, rules);
          const busy = interrupted(engine, async () => await setRules(engine, last));
          expect(await sweep(busy, clock)).toEqual({});
        }
        expect(versionsOf(engine)).toEqual(["a *", "a", "lone - *"]);
        expect(engine.listUploads({ bucket: testBucket, limit: 9 }).entries).toHaveLength(1);
      },
      { ...options, versioning: "Enabled" },
    );
  });

  test("an object that lost its tag stays", async () => {
    await withEngine(async (engine) => {
      const tag = { Key: "kind", Value: "scratch" };
      await setRules(engine, { Filter: { Tag: tag }, ...oneDay });
      await put(engine, "a", "1", { tags: [tag] });
      clock.advance(2);
      const address = { bucket: testBucket, key: "a" };
      const busy = interrupted(engine, async () => await engine.setObjectTags(address, []));
      expect(await sweep(busy, clock)).toEqual({});
      expect(await textOf(engine, "a")).toBe("1");
    }, options);
  });

  test("an old version that became the current one stays", async () => {
    await withEngine(
      async (engine) => {
        await setRules(engine, oldVersions);
        await put(engine, "a", "1");
        const { versionId } = await engine.deleteObject({ bucket: testBucket, key: "a" });
        clock.advance(2);
        const undelete = {
          bucket: testBucket,
          key: "a",
          ...(versionId !== undefined && { versionId }),
        };
        const busy = interrupted(engine, async () => await engine.deleteObject(undelete));
        expect(await sweep(busy, clock)).toEqual({});
        expect(await textOf(engine, "a")).toBe("1");
      },
      { ...options, versioning: "Enabled" },
    );
  });

  test("another null version in the place of the one judged stays", async () => {
    await withEngine(async (engine) => {
      await setRules(engine, oldVersions);
      await put(engine, "a", "null 1");
      await setVersioning(engine, "Enabled");
      await put(engine, "a", "with an id");
      clock.advance(2);
      const busy = interrupted(engine, async () => {
        await setVersioning(engine, "Suspended");
        await put(engine, "a", "null 2");
        await setVersioning(engine, "Enabled");
        await put(engine, "a", "newest");
      });
      expect(await sweep(busy, clock)).toEqual({});
      expect(await textOf(engine, "a", "null")).toBe("null 2");
    }, options);
  });

  test("old versions are kept when newer ones were deleted", async () => {
    await withEngine(
      async (engine) => {
        await setRules(engine, {
          NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 1 },
        });
        for (const text of ["1", "2", "3"]) await put(engine, "a", text);
        const [, second] = engine.listVersions({ bucket: testBucket, limit: 9 }).entries;
        clock.advance(2);
        const { versionId = "" } = second ?? {};
        const busy = interrupted(engine, async () => {
          await engine.deleteObject({ bucket: testBucket, key: "a", versionId });
        });
        expect(await sweep(busy, clock)).toEqual({});
        expect(versionsOf(engine)).toEqual(["a *", "a"]);
      },
      { ...options, versioning: "Enabled" },
    );
  });

  test("a marker that is not alone any more stays", async () => {
    await withEngine(
      async (engine) => {
        await setRules(engine, { Expiration: { ExpiredObjectDeleteMarker: true } });
        await engine.deleteObject({ bucket: testBucket, key: "a" });
        const busy = interrupted(engine, async () => await put(engine, "a", "1"));
        expect(await sweep(busy, clock)).toEqual({});
        expect(versionsOf(engine)).toEqual(["a *", "a -"]);
      },
      { ...options, versioning: "Enabled" },
    );
  });

  test("a bucket that was deleted is no failure", async () => {
    await withEngine(async (engine) => {
      await setRules(engine, oneDay, abortUploads);
      await put(engine, "a");
      clock.advance(2);
      const busy = interrupted(engine, async () => {
        await engine.deleteObject({ bucket: testBucket, key: "a" });
        await engine.deleteBucket(testBucket);
      });
      expect(await sweep(busy, clock)).toEqual({});
    }, options);
  });
});

describe("uploads", () => {
  test("are aborted when due, and the files of their parts go", async () => {
    await withDirectory(async (directory) => {
      const clock = new LifecycleClock();
      const engine = await openEngine({ directory, now: clock.now });
      await createBucket(engine, testBucket);
      await setRules(engine, { Filter: { Prefix: "tmp/" }, ...abortUploads });
      const begin = async (key: string) => {
        const upload = { bucket: testBucket, key, initiatorArn: "arn", ...plain };
        const { uploadId } = await engine.createUpload(upload);
        const staged = await engine.stage(sourceOf(patternBytes(100_000)));
        await engine.putPart({ bucket: testBucket, key, uploadId, partNumber: 1 }, staged);
        return uploadId;
      };
      for (let at = 0; at < 300; at += 1) {
        await engine.createUpload({
          bucket: testBucket,
          key: `tmp/${at}`,
          initiatorArn: "",
          ...plain,
        });
      }
      await begin("tmp/old");
      const kept = await begin("kept");
      clock.advance(1);
      const young = await begin("tmp/young");
      clock.advance(1);
      expect(await sweep(engine, clock)).toEqual({ uploadsAborted: 301 });
      const left = engine.listUploads({ bucket: testBucket, limit: 9 }).entries;
      expect(left.map(({ uploadId }) => uploadId)).toEqual([kept, young]);
      await expect.poll(async () => await blobNames(directory)).toHaveLength(2);
      await engine.close();
    });
  });
});

describe("a sweep", () => {
  test("that is broken off by a stop is taken up after a restart", async () => {
    await withDirectory(async (parent) => {
      const directory = join(parent, "store");
      const clock = new LifecycleClock();
      const first = await openEngine({ directory, now: clock.now, durability: "relaxed" });
      await createBucket(first, testBucket);
      await setRules(first, oneDay);
      await Promise.all(
        Array.from({ length: 1000 }, async (_one, at) => await put(first, `${at}`)),
      );
      clock.advance(2);
      let stopped: Promise<void> | undefined;
      const busy = interrupted(first, async () => {
        stopped ??= sweeper.stop();
      });
      const sweeper = createLifecycleSweeper(busy, { now: clock.now });
      const [swept] = await sweeper.sweep();
      expect(swept).toMatchObject({ expired: 256 });
      expect(swept).not.toHaveProperty("error");
      await stopped;
      expect(await sweeper.sweep()).toEqual([]);
      await first.close();

      const second = await openEngine({ directory, now: clock.now });
      expect(versionsOf(second)).toHaveLength(744);
      expect(await sweep(second, clock)).toEqual({ expired: 744 });
      await second.close();
    });
  });

  test("tells of a failure and goes on with the next bucket", async () => {
    const clock = new LifecycleClock();
    await withEngine(
      async (engine) => {
        await createBucket(engine, "another");
        const lifecycle = { Rules: [{ Status: "Enabled" as const, Filter: {}, ...oneDay }] };
        for (const name of ["another", testBucket]) {
          await engine.updateBucketSettings(name, () => ({ lifecycle }));
          await put(engine, "k", "1", { bucket: name });
        }
        clock.advance(2);
        const failing: Engine = {
          ...engine,
          deleteObjects: async (inputs) => {
            if (inputs[0]?.bucket === "another") throw new Error("disk on fire");
            return await engine.deleteObjects(inputs);
          },
        };
        const told: string[] = [];
        const sweeper = createLifecycleSweeper(failing, {
          now: clock.now,
          onBucket: ({ bucket, expired, error }) =>
            told.push(`${bucket} ${expired} ${String(error)}`),
        });
        expect(await sweeper.sweep()).toHaveLength(2);
        expect(told).toEqual(["another 0 Error: disk on fire", `${testBucket} 1 undefined`]);
        await sweeper.sweep();
        expect(told).toHaveLength(3);
        await sweeper.stop();
      },
      { now: clock.now },
    );
  });

  test("runs at once and again and again, and no more when stopped", async () => {
    const clock = new LifecycleClock();
    await withEngine(
      async (engine) => {
        await setRules(engine, oneDay);
        await put(engine, "1");
        clock.advance(2);
        const sweeper = createLifecycleSweeper(engine, { now: clock.now, intervalMs: 1 });
        sweeper.start();
        sweeper.start();
        await expect.poll(() => versionsOf(engine)).toEqual([]);
        await put(engine, "2");
        clock.advance(2);
        await expect.poll(() => versionsOf(engine)).toEqual([]);
        await sweeper.stop();
        await put(engine, "3");
        clock.advance(2);
        await new Promise((resolve) => setTimeout(resolve, 250));
        expect(versionsOf(engine)).toEqual(["3 *"]);
      },
      { now: clock.now },
    );
  });

  test("with shorter days needs no patience", async () => {
    await withEngine(async (engine) => {
      await setRules(engine, oneDay);
      await put(engine, "k");
      const sweeper = createLifecycleSweeper(engine, { dayMs: 50 });
      sweeper.start();
      await expect.poll(() => versionsOf(engine), { timeout: 5000 }).toEqual([]);
      await sweeper.stop();
    });
  });
});
