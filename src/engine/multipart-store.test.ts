import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { mib } from "../core/limits.ts";
import { compositeChecksum } from "../protocol/checksums/checksum.ts";
import { checksumBase64 } from "../protocol/testing-fixtures/checksum-base64.ts";
import type { CompleteUploadInput, Engine, NewUpload, PartRecord } from "./engine.ts";
import {
  testBucket,
  bytesOf,
  patternBytes,
  plain,
  put,
  sourceOf,
  textOf,
  withEngine,
} from "./testing-fixtures/engine-calls.ts";

const key = "big";
const large = patternBytes(5 * mib);
const small = patternBytes(1000, 2);

async function begin(engine: Engine, input: Partial<NewUpload> = {}): Promise<string> {
  const upload = await engine.createUpload({
    bucket: testBucket,
    key,
    initiatorArn: "arn",
    ...plain,
    ...input,
  });
  return upload.uploadId;
}

async function part(
  engine: Engine,
  uploadId: string,
  partNumber: number,
  bytes: Uint8Array,
): Promise<PartRecord> {
  const algorithm = engine.getUpload(testBucket, key, uploadId).checksum?.algorithm;
  const checksums = algorithm === undefined ? [] : [algorithm];
  const staged = await engine.stage(sourceOf(bytes), { checksums });
  return await engine.putPart({ bucket: testBucket, key, uploadId, partNumber }, staged);
}

function completion(
  uploadId: string,
  parts: readonly PartRecord[],
  more: Partial<CompleteUploadInput> = {},
): CompleteUploadInput {
  return { bucket: testBucket, key, uploadId, parts, ...more };
}

const md5 = (bytes: Uint8Array): Buffer => createHash("md5").update(bytes).digest();

test("parts become one object: bytes, ranges, ETag, parts, attributes", async () => {
  await withEngine(async (engine) => {
    const uploadId = await begin(engine, {
      metadata: { a: "1" },
      tags: [{ Key: "t", Value: "v" }],
    });
    const last = await part(engine, uploadId, 7, small);
    const first = await part(engine, uploadId, 2, large);
    expect(engine.getObject(testBucket, key)).toBeUndefined();
    const done = await engine.completeUpload(completion(uploadId, [first, last]));
    const found = engine.getObject(testBucket, key)!;
    expect(found).toEqual(done);
    const etag = createHash("md5")
      .update(Buffer.concat([md5(large), md5(small)]))
      .digest("hex");
    expect(found).toMatchObject({
      sizeBytes: large.length + small.length,
      etag: `${etag}-2`,
      metadata: { a: "1" },
      tags: [{ Key: "t", Value: "v" }],
      parts: [
        { partNumber: 2, sizeBytes: large.length },
        { partNumber: 7, sizeBytes: small.length },
      ],
    });
    const whole = Buffer.concat([large, small]);
    expect((await bytesOf(engine, found)).equals(whole)).toBe(true);
    const range = { first: large.length - 10, last: large.length + 9 };
    expect(await bytesOf(engine, found, range)).toEqual(
      whole.subarray(range.first, range.last + 1),
    );
    expect(() => engine.getUpload(testBucket, key, uploadId)).toThrow(
      expect.objectContaining({ code: "NoSuchUpload", extra: { UploadId: uploadId } }),
    );
  });
});

test("a part put again replaces the first; parts left out are given up", async () => {
  await withEngine(async (engine) => {
    const uploadId = await begin(engine);
    await part(engine, uploadId, 1, large);
    const again = await part(engine, uploadId, 1, small);
    await part(engine, uploadId, 2, large);
    const listed = engine.listParts(testBucket, key, uploadId, 0, 10);
    expect(listed.map((one) => [one.partNumber, one.sizeBytes])).toEqual([
      [1, small.length],
      [2, large.length],
    ]);
    expect(engine.listParts(testBucket, key, uploadId, 1, 10)).toHaveLength(1);
    expect(engine.listParts(testBucket, key, uploadId, 0, 1)).toHaveLength(1);
    await engine.completeUpload(completion(uploadId, [again]));
    const found = engine.getObject(testBucket, key)!;
    expect((await bytesOf(engine, found)).equals(small)).toBe(true);
  });
});

