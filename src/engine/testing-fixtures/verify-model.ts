import { expect } from "vitest";
import type { Engine, ObjectRecord } from "../engine.ts";
import { bytesOf } from "./engine-calls.ts";
import { modelBuckets } from "./model-contents.ts";
import type { ModelRun, Step } from "./model-run.ts";
import { nameOf, StoreModel } from "./store-model.ts";

/** Everything that a listing can say, at once and page by page. */
export function verifyListings({ engine, model }: ModelRun, { b, c, d }: Step): void {
  expect(engine.listBuckets().map(({ name }) => name)).toEqual([...model.buckets.keys()].sort());
  const prefix = ["", "a", "a/", "z\u0000"][b % 4] ?? "";
  const delimiter = ["", "/", "b"][c % 3] ?? "";
  const limit = (d % 3) + 1;
  for (const bucket of modelBuckets) {
    if (!model.buckets.has(bucket)) continue;
    const listed = engine.listVersions({ bucket, limit: 1000 });
    expect(
      listed.entries.map((v) => `${v.key} ${v.versionId} ${v.isLatest} ${v.deleteMarker}`),
    ).toEqual(model.versions(bucket));
    const uploads = engine.listUploads({ bucket, limit: 1000 }).entries;
    const expected = [...model.uploads.values()].filter((upload) => upload.bucket === bucket);
    expect(uploads.map((upload) => upload.uploadId).sort()).toEqual(
      expected.map(({ id }) => id).sort(),
    );
    for (const { key, id, parts } of expected) {
      const numbers = engine.listParts(bucket, key, id, 0, 100).map((part) => part.partNumber);
      expect(numbers).toEqual([...parts.keys()].sort((x, y) => x - y));
    }

    const found: string[] = [];
    let after: string | undefined;
    for (let more = true; more;) {
      const query = { bucket, prefix, delimiter, limit, ...(after !== undefined && { after }) };
      const page = engine.listObjects(query);
      const entries = page.entries.map((entry) => `key ${entry.key}`);
      const rolled = page.commonPrefixes.map((group) => `prefix ${group}`);
      found.push(...[...entries, ...rolled].sort((x, y) => Buffer.compare(nameOf(x), nameOf(y))));
      after = page.last;
      more = page.truncated;
    }
    expect(found).toEqual(StoreModel.list(model.currentKeys(bucket), prefix, delimiter));
  }
}

/** The bytes and tags of every version, also through ranges. */
export async function verifyBytes({ engine, model }: ModelRun): Promise<void> {
  for (const [bucket, { keys }] of model.buckets) {
    for (const [key, versions] of keys) {
      for (const version of versions) {
        const record = engine.getObject(bucket, key, version.id);
        if (record?.deleteMarker !== version.marker) throw new Error(`${key} ${version.id}`);
        if (version.marker) continue;
        await verifyObject(engine, record, version.bytes);
        if ((record.tags?.length ?? 0) !== version.tags) throw new Error(`tags of ${key}`);
      }
    }
  }
}

async function verifyObject(engine: Engine, record: ObjectRecord, bytes: Buffer): Promise<void> {
  if (record.sizeBytes !== bytes.length) throw new Error(`size of ${record.key}`);
  if (!(await bytesOf(engine, record)).equals(bytes)) throw new Error(`bytes of ${record.key}`);
  if (bytes.length < 3) return;
  const range = { first: bytes.length >> 1, last: bytes.length - 2 };
  const part = await bytesOf(engine, record, range);
  if (!part.equals(bytes.subarray(range.first, range.last + 1))) {
    throw new Error(`a range of ${record.key}`);
  }
}
