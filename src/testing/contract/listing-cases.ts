import assert from "node:assert/strict";
import type { ContractCase } from "./contract-case.ts";
import { failsWith } from "./expectations.ts";

export const listingCases: readonly ContractCase[] = [
  {
    title: "lists a directory, never its siblings",
    async run({ service, folder }) {
      const keys = ["foo/a", "foo/b/c", "foo2/d", "foo"];
      for (const key of keys) await service.uploadBytes(key, `${folder}/${key}`);
      const names = async (prefix: string, raw = false): Promise<string[]> => {
        const prefixMode = raw ? "raw" : "directory";
        const items = await service.getListing(prefix, { prefixMode });
        return items.map(({ Key }) => Key.slice(folder.length + 1)).sort();
      };
      assert.deepEqual(await names(`${folder}/foo`), ["foo/a", "foo/b/c"]);
      assert.deepEqual(await names(`${folder}/foo/`), ["foo/a", "foo/b/c"]);
      assert.deepEqual(await names(`${folder}/foo`, true), ["foo", "foo/a", "foo/b/c", "foo2/d"]);
      assert.deepEqual(await names(`${folder}/foo/a`), []);
      const { files, directories } = await service.listDirectory(`${folder}/foo`);
      assert.deepEqual(
        files.map(({ Key }) => Key),
        [`${folder}/foo/a`],
      );
      assert.deepEqual(directories, [`${folder}/foo/b/`]);
      await failsWith(service.getListing(folder, { limit: 3 }), "InvalidArgument");
      assert.equal((await service.getListing(folder, { limit: 4 })).length, 4);
    },
  },
  {
    title: "lists the root for an empty path and for a slash",
    async run({ service, folder }) {
      await service.uploadBytes("x", `${folder}/a`);
      for (const everything of ["", "/"]) {
        const items = await service.getListing(everything);
        assert.ok(items.some(({ Key }) => Key === `${folder}/a`));
      }
    },
  },
  {
    title: "lists in pages that can be gone on with",
    async run({ service, folder }) {
      const keys = ["a", "b/1", "b/2", "c", "d/e/f"].map((name) => `${folder}/${name}`);
      for (const key of keys) await service.uploadBytes("x", key);
      const files: string[] = [];
      let cursor: string | undefined;
      do {
        const wish = { pageSize: 2, ...(cursor !== undefined && { cursor }) };
        cursor = undefined;
        for await (const page of service.list(folder, wish).pages()) {
          assert.ok(page.files.length <= 2);
          files.push(...page.files.map(({ Key }) => Key));
          cursor = page.cursor;
          break;
        }
      } while (cursor !== undefined);
      assert.deepEqual(files.toSorted(), keys);
      const directories = new Set<string>();
      const level: string[] = [];
      const listing = service.list(folder, { delimiter: "/", pageSize: 2 });
      for await (const page of listing.pages()) {
        for (const directory of page.directories) directories.add(directory);
        level.push(...page.files.map(({ Key }) => Key));
      }
      assert.deepEqual([...directories].sort(), [`${folder}/b/`, `${folder}/d/`]);
      assert.deepEqual(level.toSorted(), [`${folder}/a`, `${folder}/c`]);
      const broken = service.list(folder, { cursor: "no cursor" });
      await failsWith(broken.pages()[Symbol.asyncIterator]().next(), "InvalidArgument");
    },
  },
  {
    title: "lists from a key on",
    async run({ service, folder }) {
      for (const name of ["a", "b", "c"]) await service.uploadBytes("x", `${folder}/${name}`);
      const found: string[] = [];
      const listing = service.list(folder, { startAfter: `${folder}/a` });
      for await (const { Key } of listing) found.push(Key);
      assert.deepEqual(found, [`${folder}/b`, `${folder}/c`]);
    },
  },
  {
    title: "lists more than a page, whole and without doubles, and deletes it all",
    async run({ service, folder }) {
      const keys = Array.from({ length: 1203 }, (_, n) => `${folder}/many/${n}`);
      for (let start = 0; start < keys.length; start += 50) {
        await Promise.all(
          keys.slice(start, start + 50).map((key) => service.uploadBytes("x", key)),
        );
      }
      const listed = await service.getListing(`${folder}/many`);
      assert.deepEqual(listed.map(({ Key }) => Key).sort(), keys.toSorted());
      const { deleted, errors } = await service.deleteMany(keys);
      assert.deepEqual(errors, []);
      assert.deepEqual(deleted, keys);
      assert.deepEqual(await service.getListing(`${folder}/many`), []);
    },
  },
];
