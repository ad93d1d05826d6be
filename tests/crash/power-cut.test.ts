import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Engine } from "../../src/engine/engine.ts";
import { openEngine } from "../../src/engine/open-engine.ts";
import { bytesOf } from "../../src/engine/testing-fixtures/engine-calls.ts";
import { PowerCut, type Fate } from "./after-power-cut.ts";
import { labelOf } from "./contents.mjs";
import { recoveryFaults, writingFaults } from "./planted-faults.ts";
import {
  type Change,
  type Note,
  recordKinds,
  testBucket,
  versioned,
  Workload,
} from "./power-cut-workload.ts";
import { SimulatedDisk, type Image, type LogEntry } from "./simulated-disk.ts";

const givenSeed = Number(process.env["POWER_CUT_SEED"] ?? 1);
const callers = 4;
const steps = Number(process.env["POWER_CUT_STEPS"] ?? 14);

/** Made before anything is written with it, so that no power cut can take it away. */
const masterKeyFile = join(mkdtempSync(join(tmpdir(), "power-cut-key-")), "master-key.json");
afterAll(async () => await rm(dirname(masterKeyFile), { recursive: true }));

/** Memory where there is such a folder: thousands of stores are opened. */
const scratch = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** Mulberry32: the same numbers for the same seed. */
function chanceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Recording {
  readonly log: readonly LogEntry[];
  /** The index file after each commit, and the format file. */
  readonly snapshots: readonly Buffer[];
}

/** LMDB changes its two head pages last, so they tell whether there was a commit. */
async function record(): Promise<Recording> {
  // On a real disk: its flushes leave other operations the time to overtake a commit.
  const directory = await mkdtemp(join(tmpdir(), "power-cut-"));
  const chance = chanceOf(givenSeed);
  const snapshots: Buffer[] = [];
  let heads = "";
  let disk: SimulatedDisk | undefined = undefined;
  const lookAtIndex = (): void => {
    const path = join(directory, "index", "data.mdb");
    if (!existsSync(path)) return;
    const bytes = readFileSync(path);
    const now = createHash("sha1").update(bytes.subarray(0, 16_384)).digest("hex");
    if (now === heads) return;
    heads = now;
    snapshots.push(bytes);
    disk?.log.push({ op: "note", note: { what: "commit", snapshot: snapshots.length - 1 } });
  };
  disk = new SimulatedDisk(join(directory, "blobs"), { chance, onEntry: lookAtIndex });
  const engine = await openEngine({ directory, disk, masterKeyFile });
  const note = (one: Note): void => disk.note(one);
  await new Workload(engine, note, chance).run(callers, steps);
  const { log } = disk;
  await engine.close();
  await rm(directory, { recursive: true });
  return { log, snapshots };
}

/** What may and what must be there after so much of the log. */
class Expectation {
  /** Per key the states it may be in: the last acknowledged and all begun since. */
  readonly #keys = new Map<string, Set<string | undefined>>();
  readonly #versions = new Map<string, "may" | "must" | "gone" | "may go">();
  readonly #records = new Map<string, Set<string | undefined>>();
  acknowledged = 0;

  learn({ what, change }: { readonly what: "begin" | "ack"; readonly change: Change }): void {
    if (what === "ack") this.acknowledged += 1;
    if (change.kind !== "version") {
      const [all, name] =
        change.kind === "key" ? [this.#keys, change.key] : [this.#records, change.id];
      const states = all.get(name) ?? new Set([undefined]);
      all.set(name, what === "ack" ? new Set([change.label]) : states.add(change.label));
      return;
    }
    const begun = change.removed ? "may go" : "may";
    const done = change.removed ? "gone" : "must";
    this.#versions.set(change.label, what === "ack" ? done : begun);
  }

  async verify(engine: Engine): Promise<void> {
    const entries = engine.listObjects({ bucket: testBucket, limit: 10_000 }).entries;
    for (const entry of entries) {
      const label = labelOf(await bytesOf(engine, entry));
      const states = this.#keys.get(entry.key) ?? new Set();
      if (!states.has(label)) throw new Error(`${entry.key} holds ${label}`);
    }
    const listed = new Set(entries.map((entry) => entry.key));
    for (const [key, states] of this.#keys) {
      if (!listed.has(key) && !states.has(undefined)) throw new Error(`${key} is lost`);
    }
    await this.#verifyVersions(engine);
    this.#verifyRecords(engine);
  }

  #verifyRecords({ records }: Engine): void {
    for (const [id, states] of this.#records) {
      const [label, other] = recordKinds.map(
        (kind) => (records.get(kind, id) as { readonly label: string } | undefined)?.label,
      );
      if (label !== other) throw new Error(`records of ${id}: ${label} without ${other}`);
      if (!states.has(label)) throw new Error(`the record ${id} is lost: it says ${label}`);
    }
  }

  async #verifyVersions(engine: Engine): Promise<void> {
    const found = new Set<string>();
    for (const entry of engine.listVersions({ bucket: versioned, limit: 10_000 }).entries) {
      found.add(labelOf(await bytesOf(engine, entry)));
    }
    for (const [label, state] of this.#versions) {
      if (state === "must" && !found.has(label)) throw new Error(`version ${label} is lost`);
      if (state === "gone" && found.has(label)) throw new Error(`version ${label} came back`);
    }
    for (const label of found) {
      if (!this.#versions.has(label)) throw new Error(`version ${label} from nowhere`);
    }
  }
}

