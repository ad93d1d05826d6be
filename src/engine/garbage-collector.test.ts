import { expect, test } from "vitest";
import { mib } from "../core/limits.ts";
import { openEngine } from "./open-engine.ts";
import { blobNames, withDirectory } from "./testing-fixtures/data-directory.ts";
import {
  testBucket,
  createBucket,
  patternBytes,
  plain,
  put,
} from "./testing-fixtures/engine-calls.ts";
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
    await createBucket(engine, testBucket);
    await put(engine, "sticky", patternBytes(mib, 2));
    disk.sticky = (await blobNames(directory))[0] ?? "";
    await put(engine, "first", patternBytes(mib));
    const gone = await put(engine, "gone", patternBytes(mib));
    // The first one keeps the collector busy, so that the others make one round together.
    const keys = ["first", "gone", "sticky"];
    await engine.deleteObjects(keys.map((key) => ({ bucket: testBucket, key })));
    await expect.poll(async () => await blobNames(directory)).toEqual([disk.sticky]);
    // Time for the round to end, whichever way it ends.
    await put(engine, "later", "1");
    await put(engine, "later", "2");

    const copy = engine.copyObject(gone, { bucket: testBucket, key: "copy", ...plain });
    await expect(copy).rejects.toMatchObject({ code: "NoSuchKey" });
    expect(engine.getObject(testBucket, "copy")).toBeUndefined();
    await engine.close();
  });
});

test("one file that cannot be unlinked does not keep the others, and goes after the next start", async () => {
  await withDirectory(async (directory) => {
    const disk = new StickyDisk();
    const engine = await openEngine({ directory, disk });
    await createBucket(engine, testBucket);
    await put(engine, "sticky", patternBytes(mib));
    disk.sticky = (await blobNames(directory))[0] ?? "";
    const keys = Array.from({ length: 20 }, (_one, at) => `k${at}`);
    for (const key of keys) await put(engine, key, patternBytes(20_000));
    await engine.deleteObjects(["sticky", ...keys].map((key) => ({ bucket: testBucket, key })));
    await expect.poll(async () => await blobNames(directory)).toEqual([disk.sticky]);
    for (const key of keys) await put(engine, key, patternBytes(20_000));
    await engine.deleteObjects(keys.map((key) => ({ bucket: testBucket, key })));
    await expect.poll(async () => await blobNames(directory)).toEqual([disk.sticky]);
    await engine.close();

    const again = await openEngine({ directory });
    await expect.poll(async () => await blobNames(directory)).toEqual([]);
    await again.close();
  });
});
