import { expect, test } from "vitest";
import type { Engine } from "../../src/engine/engine.ts";
import { openEngine } from "../../src/engine/open-engine.ts";
import { blobNames, withDirectory } from "../../src/engine/testing-fixtures/data-directory.ts";
import { bytesOf } from "../../src/engine/testing-fixtures/engine-calls.ts";
import { labelOf } from "./contents.mjs";
import { WriterProcess, type Told } from "./writer-process.ts";

const rounds = Number(process.env["KILL_ROUNDS"] ?? 6);
const testBucket = "crash";

/** What must be there after all rounds so far: keys written once, and the state of the hot ones. */
interface Expected {
  readonly once: Map<string, Told>;
  /** Last acknowledged state and the one that was under way: a label, or undefined for deleted. */
  readonly hot: Map<string, Set<string | undefined>>;
  readonly versions: Map<string, string[]>;
  readonly begun: Set<string>;
}

function isHot(told: Told): boolean {
  return (told.put ?? told.delete ?? "").startsWith("hot/");
}

function learn(expected: Expected, writer: WriterProcess): void {
  for (const told of writer.begun) {
    if (told.put?.startsWith("hot/") === true || told.delete !== undefined) continue;
    if (told.put !== undefined) expected.begun.add(told.put);
  }
  for (const told of writer.acknowledged) {
    if (told.version !== undefined) {
      const labels = expected.versions.get(told.version) ?? [];
      expected.versions.set(told.version, [...labels, told.label!]);
    } else if (told.put !== undefined && !told.put.startsWith("hot/")) {
      expected.once.set(told.put, told);
    }
  }
  const hotAcknowledged = writer.acknowledged.filter(isHot);
  for (const told of hotAcknowledged) {
    expected.hot.set((told.put ?? told.delete)!, new Set([told.label]));
  }
  const counts = new Map<string, number>();
  for (const told of hotAcknowledged) {
    const key = (told.put ?? told.delete)!;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  for (const told of writer.begun.filter(isHot)) {
    const key = (told.put ?? told.delete)!;
    const left = counts.get(key) ?? 0;
    counts.set(key, left - 1);
    // Operations of one key follow one another: the one behind the last acknowledged is under way.
    if (left > 0) continue;
    const states = expected.hot.get(key) ?? new Set([undefined]);
    expected.hot.set(key, new Set([...states, told.label]));
  }
}

async function labelAt(engine: Engine, bucket: string, key: string): Promise<string | undefined> {
  const record = engine.getObject(bucket, key);
  if (record === undefined) return undefined;
  return labelOf(await bytesOf(engine, record));
}

async function verify(engine: Engine, expected: Expected): Promise<void> {
  for (const [key, told] of expected.once) {
    const label = await labelAt(engine, testBucket, key);
    // A copy's label is that of its source, whichever it was then; labelAt has judged the bytes.
    expect(`${key} ${label}`).toBe(`${key} ${told.label ?? label ?? "of some source"}`);
  }
  const listed = engine.listObjects({ bucket: testBucket, limit: 1_000_000 }).entries;
  for (const entry of listed.filter(({ key }) => !key.startsWith("hot/"))) {
    // Unacknowledged ones may be there, but then whole.
    expect(expected.begun).toContain(entry.key);
    if (!expected.once.has(entry.key)) labelOf(await bytesOf(engine, entry));
  }
  for (const [key, states] of expected.hot) {
    const label = await labelAt(engine, testBucket, key);
    expect([key, ...states]).toContain(label);
    expected.hot.set(key, new Set([label]));
  }
  for (const [key, labels] of expected.versions) {
    const { entries } = engine.listVersions({ bucket: "versioned", prefix: key, limit: 100_000 });
    const own = entries.filter((entry) => entry.key === key).toReversed();
    const found = await Promise.all(
      own.map(async (entry) => labelOf(await bytesOf(engine, entry))),
    );
    expect(found.filter((label) => labels.includes(label))).toEqual(labels);
    expect(own.length).toBeLessThanOrEqual(labels.length + rounds);
  }
}

async function deleteAll(engine: Engine): Promise<void> {
  for (const bucket of [testBucket, "versioned"]) {
    const { entries } = engine.listVersions({ bucket, limit: 1_000_000 });
    await engine.deleteObjects(entries.map(({ key, versionId }) => ({ bucket, key, versionId })));
    await engine.deleteBucket(bucket);
  }
}

test("killed again and again under load: what was acknowledged is there bit by bit, the rest is whole or absent", async () => {
  await withDirectory(async (directory) => {
    const expected: Expected = {
      once: new Map(),
      hot: new Map(),
      versions: new Map(),
      begun: new Set(),
    };
    for (let round = 1; round <= rounds; round += 1) {
      const writer = new WriterProcess(directory, round);
      await writer.acknowledges(100 + round * 37);
      await writer.kill();
      learn(expected, writer);

      const engine = await openEngine({ directory });
      await verify(engine, expected);
      await engine.close();
    }
    const engine = await openEngine({ directory });
    expect(engine.status().recovered).toEqual({ orphanedFiles: 0, unfinishedFiles: 0 });
    await deleteAll(engine);
    await engine.close();
    const last = await openEngine({ directory });
    await expect.poll(async () => await blobNames(directory)).toEqual([]);
    await last.close();
  });
}, 120_000);