function fatesOf(chance: () => number): Fate[] {
  const byChance: Fate = {
    entry: () => chance() < 0.5,
    bytes: () => (["lost", "half", "kept", "torn"] as const)[Math.floor(chance() * 4)] ?? "lost",
  };
  return [
    { entry: () => false, bytes: () => "lost" },
    { entry: () => true, bytes: () => "lost" },
    { entry: () => true, bytes: () => "torn" },
    // Not the power but the process went away.
    { entry: () => true, bytes: () => "kept" },
    byChance,
    byChance,
  ];
}

async function reopen(
  snapshot: Buffer | undefined,
  image: Image,
  use: (engine: Engine, disk: SimulatedDisk) => Promise<void>,
  plant: (disk: SimulatedDisk) => void,
): Promise<void> {
  const directory = await mkdtemp(join(scratch, "power-cut-"));
  try {
    await mkdir(join(directory, "index"));
    if (snapshot !== undefined) await writeFile(join(directory, "index", "data.mdb"), snapshot);
    await writeFile(join(directory, "format.json"), '{"store":"sms-api-storage","format":1}');
    await writeFile(join(directory, "lock"), "power cut");
    const disk = new SimulatedDisk(join(directory, "blobs"), { image });
    plant(disk);
    const engine = await openEngine({ directory, disk, masterKeyFile });
    try {
      await use(engine, disk);
    } finally {
      await engine.close();
    }
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Nothing may be left of the crash once every object is given up. */
async function verifyNoLeak(engine: Engine, disk: SimulatedDisk): Promise<void> {
  for (const bucket of [testBucket, versioned].filter((name) => engine.getBucket(name))) {
    const { entries } = engine.listVersions({ bucket, limit: 10_000 });
    await engine.deleteObjects(entries.map(({ key, versionId }) => ({ bucket, key, versionId })));
    await engine.deleteBucket(bucket);
  }
  for (let turn = 0; turn < 2000 && disk.fileCount > 0; turn += 1) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
  if (disk.fileCount > 0) throw new Error(`${disk.fileCount} files are left.`);
}

function stateName(snapshot: Buffer | undefined, at: number, image: Image): string {
  const hash = createHash("sha1").update(`${snapshot === undefined ? "" : at}\n`);
  for (const [path, bytes] of [...image].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${path} ${bytes.length} `).update(bytes);
  }
  return hash.digest("hex");
}

interface CutFacts {
  readonly states: number;
  readonly distinct: number;
  readonly commits: number;
  readonly log: number;
  readonly acknowledged: number;
}

/** Cuts the power after every entry of a record, in several ways. Throws at the first finding. */
async function cutEverywhere(
  { log, snapshots }: Recording,
  {
    plant = () => undefined,
    shows = () => true,
  }: {
    readonly plant?: (disk: SimulatedDisk) => void;
    readonly shows?: (entry: LogEntry) => boolean;
  } = {},
): Promise<CutFacts> {
  const chance = chanceOf(givenSeed + 1);
  const powerCut = new PowerCut();
  const expectation = new Expectation();
  const seen = new Set<string>();
  let commit = -1;
  let states = 0;
  for (const [at, entry] of log.entries()) {
    powerCut.apply(entry);
    if (entry.op === "note") {
      const note = entry.note as Note;
      if (note.what === "commit") commit = note.snapshot;
      else expectation.learn(note);
    }
    // Before its first own transaction the index is a new one, beside which no file may lie.
    if (commit === -1 || !shows(entry)) continue;
    const images = new Map<string, Image>();
    for (const fate of fatesOf(chance)) {
      const image = powerCut.image(fate);
      states += 1;
      const name = `${stateName(snapshots[commit], commit, image)} ${expectation.acknowledged}`;
      if (!seen.has(name)) images.set(name, image);
      seen.add(name);
    }
    const verify = async (image: Image, number: number): Promise<void> =>
      await reopen(
        snapshots[commit],
        image,
        async (engine, disk) => {
          await expectation.verify(engine);
          if ((seen.size + number) % 10 === 0) await verifyNoLeak(engine, disk);
        },
        plant,
      );
    try {
      await Promise.all([...images.values()].map(verify));
    } catch (cause) {
      const what = JSON.stringify(entry).slice(0, 200);
      throw new Error(`After entry ${at}, ${what}: ${String(cause)}`, { cause });
    }
  }
  const { acknowledged } = expectation;
  return { states, distinct: seen.size, commits: snapshots.length, log: log.length, acknowledged };
}

let recording: Recording;

beforeAll(async () => {
  recording = await record();
}, 60_000);

test("the power goes away after any operation of the disk: every acknowledged object is there", async () => {
  const facts = await cutEverywhere(recording);
  if (process.env["POWER_CUT_STEPS"] !== undefined) console.log(facts);
  expect(facts.distinct).toBeGreaterThan(500);
  expect(facts.commits).toBeGreaterThan(10);
  expect(facts.acknowledged).toBeGreaterThan(callers * steps * 0.5);
}, 600_000);

test.each(writingFaults)(
  "noticed when planted: $name",
  async ({ plant, shows }) => {
    const { log, snapshots } = recording;
    await expect(cutEverywhere({ log: plant(log), snapshots }, shows && { shows })).rejects.toThrow(
      /is lost|came back|torn|NoSuchKey|InternalError|Error:/,
    );
  },
  600_000,
);

test.each(recoveryFaults)(
  "noticed when planted: $name",
  async ({ plant }) => {
    await expect(cutEverywhere(recording, { plant })).rejects.toThrow(/files are left/);
  },
  600_000,
);