describe("what a completion refuses", () => {
  test("unknown parts, wrong ETags, wrong order, no parts, small parts", async () => {
    await withEngine(async (engine) => {
      const uploadId = await begin(engine);
      const one = await part(engine, uploadId, 1, small);
      const two = await part(engine, uploadId, 2, small);
      const refusal = async (parts: readonly PartRecord[]): Promise<unknown> =>
        await engine.completeUpload(completion(uploadId, parts)).catch((error: unknown) => error);
      expect(await refusal([{ ...one, partNumber: 3 }])).toMatchObject({ code: "InvalidPart" });
      expect(await refusal([{ ...one, etag: "0".repeat(32) }])).toMatchObject({
        code: "InvalidPart",
        extra: { PartNumber: "1", UploadId: uploadId, ETag: "0".repeat(32) },
      });
      expect(await refusal([two, one])).toMatchObject({ code: "InvalidPartOrder" });
      expect(await refusal([one, one])).toMatchObject({ code: "InvalidPartOrder" });
      expect(await refusal([])).toMatchObject({ code: "MalformedXML" });
      expect(await refusal([one, two])).toMatchObject({
        code: "EntityTooSmall",
        extra: {
          ETag: one.etag,
          MinSizeAllowed: "5242880",
          PartNumber: "1",
          ProposedSize: "1000",
        },
      });
      expect(engine.listParts(testBucket, key, uploadId, 0, 10)).toHaveLength(2);
      const quoted = { ...one, etag: `"${one.etag}"` };
      expect(await refusal([quoted])).toMatchObject({ key, sizeBytes: small.length });
    });
  });

  test("a size or checksum that the client did not expect", async () => {
    await withEngine(async (engine) => {
      const uploadId = await begin(engine, {
        checksum: { algorithm: "CRC32", type: "FULL_OBJECT" },
      });
      const one = await part(engine, uploadId, 1, small);
      const wrongSize = engine.completeUpload(
        completion(uploadId, [one], { objectSizeBytes: 999 }),
      );
      await expect(wrongSize).rejects.toMatchObject({
        code: "InvalidRequest",
        message: expect.stringMatching(/999.*1000/),
      });
      const wrongSum = engine.completeUpload(completion(uploadId, [one], { checksum: "AAAAAA==" }));
      await expect(wrongSum).rejects.toMatchObject({ code: "BadDigest" });
      const wrongPart = engine.completeUpload(
        completion(uploadId, [{ ...one, checksum: "AAAAAA==" }]),
      );
      await expect(wrongPart).rejects.toMatchObject({ code: "InvalidPart" });
    });
  });

  test("uploads of other keys, and aborted ones", async () => {
    await withEngine(async (engine) => {
      const uploadId = await begin(engine);
      const one = await part(engine, uploadId, 1, small);
      const other = engine.completeUpload({ ...completion(uploadId, [one]), key: "other" });
      await expect(other).rejects.toMatchObject({ code: "NoSuchUpload" });
      await engine.abortUpload(testBucket, key, uploadId);
      const aborted = engine.completeUpload(completion(uploadId, [one]));
      await expect(aborted).rejects.toMatchObject({ code: "NoSuchUpload" });
      await expect(part(engine, "x".repeat(48), 1, small)).rejects.toMatchObject({
        code: "NoSuchUpload",
      });
      await expect(engine.abortUpload(testBucket, key, uploadId)).rejects.toMatchObject({
        code: "NoSuchUpload",
      });
    });
  });
});

