import { expect, test } from "vitest";
import { mib } from "../core/limits.ts";
import type { Engine } from "./engine.ts";
import { openEngine } from "./open-engine.ts";
import { blobNames, withDirectory } from "./testing-fixtures/data-directory.ts";
import {
  testBucket,
  bytesOf,
  createBucket,
  patternBytes,
  plain,
  put,
  sourceOf,
} from "./testing-fixtures/engine-calls.ts";

/** Up to 16 steps of promises, then turns of the event loop: so long takes a commit. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < Math.min(count, 16); turn += 1) await Promise.resolve();
  for (let turn = 16; turn < count; turn += 1) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

/** The same bytes again: the ETag fits before and after, but the file is another. */
async function race(engine: Engine, partFirst: boolean, delay: number): Promise<void> {
  const bytes = patternBytes(40_000);
  const input = { bucket: testBucket, key: "k", initiatorArn: "arn", ...plain };
  const { uploadId } = await engine.createUpload(input);
  const address = { bucket: testBucket, key: "k", uploadId, partNumber: 1 };
  const part = await engine.putPart(address, await engine.stage(sourceOf(bytes)));
  const again = await engine.stage(sourceOf(bytes));
  const putAgain = async (): Promise<unknown> => await engine.putPart(address, again);
  const complete = async (): Promise<unknown> =>
    await engine.completeUpload({ ...address, parts: [part] });
  const [first, second] = partFirst ? [putAgain, complete] : [complete, putAgain];
  const one = first();
  await turns(delay);
  const results = await Promise.allSettled([one, second()]);
  await again.discard();
  const failed = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
  // Only a part that comes after the completion has no upload any more.
  for (const error of failed) expect(error).toMatchObject({ code: "NoSuchUpload" });
  // Time for files that are given up to go.
  await put(engine, "other", "1");
  await put(engine, "other", "2");
  const record = engine.getObject(testBucket, "k");
  expect((await bytesOf(engine, record!)).equals(bytes)).toBe(true);
}

test("a part that is put again while its upload is being completed: the object has its bytes", async () => {
  await withDirectory(async (directory) => {
    const engine = await openEngine({ directory });
    await createBucket(engine, testBucket);
    for (let delay = 0; delay < 60; delay += 1) {
      await race(engine, true, delay);
      await race(engine, false, delay);
    }
    await expect.poll(async () => await blobNames(directory)).toHaveLength(1);
    await engine.close();
  });
});

test("10,000 parts: the event loop is not held while they are read and judged", async () => {
  await withDirectory(async (directory) => {
    const engine = await openEngine({ directory, durability: "relaxed" });
    await createBucket(engine, testBucket);
    const source = await put(engine, "source", patternBytes(5 * mib));
    const input = { bucket: testBucket, key: "k", initiatorArn: "arn", ...plain };
    const { uploadId } = await engine.createUpload(input);
    const address = { bucket: testBucket, key: "k", uploadId };
    const numbers = Array.from({ length: 10_000 }, (_one, at) => at + 1);
    const parts = await Promise.all(
      numbers.map(async (partNumber) => await engine.copyPart({ ...address, partNumber }, source)),
    );
    let turnsTaken = 0;
    let done = false;
    const count = (): void => {
      turnsTaken += 1;
      if (!done) setImmediate(count);
    };
    setImmediate(count);
    const record = await engine.completeUpload({ ...address, parts });
    done = true;
    expect(turnsTaken).toBeGreaterThan(15);
    expect(record.sizeBytes).toBe(10_000 * 5 * mib);
    expect(record.etag).toMatch(/-10000$/);
    expect(engine.getObject(testBucket, "k")?.parts).toHaveLength(10_000);
    const at = 7777 * 5 * mib;
    const range = await bytesOf(engine, record, { first: at - 10, last: at + 9 });
    const whole = patternBytes(5 * mib);
    expect(range.equals(Buffer.concat([whole.subarray(-10), whole.subarray(0, 10)]))).toBe(true);
    await engine.deleteObject({ bucket: testBucket, key: "k" });
    await engine.deleteObject({ bucket: testBucket, key: "source" });
    await expect.poll(async () => await blobNames(directory)).toEqual([]);
    await engine.close();
  });
}, 60_000);
