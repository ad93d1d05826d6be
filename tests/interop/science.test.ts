import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as zarr from "zarrita";
import { meanGrowthBySeed } from "../../examples/science/read-parquet.mjs";
import { readRows } from "../../examples/science/read-zarr.mjs";
import { zarrStore } from "../../src/files/zarr-store.ts";
import { startTestServer, type TestServer } from "../../src/testing/start-test-server.ts";
import { outputOf } from "./run-command.ts";

// The libraries of science read what FileService and the commands wrote, and FileService what they wrote.

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const python = path("../../.cache/interop/science-venv/bin/python");
const command = path("../../dist/cli/main.js");
const rows = 160_000;
const means = [0, 1, 2].map((seed) => {
  const measured = Array.from({ length: rows }, (_, place) => place).filter(
    (place) => place % 3 === seed && place % 8 !== 7,
  );
  return measured.reduce((sum, place) => sum + (place % 7) / 8, 0) / measured.length;
});

let folder: string;
let server: TestServer;
let written: Record<string, unknown>;

const environment = (): Record<string, string> => ({
  PATH: "/usr/bin:/bin",
  HOME: folder,
  PYTHONDONTWRITEBYTECODE: "1",
  ...server.env,
  BUCKET: server.bucket,
  AWS_ENDPOINT_URL: server.endpoint,
  AWS_REGION: server.region,
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_ACCESS_KEY_ID: server.credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: server.credentials.secretAccessKey,
});

async function runPython(...args: string[]): Promise<string> {
  return outputOf(python, ["-W", "ignore", ...args], { env: environment(), cwd: folder });
}

async function inPython(task: "read" | "write", prefix: string): Promise<Record<string, unknown>> {
  return JSON.parse(await runPython(path("python/science.py"), task, prefix)) as Record<
    string,
    unknown
  >;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "interop-science-"));
  server = await startTestServer();
  await runPython(path("../science/make-data.py"), join(folder, "data"), String(rows));
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

describe.each([
  [
    "FileService",
    async () => void (await server.service.uploadDirectory(join(folder, "data"), "library/")),
    "library",
  ],
  [
    "the commands",
    async () => {
      const args = [command, "cp", "--recursive", "data/", `s3://${server.bucket}/command/`];
      await outputOf(process.execPath, args, { env: environment(), cwd: folder });
    },
    "command",
  ],
])("what %s wrote", (_who, write, prefix) => {
  let read: Record<string, unknown>;
  beforeAll(async () => {
    await write();
    read = await inPython("read", prefix);
  });

  it("is listed and read by s3fs", async () => {
    const bytes = await readFile(join(folder, "data", "growth.parquet"));
    expect(read["s3fs"]).toMatchObject({
      names: expect.arrayContaining(["growth.parquet", "v2.zarr/mass/0.0"]) as unknown,
      end: "PAR1",
      sha256: createHash("sha256").update(bytes).digest("hex"),
      missing: false,
    });
  });

  it("is listed and read by pyarrow, columns and rows apart", () => {
    expect(read["pyarrow"]).toEqual({
      rows,
      mass: (rows * (rows - 1)) / 8,
      last: [`cell-${rows - 2}`, `cell-${rows - 1}`],
      kinds: { "growth.parquet": "File", "v2.zarr": "Directory", "v3.zarr": "Directory" },
    });
  });

  it.each(["polars", "duckdb"])("is reckoned with by %s", (name) => {
    const found = read[name] as number[];
    expect(found).toHaveLength(3);
    found.forEach((mean, seed) => expect(mean).toBeCloseTo(means[seed] ?? Number.NaN, 12));
  });

  it("is opened by xarray and zarr-python", () => {
    const mass = [
      [3, 3.25, 3.5, 3.75],
      [4, 4.25, 4.5, 4.75],
    ];
    const found = { dims: ["time", "cell"], mass };
    expect(read["xarray"]).toEqual({ v2: found, v3: found });
    const sharded = [7, 8].map((row) => [0, 1, 2, 3].map((column) => row + column / 4));
    expect(read["zarr"]).toEqual({ generation: 7, sharded });
  });
});

describe("what they wrote", () => {
  beforeAll(async () => {
    written = await inPython("write", "out");
  });

  it.each([
    ["s3fs", 12],
    ["pyarrow", 11],
  ])("%s: bytes in parts are the same", async (name, mib) => {
    const bytes = (await server.service.getFileContents(`out/${name}.bin`)) ?? new Uint8Array(0);
    expect(bytes).toHaveLength(mib * 2 ** 20);
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(written[name]);
  });

  it("s3fs: odd names stand, and what was moved and deleted is gone", async () => {
    const { service } = server;
    expect(String(await service.getFileContents("out/odd name=1+ü.txt"))).toBe("odd");
    expect(await service.exists("out/moved")).toBe(false);
    expect(await service.exists("out/s3fs moved")).toBe(false);
  });

  it.each(["pyarrow", "polars", "duckdb"])("%s: Parquet is read by hyparquet", async (name) => {
    const file = await server.service.openRandomAccess(`out/${name}.parquet`);
    expect(await parquetReadObjects({ file })).toEqual([
      { seed: 0, growth: 0.5 },
      { seed: 1, growth: 0.25 },
      { seed: 0, growth: null },
    ]);
    await file.close();
  });

  it("pyarrow: a hive of partitions is listed by its folders", async () => {
    const listing = await server.service.getListing("out/hive/");
    // It makes an object for each folder as well.
    const names = listing.map(({ Key }) => Key).filter((name) => !name.endsWith("/"));
    expect(names).toEqual(["out/hive/seed=0/part-0.parquet", "out/hive/seed=1/part-0.parquet"]);
  });

  it.each([2, 3])("xarray: Zarr %d is read by zarrita", async (version) => {
    const store = zarrStore(server.service, `out/xarray-v${version}.zarr`);
    const array = await zarr.open(zarr.root(store).resolve("mass"), { kind: "array" });
    const { data } = await zarr.get(array);
    expect(Array.from(data as Float64Array)).toEqual((written["xarray"] as number[][]).flat());
  });
});

describe("the examples on larger files", () => {
  const never = { fault: "slow-down", rate: 0, operations: ["GetObject"] } as const;

  it("read columns of Parquet in few requests", async () => {
    server.faults.set([never]);
    const found = await meanGrowthBySeed(server.service, "library/growth.parquet");
    expect(found.rows).toBe(rows);
    expect(found.meanGrowth[1]).toBeCloseTo(means[1] ?? Number.NaN, 12);
    // Its end, and the columns of all row groups.
    expect(server.faults.counts()).toMatchObject([{ matched: 2 }]);
  });

  it("read rows of a shard", async () => {
    server.faults.set([{ ...never, prefix: "library/v3.zarr/sharded/c/" }]);
    const wanted = { folder: "library/v3.zarr", array: "sharded", from: 9999, to: 10_001 };
    const found = await readRows(server.service, wanted);
    expect(found.rows[1]).toEqual([10_000, 10_000.25, 10_000.5, 10_000.75]);
    // The index of the shard, and two chunks, in one request where they are asked for soon enough together.
    const [{ matched } = { matched: 0 }] = server.faults.counts();
    expect([2, 3]).toContain(matched);
  });
});