describe("checksums of the whole object", () => {
  test.each(["CRC32", "CRC32C", "CRC64NVME"] as const)(
    "%s of all bytes, without reading them again",
    async (algorithm) => {
      await withEngine(async (engine) => {
        const type = "FULL_OBJECT";
        const uploadId = await begin(engine, { checksum: { algorithm, type } });
        const parts = [
          await part(engine, uploadId, 1, large),
          await part(engine, uploadId, 2, small),
        ];
        const value = checksumBase64(algorithm, Buffer.concat([large, small]));
        const done = await engine.completeUpload(completion(uploadId, parts, { checksum: value }));
        expect(done.checksum).toEqual({ algorithm, type, value });
        expect(done.parts?.[1]?.checksum).toBe(checksumBase64(algorithm, small));
      });
    },
  );

  test.each(["SHA256", "CRC32"] as const)("%s of the parts' digests", async (algorithm) => {
    await withEngine(async (engine) => {
      const type = "COMPOSITE";
      const uploadId = await begin(engine, { checksum: { algorithm, type } });
      const parts = [
        await part(engine, uploadId, 1, large),
        await part(engine, uploadId, 2, small),
      ];
      const digests = parts.map((one) => Buffer.from(one.checksum!, "base64"));
      const bare = parts.map(({ checksum: _checksum, ...rest }) => rest);
      const without = engine.completeUpload(completion(uploadId, bare));
      await expect(without).rejects.toMatchObject({
        code: "InvalidRequest",
        message: expect.stringContaining("It was missing for part 1 in the request."),
      });
      const done = await engine.completeUpload(completion(uploadId, parts));
      expect(done.checksum).toEqual({
        algorithm,
        type,
        value: compositeChecksum(algorithm, digests),
      });
    });
  });
});

/** An upload with one part; completing it tells `done` or the error's code. */
async function prepared(engine: Engine) {
  const uploadId = await begin(engine);
  const one = await part(engine, uploadId, 1, small);
  return async (condition: CompleteUploadInput["condition"]) =>
    await engine.completeUpload(completion(uploadId, [one], condition && { condition })).then(
      () => "done",
      (error: unknown) => (error as { code: string }).code,
    );
}

describe("conditions are judged when the upload is completed", () => {
  test("create only: refused while the key exists, a conflict once it was deleted meanwhile", async () => {
    await withEngine(async (engine) => {
      await put(engine, key);
      const complete = await prepared(engine);
      expect(await complete({ ifNoneMatchAny: true })).toBe("PreconditionFailed");
      await engine.deleteObject({ bucket: testBucket, key });
      expect(await complete({ ifNoneMatchAny: true })).toBe("ConditionalRequestConflict");
      const next = await prepared(engine);
      expect(await next({ ifNoneMatchAny: true })).toBe("done");
    });
  });

  test("replace only: 404, 412, and a conflict when the same bytes were put meanwhile", async () => {
    await withEngine(async (engine) => {
      const complete = await prepared(engine);
      expect(await complete({ ifMatch: "x" })).toBe("NoSuchKey");
      const { etag } = await put(engine, key);
      expect(await complete({ ifMatch: "x" })).toBe("PreconditionFailed");
      expect(await complete({ ifMatch: `"${etag}"` })).toBe("ConditionalRequestConflict");
      const next = await prepared(engine);
      expect(await next({ ifMatch: etag })).toBe("done");
    });
  });
});

