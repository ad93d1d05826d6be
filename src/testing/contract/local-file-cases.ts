import assert from "node:assert/strict";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import type { ContractCase } from "./contract-case.ts";
import { failsWith } from "./expectations.ts";

export const localFileCases: readonly ContractCase[] = [
  {
    title: "downloads to a temporary file of its own",
    async run({ service, folder }) {
      await service.uploadBytes("x", `${folder}/table.tsv`);
      const [, first] = await service.downloadFile(`${folder}/table.tsv`);
      const [, second] = await service.downloadFile(`${folder}/table.tsv`);
      assert.notEqual(first, second);
      assert.equal(extname(first), ".tsv");
      assert.equal(await readFile(first, "utf8"), "x");
    },
  },
  {
    title: "refuses local targets and sources that are no files",
    async run({ service, folder, local }) {
      const key = `${folder}/a`;
      await service.uploadBytes("x", key);
      const directory = local();
      const link = local();
      await mkdir(directory);
      await writeFile(`${link}-target`, "old");
      await symlink(`${link}-target`, link);
      const targets = [directory, `${directory}/`, link, join(`${link}-target`, "below")];
      for (const target of targets) {
        await failsWith(service.downloadFile(key, target), "InvalidArgument");
      }
      for (const source of [directory, `${directory}/none`]) {
        await failsWith(service.uploadFile(source, key), "InvalidArgument");
      }
      assert.deepEqual(await readdir(directory), []);
      assert.equal(await readFile(`${link}-target`, "utf8"), "old");
    },
  },
];
