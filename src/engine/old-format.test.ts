import { createHash } from "node:crypto";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mib } from "../core/limits.ts";
import type { Engine, ObjectRecord } from "./engine.ts";
import { openEngine } from "./open-engine.ts";
import { blobNames, withDirectory } from "./testing-fixtures/data-directory.ts";
import { bytesOf, plain, sourceOf } from "./testing-fixtures/engine-calls.ts";
import { listedOf, takeObjects } from "./testing-fixtures/taken-objects.ts";

const fixtures = join(import.meta.dirname, "testing-fixtures");

/** What the version that wrote the folder said about it; times as JSON has them. */
interface Contents {
  readonly buckets: readonly { readonly name: string }[];
  readonly versions: readonly {
    readonly bucket: string;
    readonly key: string;
    readonly versionId: string;
    readonly isLatest: boolean;
    readonly sha256: string;
  }[];
  readonly uploads: readonly { readonly key: string; readonly uploadId: string }[];
  readonly openUploadId: string;
  readonly doneUploadId: string;
  readonly parts: readonly { readonly partNumber: number; readonly etag: string }[];
}

async function contents(): Promise<Contents> {
  return JSON.parse(await readFile(join(fixtures, "format-1.json"), "utf8")) as Contents;
}

/** A copy, with the one large file that the repository does without: a part of bytes 7. */
async function withOldFolder(run: (directory: string) => Promise<void>): Promise<void> {
  await withDirectory(async (root) => {
    const directory = join(root, "data");
    await cp(join(fixtures, "format-1"), directory, { recursive: true });
    await mkdir(join(directory, "blobs", "d4"));
    const part = join(directory, "blobs", "d4", "d416b9e63cccd4f1e1b5e3c9ad9fec00");
    await writeFile(part, Buffer.alloc(5 * mib, 7));
    await run(directory);
  });
}

function plainValue(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

async function describeVersions(engine: Engine): Promise<unknown[]> {
  const versions: unknown[] = [];
  for (const { name } of engine.listBuckets()) {
    for (const listed of engine.listVersions({ bucket: name, limit: 1000 }).entries) {
      const found = engine.getObject(name, listed.key, listed.versionId) as ObjectRecord;
      const { content: _place, ...rest } = found;
      const sha256 = createHash("sha256")
        .update(await bytesOf(engine, found))
        .digest("hex");
      versions.push(plainValue({ isLatest: listed.isLatest, ...rest, sha256 }));
    }
  }
  return versions;
}

test("a folder of the first format opens, and everything in it is as it was", async () => {
  const expected = await contents();
  expect(expected.versions.length).toBeGreaterThan(14);
  await withOldFolder(async (directory) => {
    // Twice: the first time writes the new format.
    for (let time = 0; time < 2; time += 1) {
      const engine = await openEngine({ directory });
      expect(plainValue(engine.listBuckets())).toEqual(expected.buckets);
      expect(await describeVersions(engine)).toEqual(expected.versions);
      for (const { name } of expected.buckets) {
        const query = { bucket: name, limit: 1000 };
        const listed = engine.listObjects(query).entries.map(listedOf);
        expect(takeObjects(engine, query).entries).toEqual(listed);
      }
      const uploads = engine.listUploads({ bucket: "plain", limit: 100 }).entries;
      expect(plainValue(uploads)).toEqual(expected.uploads);
      const parts = engine.listParts("plain", "parts/open", expected.openUploadId, 0, 100);
      expect(plainValue(parts)).toEqual(expected.parts);
      await engine.close();
      expect(await readFile(join(directory, "format.json"), "utf8")).toContain('"format":3');
    }
  });
});

test("a folder of the first format is worked on: rows of both formats side by side", async () => {
  const { openUploadId, doneUploadId, parts, versions } = await contents();
  await withOldFolder(async (directory) => {
    // Within a day of the completion.
    const engine = await openEngine({ directory, now: () => new Date("2026-01-02T04:00:00Z") });
    const upload = { bucket: "plain", key: "parts/open", uploadId: openUploadId };
    await expect(engine.completeUpload({ ...upload, parts })).rejects.toMatchObject({
      code: "EntityTooSmall",
    });
    const staged = await engine.stage(sourceOf("the only part"), { checksums: ["CRC32"] });
    const part = await engine.putPart({ ...upload, partNumber: 1 }, staged);
    await engine.completeUpload({ ...upload, parts: [part] });
    // The completion of before is still known.
    const done = engine.getObject("plain", "parts/done");
    const again = await engine.completeUpload({
      bucket: "plain",
      key: "parts/done",
      uploadId: doneUploadId,
      parts: [
        {
          partNumber: 1,
          etag: createHash("md5")
            .update(Buffer.alloc(5 * mib, 7))
            .digest("hex"),
        },
        { partNumber: 3, etag: createHash("md5").update("the last part").digest("hex") },
      ],
    });
    expect(again).toEqual(done);
    // A null version that an enabled one covers goes by its number of the first format.
    const input = { bucket: "suspended", key: "s", ...plain };
    await engine.putObject({ ...input, staged: await engine.stage(sourceOf("null two")) });
    const nulls = engine.listVersions({ bucket: "suspended", limit: 10 }).entries;
    expect(nulls.map((entry) => entry.versionId === "null")).toEqual([true, false]);
    // Of two objects that share a file the last one takes it along.
    await engine.deleteObject({ bucket: "plain", key: "large" });
    const copy = engine.getObject("plain", "copy of large") as ObjectRecord;
    expect(await bytesOf(engine, copy)).toHaveLength(40_000);
    for (const { bucket, key, versionId } of versions) {
      await engine.deleteObject({ bucket, key, versionId });
    }
    await engine.deleteObject({ bucket: "suspended", key: "s", versionId: "null" });
    await engine.deleteObject({ bucket: "plain", key: "parts/open" });
    for (const { name } of engine.listBuckets()) await engine.deleteBucket(name);
    await expect.poll(async () => await blobNames(directory)).toEqual([]);
    await engine.close();
  });
});
