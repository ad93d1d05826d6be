import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import type { ContractCase, ContractRun } from "./contract-case.ts";
import { failsWith, has, sameBytes } from "./expectations.ts";

const oddKeys: Readonly<Record<string, string>> = {
  "a plain path": "results/run-1.tsv",
  "hive partitions": "variant=0/plots/analysis=3/x.tsv",
  "a plus and a space": "a+b c",
  "percent signs": "100%/%2e%2e/%20",
  "several slashes": "a//b///c",
  dots: "a/../b/./c",
  unicode: "日本語/ünïcödé/😀",
  "XML and URL characters": `<&>"'?#;:@$,[]{}|\\^\``,
  "a trailing slash": "directory/",
};

async function roundTrip(run: ContractRun, key: string, directory: string): Promise<void> {
  const { service, local } = run;
  const bytes = Buffer.from(`contents of ${key}`);
  const before = Date.now();
  const uploaded = await service.uploadBytes(bytes, key);
  has(uploaded, { Key: key, Size: bytes.length });
  sameBytes(await service.getFileContents(key), bytes);
  const [item, ...others] = await service.getListing(directory);
  assert.deepEqual(others, []);
  has(item, { Key: key, Size: bytes.length, ETag: uploaded.ETag });
  assert.ok(item?.LastModified instanceof Date);
  const modified = await service.getModifiedDate(key);
  assert.ok(Math.abs(modified.getTime() - before) < 60_000, `${modified.toISOString()} is not now`);
  const [answeredKey, localPath] = await service.downloadFile(key, local());
  assert.equal(answeredKey, key);
  sameBytes(await readFile(localPath), bytes);
  assert.equal(await service.exists(key), true);
  await service.deleteFile(key);
  assert.equal(await service.exists(key), false);
  assert.deepEqual(await service.getListing(directory), []);
}

export const keyCases: readonly ContractCase[] = [
  ...Object.entries(oddKeys).map(([kind, odd]) => ({
    title: `keeps a key of ${kind}`,
    run: (run: ContractRun) => roundTrip(run, `${run.folder}/${odd}`, `${run.folder}/`),
  })),
  {
    title: "keeps a key with a leading slash",
    run: (run) => roundTrip(run, `/${run.folder}/x`, `/${run.folder}/`),
  },
  {
    title: "keeps a key of 1,024 bytes",
    run: (run) => {
      const start = `${run.folder}/`;
      const key = `${(start + "long-segment/".repeat(100)).slice(0, 1023)}x`;
      return roundTrip(run, key, start);
    },
  },
  {
    title: "refuses keys that S3 has not",
    async run({ service }) {
      for (const key of ["", "x".repeat(1025), "é".repeat(513), "\ud800"]) {
        await failsWith(service.uploadBytes("x", key), "InvalidKey");
        await failsWith(service.getFileContents(key), "InvalidKey");
      }
    },
  },
  {
    title: "takes s3:// addresses of its own bucket only",
    async run({ service, folder }) {
      const uri = `s3://${service.bucket}/${folder}/a`;
      has(await service.uploadBytes("x", uri), { Key: `${folder}/a` });
      const listed = await service.getListing(`s3://${service.bucket}/${folder}`);
      assert.equal(listed.length, 1);
      await failsWith(service.stat("s3://another-bucket/a"), "InvalidArgument");
    },
  },
];
