import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ContractCase, ContractRun } from "./contract-case.ts";
import { failsWith, has } from "./expectations.ts";

async function fill(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, contents] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), contents);
    // Where ETags tell nothing, a file that was changed in the second of its upload counts as other.
    const hourAgo = Date.now() / 1000 - 3600;
    await utimes(join(root, name), hourAgo, hourAgo);
  }
}

async function filesOf(root: string): Promise<Record<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
  const found = names
    .sort()
    .map(async (name) => [name, await readFile(join(root, name), "utf8")] as const);
  return Object.fromEntries(await Promise.all(found));
}

async function keysOf({ service, folder }: ContractRun, below: string): Promise<string[]> {
  const items = await service.getListing(`${folder}/${below}`);
  return items.map(({ Key }) => Key.slice(`${folder}/${below}/`.length)).sort();
}

const tree = { "a.tsv": "a\tb", "b/c d.json": "{}", "b/é/e.tsv": "e", "b/tmp/x": "x" };

export const directoryCases: readonly ContractCase[] = [
  {
    title: "uploads and downloads a directory",
    async run(run) {
      const { service, folder, local } = run;
      const [source, target] = [local(), local()];
      await fill(source, tree);
      const progress: number[] = [];
      const uploaded = await service.uploadDirectory(source, `${folder}/d`, {
        onProgress: ({ doneFiles }) => void progress.push(doneFiles),
      });
      const none = { unchanged: 0, deleted: 0, notDeleted: 0, skipped: 0, failed: 0, problems: [] };
      assert.deepEqual(uploaded, { complete: true, copied: 4, bytes: 7, ...none });
      assert.equal(progress.at(-1), 4);
      assert.deepEqual(await keysOf(run, "d"), Object.keys(tree).sort());
      has(await service.stat(`${folder}/d/b/c d.json`), { ContentType: "application/json" });
      await service.uploadBytes("no sibling", `${folder}/d2/x`);
      const downloaded = await service.downloadDirectory(`${folder}/d`, target);
      has(downloaded, { complete: true, copied: 4, bytes: 7 });
      assert.deepEqual(await filesOf(target), tree);
      const chosen = local();
      const include = ["*.tsv", "*.json"];
      const some = { include, exclude: ["b/é/"] };
      has(await service.downloadDirectory(`${folder}/d`, chosen, some), { copied: 2 });
      assert.deepEqual(Object.keys(await filesOf(chosen)), ["a.tsv", "b/c d.json"]);
    },
  },
  {
    title: "takes nothing for no directory, and no file for one",
    async run({ service, folder, local }) {
      const [empty, file, target] = [local(), local(), local()];
      await mkdir(empty);
      await writeFile(file, "x");
      await failsWith(service.downloadDirectory(`${folder}/none`, target), "NotFound");
      await failsWith(service.syncDirectory("down", target, `${folder}/none`), "NotFound");
      await failsWith(service.uploadDirectory(empty, `${folder}/d`), "NotFound");
      await failsWith(service.uploadDirectory(file, `${folder}/d`), "InvalidArgument");
      await failsWith(service.uploadDirectory(`${file}-none`, `${folder}/d`), "InvalidArgument");
      const allowed = await service.uploadDirectory(empty, `${folder}/d`, { allowEmpty: true });
      has(allowed, { complete: true, copied: 0 });
    },
  },
  {
    title: "makes one directory like the other, both ways",
    async run(run) {
      const { service, folder, local } = run;
      const [source, target] = [local(), local()];
      await fill(source, tree);
      const path = `${folder}/s`;
      has(await service.syncDirectory("up", source, path), { copied: 4, unchanged: 0 });
      has(await service.syncDirectory("up", source, path), { copied: 0, unchanged: 4 });
      await rm(join(source, "b/tmp"), { recursive: true });
      await fill(source, { "a.tsv": "other" });
      const dry = await service.syncDirectory("up", source, path, { delete: true, dryRun: true });
      has(dry, { copied: 1, unchanged: 2, deleted: 1 });
      assert.deepEqual(await keysOf(run, "s"), Object.keys(tree).sort());
      const refused = service.syncDirectory("up", source, path, { delete: true, maxDelete: 0 });
      await failsWith(refused, "InvalidArgument");
      const report = { delete: true, maxDelete: 0, onFailure: "report" } as const;
      has(await service.syncDirectory("up", source, path, report), {
        complete: false,
        notDeleted: 1,
      });
      has(await service.syncDirectory("up", source, path, { delete: true }), {
        complete: true,
        copied: 0,
        deleted: 1,
      });
      await fill(target, { "b/old": "to go", "a.tsv": "older" });
      const down = await service.syncDirectory("down", target, path, { delete: true });
      has(down, { complete: true, copied: 3, deleted: 1 });
      assert.deepEqual(await filesOf(target), await filesOf(source));
    },
  },
  {
    title: "never takes half a directory for a whole one",
    async run(run) {
      const { service, folder, local } = run;
      const [target, reported] = [local(), local()];
      await service.uploadBytes("good", `${folder}/p/good`);
      await service.uploadBytes("bad", `${folder}/p/taken/below`);
      // A file stands where a directory would have to.
      for (const root of [target, reported]) await fill(root, { taken: "mine" });
      const failing = service.downloadDirectory(`${folder}/p`, target);
      await assert.rejects(failing, /downloadDirectory: 1 files were copied, but 1 /);
      assert.deepEqual(await filesOf(target), { good: "good", taken: "mine" });
      const result = await service.downloadDirectory(`${folder}/p`, reported, {
        onFailure: "report",
      });
      has(result, { complete: false, copied: 1 });
      assert.equal(result.failed + result.skipped, 1);
      assert.match(result.problems[0]?.place ?? "", /p\/taken\/below$/);
    },
  },
];
