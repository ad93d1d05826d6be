import assert from "node:assert/strict";
import type { ContractCase, ContractRun } from "./contract-case.ts";
import { failsWith, has, sameBytes } from "./expectations.ts";

async function put({ service, folder }: ContractRun, ...names: readonly string[]): Promise<void> {
  for (const name of names) await service.uploadBytes(`of ${name}`, `${folder}/${name}`);
}

async function namesOf({ service, folder }: ContractRun): Promise<string[]> {
  const items = await service.getListing(folder);
  return items.map(({ Key }) => Key.slice(folder.length + 1)).sort();
}

export const prefixCases: readonly ContractCase[] = [
  {
    title: "deletes all below a directory, never its siblings",
    async run(run) {
      const { service, folder } = run;
      await put(run, "foo/a", "foo/b/c", "foo2/d", "fo");
      const path = `${folder}/foo`;
      const wanted = { bucket: service.bucket, prefix: `${path}/`, objects: 2, bytes: 18 };
      const dry = await service.deletePrefix(path, { dryRun: true });
      assert.deepEqual(dry, { ...wanted, deleted: 0, failed: 0, errors: [] });
      await failsWith(service.deletePrefix(path, { maxObjects: 1 }), "InvalidArgument");
      await failsWith(service.deletePrefix(path, { confirm: () => false }), "Aborted");
      assert.deepEqual(await namesOf(run), ["fo", "foo/a", "foo/b/c", "foo2/d"]);
      const asked: unknown[] = [];
      const deleted = await service.deletePrefix(path, {
        maxObjects: 2,
        confirm: (found) => asked.push(found) === 1,
      });
      assert.deepEqual(asked, [wanted]);
      assert.deepEqual(deleted, { ...wanted, deleted: 2, failed: 0, errors: [] });
      assert.deepEqual(await namesOf(run), ["fo", "foo2/d"]);
      has(await service.deletePrefix(path), { objects: 0, deleted: 0, failed: 0 });
    },
  },
  {
    title: "deletes by a raw prefix when told so",
    async run(run) {
      const { service, folder } = run;
      await put(run, "part-1", "part-2", "pear");
      const deleted = await service.deletePrefix(`${folder}/part`, { prefixMode: "raw" });
      has(deleted, { objects: 2, deleted: 2 });
      assert.deepEqual(await namesOf(run), ["pear"]);
    },
  },
  {
    title: "deletes no whole bucket unasked",
    async run(run) {
      const { service } = run;
      await put(run, "a");
      for (const everything of ["", "/", `s3://${service.bucket}`]) {
        await failsWith(service.deletePrefix(everything), "InvalidArgument");
        const refused = service.deletePrefix(everything, { confirm: () => false });
        await failsWith(refused, "Aborted");
      }
      assert.deepEqual(await namesOf(run), ["a"]);
    },
  },
  {
    title: "moves a file",
    async run(run) {
      const { service, folder } = run;
      const metadata = { run: "7" };
      await service.uploadBytes("moved", `${folder}/a`, { metadata });
      const moved = await service.move(`${folder}/a`, `${folder}/below/b c`);
      has(moved, { Key: `${folder}/below/b c`, Size: 5 });
      assert.deepEqual(await namesOf(run), ["below/b c"]);
      sameBytes(await service.getFileContents(`${folder}/below/b c`), Buffer.from("moved"));
      await failsWith(service.move(`${folder}/a`, `${folder}/c`), "NotFound");
      const onto = service.move(`${folder}/below/b c`, `${folder}/below/b c`);
      await failsWith(onto, "InvalidArgument");
      assert.deepEqual(await namesOf(run), ["below/b c"]);
    },
  },
  {
    title: "moves onto nothing that is there when told so",
    async run(run) {
      const { service, folder } = run;
      await put(run, "a", "b");
      const move = service.move(`${folder}/a`, `${folder}/b`, { ifAbsent: true });
      await failsWith(move, "AlreadyExists");
      sameBytes(await service.getFileContents(`${folder}/a`), Buffer.from("of a"));
      sameBytes(await service.getFileContents(`${folder}/b`), Buffer.from("of b"));
      await service.move(`${folder}/a`, `${folder}/b`);
      assert.deepEqual(await namesOf(run), ["b"]);
      sameBytes(await service.getFileContents(`${folder}/b`), Buffer.from("of a"));
    },
  },
];