describe("completing twice", () => {
  test("gives the same object again, with the same parts only", async () => {
    await withEngine(async (engine) => {
      const uploadId = await begin(engine);
      const parts = [
        await part(engine, uploadId, 1, large),
        await part(engine, uploadId, 2, small),
      ];
      const done = await engine.completeUpload(completion(uploadId, parts));
      expect(await engine.completeUpload(completion(uploadId, parts))).toEqual(done);
      const fewer = engine.completeUpload(completion(uploadId, parts.slice(0, 1)));
      await expect(fewer).rejects.toMatchObject({ code: "NoSuchUpload" });
    });
  });

  test("not once the object was replaced, nor a day later", async () => {
    let at = Date.UTC(2026, 0, 1);
    await withEngine(
      async (engine) => {
        const uploadId = await begin(engine);
        const parts = [await part(engine, uploadId, 1, small)];
        await engine.completeUpload(completion(uploadId, parts));
        await put(engine, key, small);
        const replaced = engine.completeUpload(completion(uploadId, parts));
        await expect(replaced).rejects.toMatchObject({ code: "NoSuchUpload" });

        const second = await begin(engine);
        const others = [await part(engine, second, 1, small)];
        await engine.completeUpload(completion(second, others));
        at += 25 * 60 * 60 * 1000;
        const third = await begin(engine, { key: "other" });
        const staged = await engine.stage(sourceOf(small));
        const address = { bucket: testBucket, key: "other", uploadId: third };
        const one = await engine.putPart({ ...address, partNumber: 1 }, staged);
        await engine.completeUpload({ ...address, parts: [one] });
        const late = engine.completeUpload(completion(second, others));
        await expect(late).rejects.toMatchObject({ code: "NoSuchUpload" });
      },
      { now: () => new Date(at) },
    );
  });
});

test("a part copied from a range of an object that is itself made of parts", async () => {
  await withEngine(async (engine) => {
    const source = await begin(engine);
    const parts = [await part(engine, source, 1, large), await part(engine, source, 2, small)];
    const object = await engine.completeUpload(completion(source, parts));
    const whole = Buffer.concat([large, small]);
    const range = { first: large.length - 20_000, last: large.length + 499 };

    const uploadId = await begin(engine, {
      checksum: { algorithm: "CRC32C", type: "FULL_OBJECT" },
    });
    const address = { bucket: testBucket, key, uploadId };
    const copied = await engine.copyPart({ ...address, partNumber: 1 }, object, range);
    const expected = whole.subarray(range.first, range.last + 1);
    expect(copied).toMatchObject({
      sizeBytes: expected.length,
      etag: md5(expected).toString("hex"),
      checksum: checksumBase64("CRC32C", expected),
    });
    // The source goes first; its bytes must stay for the part.
    await engine.deleteObject({ bucket: testBucket, key });
    await engine.completeUpload(completion(uploadId, [copied]));
    expect((await bytesOf(engine, engine.getObject(testBucket, key)!)).equals(expected)).toBe(true);
  });
});

test.each(["CRC32", "CRC32C", undefined] as const)(
  "a part copied from a whole object, upload with %s, source with CRC32",
  async (algorithm) => {
    await withEngine(async (engine) => {
      const value = checksumBase64("CRC32", small);
      const checksum = { algorithm: "CRC32", type: "FULL_OBJECT", value } as const;
      const source = await put(engine, "source", small, { checksum, etag: "opaque" });
      const uploadId = await begin(
        engine,
        algorithm && { checksum: { algorithm, type: "FULL_OBJECT" } },
      );
      const address = { bucket: testBucket, key, uploadId, partNumber: 1 };
      const copied = await engine.copyPart(address, source);
      expect(copied.etag).toBe(md5(small).toString("hex"));
      expect(copied.checksum).toBe(algorithm && checksumBase64(algorithm, small));
    });
  },
);

test("a bucket with open uploads can be deleted; they go with it", async () => {
  await withEngine(async (engine) => {
    const uploadId = await begin(engine);
    await part(engine, uploadId, 1, large);
    await engine.deleteBucket(testBucket);
    expect(() => engine.getUpload(testBucket, key, uploadId)).toThrow(
      expect.objectContaining({ code: "NoSuchBucket" }),
    );
    await engine.createBucket({ name: testBucket, region: "us-east-1", ownerAccountId: "1" });
    expect(engine.listUploads({ bucket: testBucket, limit: 10 }).entries).toEqual([]);
    await put(engine, "k");
    expect(await textOf(engine, "k")).toBe("k");
  });
});
