import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { mib } from "../core/limits.ts";
import { openEngine } from "./open-engine.ts";
import { blobNames, withDirectory } from "./testing-fixtures/data-directory.ts";
import {
  testBucket,
  brokenSource,
  bytesOf,
  createBucket,
  patternBytes,
  plain,
  put,
  sourceOf,
  textOf,
} from "./testing-fixtures/engine-calls.ts";
import { FaultDisk } from "./testing-fixtures/fault-disk.ts";

test.each(["durable", "relaxed"] as const)(
  "%s: everything is there after opening again",
  async (durability) => {
    await withDirectory(async (directory) => {
      const engine = await openEngine({ directory, durability });
      await createBucket(engine, testBucket, "Enabled");
      await put(engine, "small", "1", { metadata: { a: "b" } });
      const old = await put(engine, "large", patternBytes(mib));
      await put(engine, "large", patternBytes(mib, 2));
      const marker = await engine.deleteObject({ bucket: testBucket, key: "small" });
      const upload = await engine.createUpload({
        bucket: testBucket,
        key: "u",
        initiatorArn: "arn",
        ...plain,
      });
      const address = { bucket: testBucket, key: "u", uploadId: upload.uploadId };
      const staged = await engine.stage(sourceOf(patternBytes(20_000)));
      const part = await engine.putPart({ ...address, partNumber: 1 }, staged);
      const versions = engine.listVersions({ bucket: testBucket, limit: 100 });
      const bucket = engine.getBucket(testBucket);
      await engine.close();

      const again = await openEngine({ directory, durability });
      expect(again.status()).toEqual({
        directory,
        durability,
        buckets: 1,
        recovered: { orphanedFiles: 0, unfinishedFiles: 0 },
        // Since it was opened.
        transactions: 0,
        changes: 0,
        garbageFiles: 0,
      });
      expect(again.getBucket(testBucket)).toEqual(bucket);
      expect(again.listVersions({ bucket: testBucket, limit: 100 })).toEqual(versions);
      expect(again.getObject(testBucket, "small")).toMatchObject({ versionId: marker.versionId });
      const found = again.getObject(testBucket, "large", old.versionId)!;
      expect((await bytesOf(again, found)).equals(patternBytes(mib))).toBe(true);
      expect(again.listParts(testBucket, "u", upload.uploadId, 0, 10)).toEqual([part]);
      await again.completeUpload({ ...address, parts: [part] });
      expect(again.getObject(testBucket, "u")?.sizeBytes).toBe(20_000);
      await again.close();
    });
  },
);

test("new versions come after the old ones even when the clock went back before the restart", async () => {
  await withDirectory(async (directory) => {
    const engine = await openEngine({ directory, now: () => new Date("2030-01-01") });
    await createBucket(engine, testBucket, "Enabled");
    await put(engine, "k", "old");
    await engine.close();
    const again = await openEngine({ directory, now: () => new Date("2026-01-01") });
    await put(again, "k", "new");
    expect(await textOf(again, "k")).toBe("new");
    const { entries } = again.listVersions({ bucket: testBucket, limit: 10 });
    expect(entries.map((entry) => entry.lastModified.getUTCFullYear())).toEqual([2026, 2030]);
    await again.close();
  });
});

test("memory: the directory is gone after closing", async () => {
  const disk = new FaultDisk();
  let directory = "";
  const freeBytes = disk.freeBytes.bind(disk);
  disk.freeBytes = async (path) => {
    directory = path;
    return await freeBytes(path);
  };
  const engine = await openEngine({ durability: "memory", disk });
  expect(engine.status().directory).toBeUndefined();
  await createBucket(engine, testBucket);
  await put(engine, "k", patternBytes(mib));
  await access(directory);
  await engine.close();
  await engine.close();
  await expect(access(directory)).rejects.toMatchObject({ code: "ENOENT" });
});

