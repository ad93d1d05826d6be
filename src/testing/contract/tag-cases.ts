import assert from "node:assert/strict";
import type { ContractCase } from "./contract-case.ts";
import { failsWith, sameBytes } from "./expectations.ts";

export const tagCases: readonly ContractCase[] = [
  {
    title: "keeps tags, replaces and removes them",
    async run({ service, folder }) {
      const key = `${folder}/a`;
      await service.uploadBytes("x", key, { tags: { run: "7" } });
      assert.deepEqual({ ...(await service.getTags(key)) }, { run: "7" });
      const tags = { "two words": "a/b=c+d", empty: "", ünïcödé: "é" };
      await service.setTags(key, tags);
      assert.deepEqual({ ...(await service.getTags(key)) }, tags);
      sameBytes(await service.getFileContents(key), Buffer.from("x"));
      await service.deleteTags(key);
      assert.deepEqual({ ...(await service.getTags(key)) }, {});
      await failsWith(service.getTags(`${folder}/none`), "NotFound");
      await failsWith(service.setTags(`${folder}/none`, tags), "NotFound");
    },
  },
];
