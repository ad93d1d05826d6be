import { expect, test } from "vitest";
import { MIB } from "../core/limits.ts";
import { openEngine } from "./open-engine.ts";
import { blobNames, withDirectory } from "./testing-fixtures/data-directory.ts";
import { BUCKET, createBucket, patternBytes, plain, put } from "./testing-fixtures/engine-calls.ts";
import { FaultDisk } from "./testing-fixtures/fault-disk.ts";

/** Fails to unlink one file; the others go. */
class StickyDisk extends FaultDisk {
  sticky = "";

  override async unlink(path: string): Promise<void> {
    if (this.sticky !== "" && path.endsWith(this.sticky)) {
      throw Object.assign(new Error("EPERM: unlink"), { code: "EPERM" });
    }
    await super.unlink(path);
  }
}

test("a file that is gone is never taken back into use, also when its neighbour could not be unlinked", async () => {
  await withDirectory(async (directory) => {
    const disk = new StickyDisk();
    const engine = await openEngine({ directory, disk });
    await createBucket(engine, BUCKET);
    await put(engine, "sticky", patternBytes(MIB, 2));
    disk.sticky = (await blobNames(directory))[0] ?? "";
    await put(engine, "first", patternBytes(MIB));
    const gone = await put(engine, "gone", patternBytes(MIB));
    // The first one keeps the collector busy, so that the others make one round together.
    const keys = ["first", "gone", "sticky"];
    await engine.deleteObjects(keys.map((key) => ({ bucket: BUCKET, key })));
    await expect.poll(async () => await blobNames(directory)).toEqual([disk.sticky]);
    // Time for the round to end, whichever way it ends.
    await put(engine, "later", "1");
    await put(engine, "later", "2");

    const copy = engine.copyObject(gone, { bucket: BUCKET, key: "copy", ...plain });
    await expect(copy).rejects.toMatchObject({ code: "NoSuchKey" });
    expect(engine.getObject(BUCKET, "copy")).toBeUndefined();
    await engine.close();
  });
});

test("one file that cannot be unlinked does not keep the others, and goes after the next start", async () => {
  await withDirectory(async (directory) => {
    const disk = new StickyDisk();
    const engine = await openEngine({ directory, disk });
    await createBucket(engine, BUCKET);
    await put(engine, "sticky", patternBytes(MIB));
    disk.sticky = (await blobNames(directory))[0] ?? "";
    const keys = Array.from({ length: 20 }, (_one, at) => `k${at}`);
    for (const key of keys) await put(engine, key, patternBytes(20_000));
    await engine.deleteObjects(["sticky", ...keys].map((key) => ({ bucket: BUCKET, key })));
    await expect.poll(async () => await blobNames(directory)).toEqual([disk.sticky]);
    for (const key of keys) await put(engine, key, patternBytes(20_000));
    await engine.deleteObjects(keys.map((key) => ({ bucket: BUCKET, key })));
    await expect.poll(async () => await blobNames(directory)).toEqual([disk.sticky]);
    await engine.close();

    const again = await openEngine({ directory });
    await expect.poll(async () => await blobNames(directory)).toEqual([]);
    await again.close();
  });
});