test("calls after closing are refused", async () => {
  const engine = await openEngine({ durability: "memory" });
  await createBucket(engine, testBucket);
  const record = await put(engine, "k", "v");
  await engine.close();
  const stopped = expect.objectContaining({ code: "ServiceUnavailable" });
  await expect(createBucket(engine, testBucket)).rejects.toEqual(stopped);
  await expect(engine.stage(sourceOf("v"))).rejects.toEqual(stopped);
  expect(() => engine.getObject(testBucket, "k")).toThrow(stopped);
  expect(() => engine.listObjects({ bucket: testBucket, limit: 1 })).toThrow(stopped);
  expect(() => engine.read(record)).toThrow(stopped);
});

describe("files of deleted contents", () => {
  test("go when the last of those who share them goes", async () => {
    await withDirectory(async (directory) => {
      const engine = await openEngine({ directory });
      await createBucket(engine, testBucket);
      const source = await put(engine, "a", patternBytes(mib));
      await engine.copyObject(source, { bucket: testBucket, key: "b", ...plain });
      await put(engine, "c", patternBytes(mib));
      expect(await blobNames(directory)).toHaveLength(2);
      await engine.deleteObject({ bucket: testBucket, key: "a" });
      await put(engine, "c", "small now");
      await expect.poll(async () => await blobNames(directory)).toHaveLength(1);
      await engine.deleteObject({ bucket: testBucket, key: "b" });
      await expect.poll(async () => await blobNames(directory)).toEqual([]);
      await engine.close();
    });
  });

  test("stay while they are read, and go then; also when the reader never started", async () => {
    await withDirectory(async (directory) => {
      const engine = await openEngine({ directory });
      await createBucket(engine, testBucket);
      const record = await put(engine, "a", patternBytes(mib));
      const started = engine.read(record)[Symbol.asyncIterator]();
      const unstarted = engine.read(record)[Symbol.asyncIterator]();
      await started.next();
      await engine.deleteObject({ bucket: testBucket, key: "a" });
      await put(engine, "b");
      expect(await blobNames(directory)).toHaveLength(1);
      await started.return?.();
      await put(engine, "c");
      expect(await blobNames(directory)).toHaveLength(1);
      await unstarted.return?.();
      await expect.poll(async () => await blobNames(directory)).toEqual([]);
      await engine.close();
    });
  });

  test("that could not be unlinked go after the next start", async () => {
    await withDirectory(async (directory) => {
      const disk = new FaultDisk();
      const engine = await openEngine({ directory, disk });
      await createBucket(engine, testBucket);
      await put(engine, "a", patternBytes(mib));
      disk.fail("unlink", "EIO");
      await engine.deleteObject({ bucket: testBucket, key: "a" });
      await engine.close();
      expect(await blobNames(directory)).toHaveLength(1);
      const again = await openEngine({ directory });
      await expect.poll(async () => await blobNames(directory)).toEqual([]);
      await again.close();
    });
  });

  test("of discarded, aborted and replaced contents go too", async () => {
    await withDirectory(async (directory) => {
      const engine = await openEngine({ directory });
      await createBucket(engine, testBucket);
      const refused = put(engine, "k", patternBytes(mib), { condition: { ifMatch: "x" } });
      await expect(refused).rejects.toMatchObject({ code: "NoSuchKey" });
      await expect(engine.stage(brokenSource())).rejects.toThrow("connection lost");
      const upload = await engine.createUpload({
        bucket: testBucket,
        key: "u",
        initiatorArn: "a",
        ...plain,
      });
      const address = { bucket: testBucket, key: "u", uploadId: upload.uploadId };
      for (const seed of [1, 2]) {
        const staged = await engine.stage(sourceOf(patternBytes(mib, seed)));
        await engine.putPart({ ...address, partNumber: 1 }, staged);
      }
      await expect.poll(async () => await blobNames(directory)).toHaveLength(1);
      await engine.abortUpload(testBucket, "u", upload.uploadId);
      await expect.poll(async () => await blobNames(directory)).toEqual([]);
      await engine.close();
    });
  });
});

