import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { GarbageCollector } from "./garbage-collector.ts";
import { BlobFiles } from "./blob-files.ts";
import { BlobPins } from "./blob-pins.ts";
import { GroupCommit } from "./group-commit.ts";
import { blobKey } from "./index-keys.ts";
import { openIndex } from "./index-store.ts";
import { LateFlush } from "./late-flush.ts";
import { openEngine } from "./open-engine.ts";
import { Sequence } from "./sequence.ts";
import { blobNames, withDirectory } from "./testing-fixtures/data-directory.ts";
import { testBucket, createBucket, put, textOf } from "./testing-fixtures/engine-calls.ts";
import { nodeDisk } from "./node-disk.ts";

/** Of a busy machine. */
const patience = { timeout: 20_000 };

describe("the schedule", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("one flush for all commits of 100 ms; none without a commit", async () => {
    let flushes = 0;
    const late = new LateFlush(
      async () => void (flushes += 1),
      () => undefined,
    );
    for (let commit = 0; commit < 5; commit += 1) late.committed();
    await vi.advanceTimersByTimeAsync(99);
    expect(flushes).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(flushes).toBe(1);
    await vi.advanceTimersByTimeAsync(1000);
    await late.flushed();
    expect(flushes).toBe(1);
  });

  test("whoever asks waits for a flush that began after the last commit", async () => {
    const ends: (() => void)[] = [];
    const late = new LateFlush(
      async () => await new Promise<void>((resolve) => ends.push(resolve)),
      () => undefined,
    );
    late.committed();
    const early = late.flushed();
    late.committed();
    let done = false;
    const both = late.flushed().then(() => (done = true));
    ends[0]?.();
    await early;
    await Promise.resolve();
    expect(done).toBe(false);
    await vi.waitFor(() => expect(ends).toHaveLength(2), patience);
    ends[1]?.();
    await both;
  });

  test("a failure is told once and for all: no later flush is tried or believed", async () => {
    let flushes = 0;
    const told: unknown[] = [];
    const late = new LateFlush(
      async () => {
        flushes += 1;
        throw new Error("EIO");
      },
      (error) => told.push(error),
    );
    late.committed();
    await vi.advanceTimersByTimeAsync(100);
    late.committed();
    await vi.advanceTimersByTimeAsync(100);
    await expect(late.flushed()).rejects.toThrow("EIO");
    expect([flushes, told.length]).toEqual([1, 1]);
  });
});

test("relaxed: a failed flush in the background makes the store read-only", async () => {
  await withDirectory(async (directory) => {
    const index = await openIndex(`${directory}/index`, "relaxed");
    expect(index.flush).toBeDefined();
    const commit = new GroupCommit(
      { ...index, flush: async () => await Promise.reject(new Error("EIO: i/o error")) },
      new Sequence(() => new Date(), 0),
    );
    await commit.write(({ tables }) => tables.meta.put(Buffer.from("k"), 1));
    await vi.waitFor(() => expect(commit.readOnlyReason).toContain("EIO: i/o error"), patience);
    await expect(commit.write(() => 1)).rejects.toMatchObject({ code: "ServiceUnavailable" });
    await index.close();
  });
});

test("relaxed: no file is unlinked before the delete of its object is on the disk", async () => {
  await withDirectory(async (directory) => {
    const index = await openIndex(`${directory}/index`, "relaxed");
    const flushes: (() => void)[] = [];
    const commit = new GroupCommit(
      { ...index, flush: async () => await new Promise<void>((resolve) => flushes.push(resolve)) },
      new Sequence(() => new Date(), 0),
    );
    await nodeDisk.makeDirectory(`${directory}/blobs`);
    const files = new BlobFiles({
      disk: nodeDisk,
      directory: `${directory}/blobs`,
      flush: true,
      onSyncFailure: () => undefined,
    });
    const file = await files.create();
    await file.finish();
    const garbage = index.tables.garbage;
    const collector = new GarbageCollector(files, new BlobPins(), commit, garbage);
    const row = { refs: 0, size: 0, md5: "", at: 0 };
    await commit.write(({ tables }) => tables.garbage.put(blobKey(file.id), row));
    collector.add([file.id]);
    await commit.write(({ tables }) => tables.meta.put(Buffer.from("k"), 1));
    expect(await blobNames(directory)).toEqual([file.id]);
    flushes[0]?.();
    await vi.waitFor(async () => expect(await blobNames(directory)).toEqual([]), patience);
    await collector.stop();
    await index.close();
  });
});

test("relaxed: a real flush succeeds, also when closing follows at once", async () => {
  await withDirectory(async (directory) => {
    const engine = await openEngine({ directory, durability: "relaxed" });
    await createBucket(engine, testBucket);
    await put(engine, "k", "v");
    await engine.close();
    const again = await openEngine({ directory });
    expect(await textOf(again, "k")).toBe("v");
    expect(again.status().readOnlyReason).toBeUndefined();
    await again.close();
  });
});
