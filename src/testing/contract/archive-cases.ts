import assert from "node:assert/strict";
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { ArchiveFormat } from "../../transfer/archive/archive-options.ts";
import type { ContractCase, ContractRun } from "./contract-case.ts";
import { failsWith, sameBytes } from "./expectations.ts";

const files: Readonly<Record<string, string | Buffer>> = {
  "summary.json": "{}",
  "variant=0/plots/ü.tsv": "1\t2\n",
  "empty.txt": "",
  "large.bin": Buffer.alloc(3_000_001, "several pieces"),
};

/** To an archive and back: from the bucket, from a local file, and from a stream. */
async function roundTrip(run: ContractRun, format: ArchiveFormat): Promise<void> {
  const { service, folder, local } = run;
  for (const [name, contents] of Object.entries(files)) {
    await service.uploadBytes(contents, `${folder}/in/${name}`);
  }
  const open = () => service.streamArchive(`${folder}/in`, { format });
  const archive = `${folder}/archive`;
  await service.uploadStream(await open(), archive);
  const file = local();
  await pipeline(await open(), createWriteStream(file));
  const inputs = { object: { path: archive }, file: { file }, stream: await open() };
  for (const [kind, input] of Object.entries(inputs)) {
    const result = await service.extractArchive(input, `${folder}/${kind}`);
    assert.deepEqual({ ...result, doneBytes: 0 }, { files: 4, doneBytes: 0, leftOut: [] });
    for (const [name, contents] of Object.entries(files)) {
      const found = await service.getFileContents(`${folder}/${kind}/${name}`);
      sameBytes(found, Buffer.from(contents));
    }
  }
}

const formats: readonly ArchiveFormat[] = ["tar", "tar.gz", "zip"];

export const archiveCases: readonly ContractCase[] = [
  ...formats.map((format) => ({
    title: `makes a ${format} of a directory, and files of it again`,
    run: (run: ContractRun) => roundTrip(run, format),
  })),
  {
    title: "makes no archive of nothing, and no files of what is none",
    async run({ service, folder }) {
      await failsWith(service.streamArchive(`${folder}/none`), "NotFound");
      await service.uploadBytes("x".repeat(2000), `${folder}/text`);
      const path = `${folder}/text`;
      await failsWith(service.extractArchive({ path }, `${folder}/out`), "InvalidArgument");
      await failsWith(service.extractArchive({ path: `${path}2` }, `${folder}/out`), "NotFound");
      assert.deepEqual(await service.getListing(`${folder}/out`), []);
    },
  },
];
