import { existsSync } from "node:fs";
import { basename, join, relative } from "node:path";
import type * as Lmdb from "lmdb";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Disk } from "./disk.ts";
import type { Durability } from "./engine.ts";
import { openIndex } from "./index-store.ts";
import { nodeDisk } from "./node-disk.ts";
import { openEngine } from "./open-engine.ts";
import { withDirectory } from "./testing-fixtures/data-directory.ts";
import { testBucket, createBucket, patternBytes, put } from "./testing-fixtures/engine-calls.ts";

const opened = vi.hoisted(() => ({ options: [] as Record<string, unknown>[] }));

vi.mock("lmdb", async (original) => {
  const lmdb = await original<typeof Lmdb>();
  return {
    ...lmdb,
    open: (options: Record<string, unknown>) => {
      opened.options.push(options);
      return lmdb.open(options as Parameters<typeof lmdb.open>[0]);
    },
  };
});

afterEach(() => {
  opened.options.length = 0;
  vi.restoreAllMocks();
});

/** The real disk, which writes down what is asked of it. */
function recordingDisk(directory: string, said: string[]): Disk {
  const short = (path: string): string => {
    const name = relative(directory, path);
    return name.replaceAll(/[0-9a-f]{32}/g, "FILE").replaceAll(/blobs\/[0-9a-f]{2}/g, "blobs/XX");
  };
  return {
    ...nodeDisk,
    create: async (path) => {
      said.push(`create ${short(path)}`);
      const file = await nodeDisk.create(path);
      return {
        write: async (pieces) => await file.write(pieces),
        sync: async () => {
          await file.sync();
          said.push(`flush ${short(path)}`);
        },
        close: async () => await file.close(),
      };
    },
    rename: async (from, to) => {
      await nodeDisk.rename(from, to);
      said.push(`name ${short(to)}`);
    },
    unlink: async (path) => {
      await nodeDisk.unlink(path);
      said.push(`unlink ${short(path)}`);
    },
    syncDirectory: async (path) => {
      await nodeDisk.syncDirectory(path);
      said.push(`flush ${short(path)}`);
    },
  };
}

async function saidOf(
  durability: Durability,
  calls: (engine: Awaited<ReturnType<typeof openEngine>>) => Promise<void>,
): Promise<string[]> {
  const said: string[] = [];
  await withDirectory(async (directory) => {
    const disk = recordingDisk(directory, said);
    const engine = await openEngine({ directory, durability, disk });
    await createBucket(engine, testBucket);
    said.length = 0;
    await calls(engine);
    await engine.close();
  });
  return said;
}

describe("flushes for an acknowledged write", () => {
  test.each(["durable", "relaxed"] as const)(
    "%s, a large object: its folder, its bytes, its name, in that order",
    async (durability) => {
      const said = await saidOf(durability, async (engine) => {
        await put(engine, "k", patternBytes(100_000));
      });
      expect(said).toEqual([
        "flush blobs",
        "create blobs/XX/FILE.tmp",
        "flush blobs/XX/FILE.tmp",
        "name blobs/XX/FILE",
        "flush blobs/XX",
      ]);
    },
  );

  test("of many at once: each file and its name once", async () => {
    const said = await saidOf("durable", async (engine) => {
      await Promise.all(
        Array.from({ length: 20 }, async (_one, at) => {
          await put(engine, `k${at}`, patternBytes(20_000, at));
        }),
      );
    });
    const count = (what: string): number => said.filter((line) => line === what).length;
    expect(count("flush blobs/XX/FILE.tmp")).toBe(20);
    expect(count("flush blobs/XX")).toBe(20);
  });

  test("small objects flush no file; memory flushes nothing", async () => {
    expect(await saidOf("durable", async (engine) => void (await put(engine, "k", "s")))).toEqual(
      [],
    );
    const said = await saidOf("memory", async (engine) => {
      await put(engine, "k", patternBytes(100_000));
    });
    expect(said.filter((line) => line.startsWith("flush"))).toEqual([]);
  });
});

describe("the index", () => {
  test.each([
    ["durable", { overlappingSync: false, noMetaSync: false, noSync: false }],
    ["relaxed", { overlappingSync: false, noMetaSync: true, noSync: false }],
    ["memory", { overlappingSync: false, noMetaSync: false, noSync: true }],
  ] as const)("%s: LMDB is told how to flush", async (durability, flags) => {
    await withDirectory(async (directory) => {
      await (await openIndex(join(directory, "index"), durability)).close();
      expect(opened.options).toMatchObject([flags]);
      // Each of these would let a commit be answered before it is on the disk.
      const settings = Object.keys(opened.options[0] ?? {});
      for (const other of ["useWritemap", "mapAsync", "separateFlushed", "commitDelay"]) {
        expect(settings).not.toContain(other);
      }
    });
  });

  test("its folder and the data folder are flushed once its files are there", async () => {
    await withDirectory(async (root) => {
      const directory = join(root, "data");
      const flushed: string[] = [];
      const real = nodeDisk.syncDirectory.bind(nodeDisk);
      vi.spyOn(nodeDisk, "syncDirectory").mockImplementation(async (path) => {
        if (existsSync(join(directory, "index", "data.mdb"))) flushed.push(basename(path));
        await real(path);
      });
      const engine = await openEngine({ directory });
      expect(flushed).toEqual(expect.arrayContaining(["index", "data"]));
      expect(flushed.indexOf("index")).toBeLessThan(flushed.indexOf("data"));
      await engine.close();
    });
  });
});
