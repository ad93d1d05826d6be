import assert from "node:assert/strict";
import type { FileVersion } from "../../files/version-types.ts";
import type { ContractCase, ContractRun } from "./contract-case.ts";
import { failsWith, has, sameBytes } from "./expectations.ts";

async function versionsOf({ service }: ContractRun, key: string): Promise<FileVersion[]> {
  const found: FileVersion[] = [];
  for await (const version of service.versions(key)) found.push(version);
  return found;
}

async function textOf({ service }: ContractRun, key: string): Promise<string | undefined> {
  const bytes = await service.getFileContents(key);
  return bytes === null ? undefined : Buffer.from(bytes).toString();
}

/** S3's times of versions are whole seconds. */
async function nextSecond(): Promise<Date> {
  const now = Date.now();
  await new Promise((resolve) => setTimeout(resolve, 1010 - (now % 1000)));
  return new Date(now - (now % 1000) + 999);
}

export const versionCases: readonly ContractCase[] = [
  {
    title: "tells the versions of a file",
    async run(run) {
      const { service, folder } = run;
      const key = `${folder}/a`;
      await service.uploadBytes("of another", `${folder}/a2`);
      await service.uploadBytes("first", key);
      const { ETag } = await service.uploadBytes("the second", key);
      await service.deleteFile(key);
      const [marker, second, first, ...others] = await versionsOf(run, key);
      assert.deepEqual(others, []);
      has(marker, { Key: key, IsLatest: true, IsDeleteMarker: true, Size: 0, ETag: "" });
      has(second, { Key: key, IsLatest: false, IsDeleteMarker: false, Size: 10, ETag });
      has(first, { Size: 5, IsLatest: false });
      const ids = new Set([marker, second, first].map((version) => version?.VersionId));
      assert.equal(ids.size, 3);
      const pages = [];
      const listing = service.list(folder, { versions: true, pageSize: 2 });
      for await (const page of listing.pages()) pages.push(page);
      const listed = pages.flatMap(({ files }) => files.map(({ VersionId }) => VersionId));
      assert.deepEqual(listed.slice(0, 3), [...ids]);
      assert.equal(listed.length, 4);
      await failsWith(versionsOf(run, `${folder}/none`), "NotFound");
    },
  },
  {
    title: "restores a version, and what was deleted",
    async run(run) {
      const { service, folder } = run;
      const key = `${folder}/a`;
      const { VersionId: versionId = "" } = await service.uploadBytes("first", key, {
        metadata: { run: "1" },
      });
      await service.uploadBytes("second", key);
      const older = await service.restore(key, { versionId });
      has(older, { Key: key, restored: true, fromVersionId: versionId });
      assert.equal(await textOf(run, key), "first");
      assert.deepEqual((await service.stat(key)).Metadata, { run: "1" });
      await service.deleteFile(key);
      await failsWith(service.setTags(key, { run: "2" }), "NotFound");
      has(await service.restore(key), { restored: true, fromVersionId: older.VersionId });
      assert.equal(await textOf(run, key), "first");
      has(await service.restore(key), { restored: false });
      await failsWith(service.restore(`${folder}/none`), "NotFound");
      await failsWith(service.restore(key, { asOf: new Date(0) }), "NotFound");
    },
  },
  {
    title: "restores a directory as of a time",
    async run(run) {
      const { service, folder } = run;
      await service.uploadBytes("a1", `${folder}/d/a`);
      await service.uploadBytes("b1", `${folder}/d/b`);
      const asOf = await nextSecond();
      await service.uploadBytes("a2", `${folder}/d/a`);
      await service.deleteFile(`${folder}/d/b`);
      await service.uploadBytes("c2", `${folder}/d/c`);
      await service.uploadBytes("x2", `${folder}/d2/x`);
      const wanted = { restored: 2, unchanged: 0, newer: 1, gone: 0, failed: 0, errors: [] };
      const dry = await service.restorePrefix(`${folder}/d`, { asOf, dryRun: true });
      assert.deepEqual(dry, wanted);
      assert.equal(await textOf(run, `${folder}/d/a`), "a2");
      assert.deepEqual(await service.restorePrefix(`${folder}/d`, { asOf }), wanted);
      assert.equal(await textOf(run, `${folder}/d/a`), "a1");
      assert.equal(await textOf(run, `${folder}/d/b`), "b1");
      assert.equal(await textOf(run, `${folder}/d/c`), "c2");
      const again = await service.restorePrefix(`${folder}/d`, { asOf });
      has(again, { restored: 0, unchanged: 2, newer: 1 });
    },
  },
  {
    title: "deletes a directory with its versions for good",
    async run(run) {
      const { service, folder } = run;
      const key = `${folder}/d/a`;
      await service.uploadBytes("1", key);
      await service.uploadBytes("22", key);
      has(await service.deletePrefix(`${folder}/d`), { objects: 1, deleted: 1 });
      has(await service.restore(key), { restored: true });
      sameBytes(await service.getFileContents(key), Buffer.from("22"));
      const gone = await service.deletePrefix(`${folder}/d`, { versions: true });
      has(gone, { objects: 4, bytes: 5, deleted: 4, failed: 0 });
      await failsWith(versionsOf(run, key), "NotFound");
    },
  },
];