describe("after a crash", () => {
  test("half-written files are removed, orphaned ones kept aside, both counted; a lock of a dead process is taken over", async () => {
    await withDirectory(async (directory) => {
      const engine = await openEngine({ directory });
      await createBucket(engine, testBucket);
      await put(engine, "k", patternBytes(mib));
      await engine.close();
      const [kept] = await blobNames(directory);
      await mkdir(join(directory, "blobs", "ab"), { recursive: true });
      await writeFile(join(directory, "blobs", "ab", `ab${"0".repeat(30)}`), "orphan");
      await writeFile(join(directory, "blobs", "ab", `ab${"1".repeat(30)}.tmp`), "half");
      await writeFile(join(directory, "lock"), JSON.stringify({ pid: 1, bootId: "another boot" }));

      const again = await openEngine({ directory });
      expect(again.status().recovered).toEqual({ orphanedFiles: 1, unfinishedFiles: 1 });
      expect(await blobNames(directory)).toEqual([kept]);
      const [aside] = await readdir(join(directory, "quarantine"));
      expect(await readFile(join(directory, "quarantine", aside ?? ""), "utf8")).toBe("orphan");
      expect(
        (await bytesOf(again, again.getObject(testBucket, "k")!)).equals(patternBytes(mib)),
      ).toBe(true);
      await again.close();
      expect(await readdir(directory)).not.toContain("lock");
    });
  });

  test("a stage that is under way when the store closes leaves nothing to the next one", async () => {
    await withDirectory(async (directory) => {
      const engine = await openEngine({ directory });
      const gate = new AbortController();
      const paused = once(gate.signal, "abort");
      const late = engine.stage(
        (async function* () {
          yield patternBytes(mib);
          await paused;
        })(),
      );
      await expect.poll(async () => await blobNames(directory)).toHaveLength(1);
      await engine.close();
      const again = await openEngine({ directory });
      gate.abort();
      await expect(late).rejects.toMatchObject({ code: expect.stringMatching(/Unavail|Internal/) });
      expect(await blobNames(directory)).toEqual([]);
      await again.close();
    });
  });

  test("a stage that ends just after the store was closed leaves no file", async () => {
    await withDirectory(async (directory) => {
      const disk = new FaultDisk();
      const engine = await openEngine({ directory, disk });
      const gate = new AbortController();
      const paused = once(gate.signal, "abort");
      const rename = disk.rename.bind(disk);
      disk.rename = async (from, to) => {
        await paused;
        await rename(from, to);
      };
      const late = engine.stage(sourceOf(patternBytes(mib)));
      // It may be refused before anybody listens.
      late.catch(() => undefined);
      await expect.poll(async () => await blobNames(directory)).toHaveLength(1);
      await engine.close();
      gate.abort();
      await expect(late).rejects.toMatchObject({ code: "ServiceUnavailable" });
      expect(await blobNames(directory)).toEqual([]);
    });
  });

  test("half a file that could not be removed is found by the next open", async () => {
    await withDirectory(async (directory) => {
      const disk = new FaultDisk();
      const engine = await openEngine({ directory, disk });
      disk.fail("unlink", "EIO");
      await expect(engine.stage(brokenSource())).rejects.toThrow("connection lost");
      await engine.close();
      expect(await blobNames(directory)).toHaveLength(1);
      const again = await openEngine({ directory });
      expect(again.status().recovered.unfinishedFiles).toBe(1);
      expect(await blobNames(directory)).toEqual([]);
      await again.close();
    });
  });

  test("what others put between the blobs is left alone", async () => {
    await withDirectory(async (directory) => {
      await (await openEngine({ directory })).close();
      await writeFile(join(directory, "lock"), "cut");
      await writeFile(join(directory, "blobs", ".DS_Store"), "x");
      await mkdir(join(directory, "blobs", "lost+found"));
      await (await openEngine({ directory })).close();
      expect(await blobNames(directory)).toEqual([".DS_Store"]);
    });
  });

  test("a stage that was never published leaves the store to be searched", async () => {
    await withDirectory(async (directory) => {
      const engine = await openEngine({ directory });
      await engine.stage(sourceOf(patternBytes(mib)));
      await engine.close();
      // A lock that any other process may take over too.
      const lock: unknown = JSON.parse(await readFile(join(directory, "lock"), "utf8"));
      expect(lock).toMatchObject({ pid: 0, host: "" });
      const again = await openEngine({ directory });
      expect(again.status().recovered.orphanedFiles).toBe(1);
      await again.close();
    });
  });
});

