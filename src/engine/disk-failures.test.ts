import { describe, expect, test } from "vitest";
import { mib } from "../core/limits.ts";
import { openEngine } from "./open-engine.ts";
import { blobNames, withDirectory } from "./testing-fixtures/data-directory.ts";
import {
  testBucket,
  bytesOf,
  createBucket,
  patternBytes,
  put,
} from "./testing-fixtures/engine-calls.ts";
import { FaultDisk } from "./testing-fixtures/fault-disk.ts";

describe("a disk that fails", () => {
  const bytes = patternBytes(mib);

  test.each(["create", "write", "sync", "rename", "syncDirectory"] as const)(
    "full at %s: 503, nothing stored, nothing lost, goes on afterwards",
    async (step) => {
      await withDirectory(async (directory) => {
        const disk = new FaultDisk();
        const engine = await openEngine({ directory, disk });
        await createBucket(engine, testBucket);
        await put(engine, "k", bytes);
        disk.fail(step, "ENOSPC");
        await expect(put(engine, "k", patternBytes(mib, 2))).rejects.toMatchObject({
          code: "ServiceUnavailable",
          status: 503,
          message: expect.stringContaining("disk is full"),
        });
        disk.heal();
        expect((await bytesOf(engine, engine.getObject(testBucket, "k")!)).equals(bytes)).toBe(
          true,
        );
        await put(engine, "k2", bytes);
        expect(await blobNames(directory)).toHaveLength(2);
        expect(engine.status().readOnlyReason).toBeUndefined();
        await engine.close();
      });
    },
  );

  test("nearly full: refused before the first byte, with figures; deletes still work", async () => {
    await withDirectory(async (directory) => {
      const disk = new FaultDisk();
      disk.freeBytesNow = 200 * mib;
      const engine = await openEngine({ directory, disk });
      await createBucket(engine, testBucket);
      await put(engine, "k", bytes);
      let pulled = false;
      const source = async function* (): AsyncGenerator<Uint8Array> {
        pulled = true;
        yield bytes;
      };
      await expect(engine.stage(source(), { expectedBytes: 150 * mib })).rejects.toMatchObject({
        code: "ServiceUnavailable",
        message: expect.stringMatching(
          /\d+ bytes are needed and 209715200 are free, so \d+ are missing/,
        ),
      });
      expect(pulled).toBe(false);
      disk.freeBytesNow = 10 * mib;
      await new Promise((resolve) => setTimeout(resolve, 300));
      await expect(put(engine, "k2", "small")).rejects.toMatchObject({
        code: "ServiceUnavailable",
      });
      await engine.deleteObject({ bucket: testBucket, key: "k" });
      // Files go behind the answer, in their own time.
      await expect.poll(async () => await blobNames(directory)).toEqual([]);
      await engine.close();
    });
  });

  test.each(["sync", "syncDirectory"] as const)(
    "a failed %s makes the store read-only; reads go on",
    async (step) => {
      await withDirectory(async (directory) => {
        const disk = new FaultDisk();
        const engine = await openEngine({ directory, disk });
        await createBucket(engine, testBucket);
        await put(engine, "k", bytes);
        disk.fail(step, "EIO");
        await expect(put(engine, "k", patternBytes(mib, 2))).rejects.toMatchObject({
          code: "InternalError",
        });
        disk.heal();
        expect(engine.status().readOnlyReason).toContain("EIO");
        await expect(put(engine, "k2", "small")).rejects.toMatchObject({
          code: "ServiceUnavailable",
          message: expect.stringContaining("takes no more changes"),
        });
        expect((await bytesOf(engine, engine.getObject(testBucket, "k")!)).equals(bytes)).toBe(
          true,
        );
        await engine.close();
        const again = await openEngine({ directory });
        await put(again, "k2", "small");
        expect((await bytesOf(again, again.getObject(testBucket, "k")!)).equals(bytes)).toBe(true);
        await again.close();
      });
    },
  );

  test("a failed read is an error, not short bytes", async () => {
    await withDirectory(async (directory) => {
      const disk = new FaultDisk();
      const engine = await openEngine({ directory, disk });
      await createBucket(engine, testBucket);
      const record = await put(engine, "k", bytes);
      disk.fail("read", "EIO");
      await expect(bytesOf(engine, record)).rejects.toMatchObject({ code: "InternalError" });
      disk.heal();
      expect((await bytesOf(engine, record)).equals(bytes)).toBe(true);
      await engine.close();
    });
  });
});
