import { join } from "node:path";
import { expect, test } from "vitest";
import { fsck } from "./fsck.ts";
import { blobKey } from "./index-keys.ts";
import { openIndex } from "./index-store.ts";
import { openEngine } from "./open-engine.ts";
import { blobNames, withDirectory } from "./testing-fixtures/data-directory.ts";
import { createBucket, patternBytes, put, testBucket } from "./testing-fixtures/engine-calls.ts";

test("a file of an object that is listed for deletion is kept by a repair", async () => {
  await withDirectory(async (directory) => {
    const engine = await openEngine({ directory });
    await createBucket(engine, testBucket);
    await put(engine, "k", patternBytes(50_000));
    await engine.close();
    const [id = ""] = await blobNames(directory);
    const index = await openIndex(join(directory, "index"), "durable");
    await index.transact(({ tables }) => {
      const row = tables.blobs.get(blobKey(id));
      if (row !== undefined) tables.garbage.put(blobKey(id), row);
    });
    await index.close();
    const found = await fsck(directory, { repair: false, bytes: false });
    expect(found.store).toMatchObject({ wrongRows: 1, incompleteCount: 0 });
    const repaired = await fsck(directory, { repair: true, bytes: false });
    expect(repaired).toMatchObject({ sound: true, correctedRows: 1, quarantinedFiles: 0 });
    await (await openEngine({ directory })).close();
    expect(await blobNames(directory)).toEqual([id]);
  });
});