describe("a directory that is not free", () => {
  test("is refused with the pid of who has it", async () => {
    await withDirectory(async (directory) => {
      const engine = await openEngine({ directory });
      await expect(openEngine({ directory })).rejects.toMatchObject({
        code: "Conflict",
        message: expect.stringContaining(`process ${process.pid} `),
      });
      await createBucket(engine, testBucket);
      await engine.close();
      await (await openEngine({ directory })).close();
    });
  });

  test("is taken over once that process was killed", async () => {
    await withDirectory(async (directory) => {
      const sleeper = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
      await once(sleeper, "spawn");
      const engine = await openEngine({ directory });
      const lock: unknown = JSON.parse(await readFile(join(directory, "lock"), "utf8"));
      await engine.close();
      const stat = await readFile(`/proc/${sleeper.pid}/stat`, "utf8").catch(() => "");
      const processStart = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
      const owner = { ...(lock as object), token: "other", pid: sleeper.pid, processStart };
      await writeFile(join(directory, "lock"), JSON.stringify(owner));
      await expect(openEngine({ directory })).rejects.toMatchObject({
        message: expect.stringContaining(`process ${sleeper.pid} `),
      });
      sleeper.kill("SIGKILL");
      await once(sleeper, "exit");
      await (await openEngine({ directory })).close();
    });
  });
});

describe("a directory that cannot be used", () => {
  test("a path through a file", async () => {
    await withDirectory(async (directory) => {
      await writeFile(join(directory, "file"), "");
      const engine = openEngine({ directory: join(directory, "file", "data") });
      await expect(engine).rejects.toMatchObject({
        code: "ConfigurationError",
        message: expect.stringContaining("cannot be used (ENOTDIR)"),
      });
    });
  });

  test("a lost index: the files are no orphans", async () => {
    await withDirectory(async (directory) => {
      const engine = await openEngine({ directory });
      await createBucket(engine, testBucket);
      await put(engine, "k", patternBytes(mib));
      await engine.close();
      await rm(join(directory, "index"), { recursive: true });
      await writeFile(join(directory, "lock"), "cut");
      await expect(openEngine({ directory })).rejects.toMatchObject({ code: "IntegrityError" });
      await expect(openEngine({ directory })).rejects.toMatchObject({ code: "IntegrityError" });
      expect(await blobNames(directory)).toHaveLength(1);
    });
  });

  test("a damaged index", async () => {
    await withDirectory(async (directory) => {
      const engine = await openEngine({ directory });
      await createBucket(engine, testBucket);
      await engine.close();
      await writeFile(join(directory, "index", "data.mdb"), "x".repeat(100_000));
      await expect(openEngine({ directory })).rejects.toMatchObject({
        code: "IntegrityError",
        message: expect.stringContaining("is damaged"),
      });
    });
  });
});

describe("the format of a directory", () => {
  test.each([
    ['{"format":4}', /has format 4; this version reads formats 1 to 3/],
    ["garbage", /does not say which format/],
  ])("%s is refused", async (text, message) => {
    await withDirectory(async (directory) => {
      await writeFile(join(directory, "format.json"), text);
      await expect(openEngine({ directory })).rejects.toMatchObject({
        code: "ConfigurationError",
        message: expect.stringMatching(message),
        remedy: expect.any(String),
      });
    });
  });
});
