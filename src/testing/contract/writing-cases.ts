import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { mib } from "../../core/limits.ts";
import type { ContractCase, ContractRun } from "./contract-case.ts";
import { allBytes, failsWith, has, sameBytes } from "./expectations.ts";

async function noPartsOf(key: string, { store }: ContractRun): Promise<void> {
  if (store === undefined) return;
  assert.deepEqual((await store.listMultipartUploads({ prefix: key })).uploads, []);
}

export const writingCases: readonly ContractCase[] = [
  {
    title: "creates only when asked to",
    async run({ service, folder }) {
      const key = `${folder}/once`;
      await service.uploadBytes("first", key, { ifAbsent: true });
      const second = service.uploadBytes("second", key, { ifAbsent: true });
      await failsWith(second, "AlreadyExists", { key });
      sameBytes(await service.getFileContents(key), Buffer.from("first"));
      const results = await Promise.allSettled(
        Array.from({ length: 8 }, (_, n) =>
          service.uploadBytes(`writer ${n}`, `${folder}/race`, { ifAbsent: true }),
        ),
      );
      assert.equal(results.filter(({ status }) => status === "fulfilled").length, 1);
    },
  },
  {
    title: "replaces only the ETag asked for",
    async run({ service, folder }) {
      const key = `${folder}/pinned`;
      const { ETag: ifMatch } = await service.uploadBytes("first", key);
      await service.uploadBytes("second", key, { ifMatch });
      await failsWith(service.uploadBytes("third", key, { ifMatch }), "PreconditionFailed");
      const missing = service.uploadBytes("x", `${folder}/none`, { ifMatch });
      await failsWith(missing, "PreconditionFailed");
      sameBytes(await service.getFileContents(key), Buffer.from("second"));
    },
  },
  {
    title: "carries a large file in parts, both ways",
    async run(run) {
      const { service, folder, local, etagOfThreeParts } = run;
      const key = `${folder}/large`;
      const bytes = randomBytes(21 * mib + 4321);
      const source = local();
      await writeFile(source, bytes);
      const progress: number[] = [];
      const onProgress = ({ doneBytes }: { doneBytes: number }) => progress.push(doneBytes);
      const contentType = "application/x-large";
      const uploaded = await service.uploadFile(source, key, { contentType, onProgress });
      assert.match(uploaded.ETag, etagOfThreeParts);
      assert.equal(progress.at(-1), bytes.length);
      has(await service.stat(key), { Size: bytes.length, ContentType: contentType });
      const [, target] = await service.downloadFile(key, join(local(), "new", "large"));
      sameBytes(await readFile(target), bytes);
      assert.deepEqual(await readdir(dirname(target)), ["large"]);
      sameBytes(await service.getFileContents(key), bytes);
      await noPartsOf(key, run);
    },
  },
  {
    title: "streams a part of a large file",
    async run({ service, folder }) {
      const key = `${folder}/large`;
      const bytes = randomBytes(6 * mib);
      await service.uploadBytes(bytes, key, { partSizeBytes: 5 * mib });
      const range = { first: 5 * mib - 10, last: 5 * mib + 9 };
      const { body } = await service.read(key, { range });
      sameBytes(await allBytes(body), bytes.subarray(5 * mib - 10, 5 * mib + 10));
    },
  },
  {
    title: "leaves nothing behind when it is stopped",
    async run(run) {
      const { service, folder } = run;
      const key = `${folder}/stopped`;
      const controller = new AbortController();
      const upload = service.uploadBytes(randomBytes(40 * mib), key, {
        signal: controller.signal,
        concurrency: 1,
        onProgress: () => controller.abort(),
      });
      await failsWith(upload, "Aborted");
      assert.equal(await service.exists(key), false);
      await noPartsOf(key, run);
    },
  },
  {
    title: "serves many callers at once",
    async run({ service, folder }) {
      const keys = Array.from({ length: 60 }, (_, n) => `${folder}/c/${n}`);
      await Promise.all(keys.map((key) => service.uploadBytes(`of ${key}`, key)));
      const contents = await Promise.all(keys.map((key) => service.getFileContents(key)));
      assert.deepEqual(
        contents.map((bytes) => Buffer.from(bytes ?? []).toString()),
        keys.map((key) => `of ${key}`),
      );
    },
  },
  {
    title: "lets one of many writers of a key win, whole",
    async run({ service, folder }) {
      const writers = Array.from("0123456789ab", (text) => text.repeat(100_000));
      await Promise.all(writers.map((text) => service.uploadBytes(text, `${folder}/one`)));
      const found = Buffer.from((await service.getFileContents(`${folder}/one`)) ?? []).toString();
      assert.ok(writers.includes(found), `${found.length} bytes that no writer sent`);
    },
  },
];
