import { describe, expect, test } from "vitest";
import type { DeleteState } from "./engine.ts";
import {
  testBucket,
  plain,
  put,
  setVersioning,
  textOf,
  withEngine,
} from "./testing-fixtures/engine-calls.ts";

const isOld = ({ target }: DeleteState): boolean => target.sizeBytes === 3;
const failed = { code: "PreconditionFailed" };

describe("onlyIf of a delete", () => {
  test("sees settings, the version asked for and all versions, newest first", async () => {
    await withEngine(
      async (engine) => {
        const first = await put(engine, "k", "1");
        const second = await put(engine, "k", "22");
        const marker = await engine.deleteObject({ bucket: testBucket, key: "k" });
        await put(engine, "k2");
        const seen: unknown[] = [];
        const onlyIf = (state: DeleteState): boolean => {
          seen.push(state.settings.versioning, state.target.sizeBytes);
          seen.push(Array.from(state.versions(), ({ versionId }) => versionId));
          return true;
        };
        const { versionId } = first;
        await engine.deleteObject({ bucket: testBucket, key: "k", versionId, onlyIf });
        expect(seen).toEqual(["Enabled", 1, [marker.versionId, second.versionId, versionId]]);
        expect(engine.getObject(testBucket, "k", versionId)).toBeUndefined();
      },
      { versioning: "Enabled" },
    );
  });

  test("when false, or without a target, changes nothing", async () => {
    await withEngine(async (engine) => {
      await put(engine, "kept", "1");
      await put(engine, "gone", "1");
      const outcomes = await engine.deleteObjects([
        { bucket: testBucket, key: "kept", onlyIf: ({ target }) => target.sizeBytes > 1 },
        { bucket: testBucket, key: "missing", onlyIf: () => true },
        { bucket: testBucket, key: "gone", onlyIf: ({ target }) => target.sizeBytes === 1 },
      ]);
      expect(outcomes).toMatchObject([failed, failed, { deleteMarker: false }]);
      expect(await textOf(engine, "kept")).toBe("1");
      expect(await textOf(engine, "gone")).toBeUndefined();
      await setVersioning(engine, "Enabled");
      const input = { bucket: testBucket, key: "missing", onlyIf: () => true };
      await expect(engine.deleteObject(input)).rejects.toMatchObject(failed);
      expect(engine.listVersions({ bucket: testBucket, limit: 9 }).entries).toHaveLength(1);
    });
  });

  test("never hits an object that was written meanwhile", async () => {
    await withEngine(async (engine) => {
      for (let round = 0; round < 20; round += 1) {
        await put(engine, "k", "old");
        const over = put(engine, "k", "newer");
        const deletes = Array.from({ length: 4 }, async () => {
          await engine.deleteObject({ bucket: testBucket, key: "k", onlyIf: isOld }).catch(String);
        });
        await Promise.all([over, ...deletes]);
        expect(await textOf(engine, "k")).toBe("newer");
      }
    });
  });
});

test("onlyIf of an abort sees the settings; when false, the upload stays", async () => {
  await withEngine(async (engine) => {
    const upload = {
      bucket: testBucket,
      key: "k",
      initiatorArn: "arn:aws:iam::1:user/a",
      ...plain,
    };
    const { uploadId } = await engine.createUpload(upload);
    const abort = engine.abortUpload(
      testBucket,
      "k",
      uploadId,
      ({ lifecycle }) => lifecycle !== undefined,
    );
    await expect(abort).rejects.toMatchObject(failed);
    expect(engine.getUpload(testBucket, "k", uploadId).uploadId).toBe(uploadId);
    await engine.abortUpload(testBucket, "k", uploadId, ({ lifecycle }) => lifecycle === undefined);
    expect(() => engine.getUpload(testBucket, "k", uploadId)).toThrow(/upload/);
  });
});
