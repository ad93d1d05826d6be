import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { meanGrowthBySeed } from "../../examples/science/read-parquet.mjs";
import { readRows } from "../../examples/science/read-zarr.mjs";
import { startTestServer, type TestServer } from "../../src/testing/start-test-server.ts";

/** Made by make-data.py, which says what stands in each cell. */
const data = fileURLToPath(new URL("data", import.meta.url));
const examples = fileURLToPath(new URL("../../examples/science", import.meta.url));
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  await server.service.uploadDirectory(data, "exp-1/");
});
afterAll(() => server.close());

/** A rule that strikes nothing counts the calls that fit it: what came over the wire. */
const never = { fault: "slow-down", rate: 0 } as const;
const reads = { ...never, operations: ["GetObject"] } as const;
const counting = [
  { ...never, operations: ["HeadObject"] },
  reads,
  { ...never, operations: ["ListObjectsV2"] },
] as const;
beforeEach(() => server.faults.set(counting));
const requests = (): number[] => server.faults.counts().map(({ matched }) => matched);

/** As make-data.py has it: every eighth was not measured. */
function growthOfSeed(seed: number): number {
  const places = Array.from({ length: 64 }, (_, place) => place);
  const measured = places.filter((place) => place % 3 === seed && place % 8 !== 7);
  return measured.reduce((sum, place) => sum + (place % 7) / 8, 0) / measured.length;
}

it("hyparquet reads what pyarrow wrote, in two requests", async () => {
  const found = await meanGrowthBySeed(server.service, "exp-1/growth.parquet");
  expect(found.rows).toBe(64);
  for (const seed of [0, 1, 2]) {
    expect(found.meanGrowth[seed]).toBeCloseTo(growthOfSeed(seed), 12);
  }
  expect(requests()).toEqual([1, 1, 0]);
});

const row = (place: number): number[] => [0, 1, 2, 3].map((column) => (place * 4 + column) / 4);

describe.each([
  ["v2.zarr", "mass/"],
  ["v3.zarr", "mass/c/"],
])("zarrita reads what zarr-python wrote: %s", (name, chunks) => {
  const folder = `exp-1/${name}`;

  it("rows out of the chunks that hold them alone", async () => {
    const prefix = `${folder}/${chunks}`;
    server.faults.set([...counting, { ...reads, prefix }]);
    const found = await readRows(server.service, { folder, array: "mass", from: 15, to: 17 });
    expect(found).toEqual({ generation: 7, shape: [64, 4], rows: [row(15), row(16)] });
    const [heads, , lists, chunksRead] = requests();
    expect([heads, lists, chunksRead]).toEqual([0, 0, 4]);
  });

  it("rows that were never written as their fill value", async () => {
    const found = await readRows(server.service, { folder, array: "mass", from: 47, to: 49 });
    expect(found.rows).toEqual([row(47), [-1, -1, -1, -1]]);
  });
});

it("zarrita reads chunks out of a shard by ranges, never all of it", async () => {
  const wanted = { folder: "exp-1/v3.zarr", array: "sharded", from: 7, to: 9 };
  const ranges: unknown[] = [];
  const { service } = server;
  const watched: Parameters<typeof readRows>[0] = {
    getFileContents: (...args) => service.getFileContents(...args),
    read: (...args) => {
      ranges.push(args[1]?.range);
      return service.read(...args);
    },
  };
  expect((await readRows(watched, wanted)).rows).toEqual([row(7), row(8)]);
  // The index of the shard stands at its end: 16 chunks of 16 bytes, and a CRC. Four chunks share a range.
  expect(ranges).toEqual([{ suffixLength: 260 }, { first: 0, last: expect.any(Number) }]);
});

it.each([
  ["read-parquet.mjs", ["exp-1/growth.parquet"], /^\{"rows":64,"meanGrowth":\{"0":0\.\d/],
  ["read-zarr.mjs", ["exp-1/v3.zarr", "mass", "1", "2"], /"rows":\[\[1,1\.25,1\.5,1\.75\]\]/],
])("%s runs as a program", async (program, args, printed) => {
  const { PATH } = process.env;
  const run = [`${examples}/${program}`, ...args];
  const { stdout } = await promisify(execFile)(process.execPath, run, {
    cwd: data,
    env: { PATH, ...server.env },
  });
  expect(stdout).toMatch(printed);
});
