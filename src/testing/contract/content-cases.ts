import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { stat, writeFile } from "node:fs/promises";
import { Readable } from "node:stream";
import type { ByteRange } from "../../core/byte-range.ts";
import { mib } from "../../core/limits.ts";
import type { FileReading } from "../../files/result-types.ts";
import type { FileContents } from "../../files/file-contents.ts";
import type { ContractCase } from "./contract-case.ts";
import { allBytes, failsWith, has, sameBytes } from "./expectations.ts";

export const contentCases: readonly ContractCase[] = [
  {
    title: "takes every kind of contents",
    async run({ service, folder }) {
      const text = "héllo";
      const bytes = Buffer.from(text);
      const shared = Uint8Array.from([0, ...bytes, 0]).subarray(1, -1);
      const kinds = [text, bytes, Uint8Array.from(bytes).buffer, new Blob([text]), shared];
      for (const contents of kinds) {
        await service.uploadBytes(contents, `${folder}/a`);
        sameBytes(await service.getFileContents(`${folder}/a`), bytes);
      }
    },
  },
  {
    title: "writes whatever holds or gives bytes",
    async run({ service, folder }) {
      const text = "héllo";
      const bytes = Buffer.from(text);
      async function* later() {
        yield bytes.subarray(0, 2);
        yield bytes.subarray(2);
      }
      const web = (): ReadableStream<Uint8Array> => new Blob([text]).stream();
      const kinds: readonly FileContents[] = [
        text,
        bytes,
        Uint8Array.from(bytes).buffer,
        new File([text], "a.txt"),
        [bytes.subarray(0, 1), bytes.subarray(1)],
        new Set([bytes]).values(),
        later(),
        web(),
        Readable.from([bytes]),
        Readable.fromWeb(web() as Parameters<typeof Readable.fromWeb>[0]),
      ];
      for (const contents of kinds) {
        has(await service.write(`${folder}/a`, contents), { Key: `${folder}/a`, Size: 6 });
        sameBytes(await service.getFileContents(`${folder}/a`), bytes);
      }
      const once = service.write(`${folder}/a`, later(), { ifAbsent: true });
      await failsWith(once, "AlreadyExists");
      const copied = await service.read(`${folder}/a`);
      await service.write(`${folder}/b`, copied.body);
      sameBytes(await service.getFileContents(`${folder}/b`), bytes);
    },
  },
  {
    title: "sends a large Blob in parts",
    async run({ service, folder, etagOfThreeParts }) {
      const bytes = randomBytes(18 * mib);
      const blob = new Blob([bytes], { type: "application/x-large" });
      const { ETag } = await service.write(`${folder}/blob`, blob);
      assert.match(ETag, etagOfThreeParts);
      has(await service.stat(`${folder}/blob`), { ContentType: "application/x-large" });
      sameBytes(await service.getFileContents(`${folder}/blob`), bytes);
    },
  },
  {
    title: "reads as bytes, text, JSON and streams, once",
    async run({ service, folder }) {
      const key = `${folder}/a.json`;
      const text = '{"é":[1,2]}';
      await service.write(key, text);
      const read = async (): Promise<FileReading> => service.read(key);
      sameBytes(await (await read()).bytes(), Buffer.from(text));
      assert.equal(await (await read()).text(), text);
      assert.deepEqual(await (await read()).json(), { é: [1, 2] });
      assert.equal(await new Response((await read()).stream()).text(), text);
      sameBytes(await allBytes(Readable.from((await read()).body)), Buffer.from(text));
      const left = (await read()).stream();
      await left.cancel();
      const progress: unknown[] = [];
      const range = { first: 1, last: 4 };
      const onProgress = (news: unknown): void => void progress.push(news);
      const part = await service.read(key, { range, onProgress });
      assert.equal(await part.text(), '"é"');
      assert.deepEqual(progress.at(-1), { doneBytes: 4, totalBytes: 4 });
      await failsWith(part.text(), "InvalidArgument", { key });
      await service.write(key, "no JSON");
      await failsWith((await read()).json(), "InvalidArgument", { key });
    },
  },
  {
    title: "keeps content type and metadata, and tells them",
    async run({ service, folder }) {
      const Metadata = { run: "7", note: "two words" };
      const contentType = "chemical/x-pdb";
      await service.uploadBytes("x", `${folder}/a`, { contentType, metadata: Metadata });
      const found = await service.stat(`${folder}/a`);
      has(found, { Key: `${folder}/a`, Size: 1, ContentType: contentType, Metadata });
    },
  },
  {
    title: "stores, lists and downloads an empty file",
    async run({ service, folder, local }) {
      const key = `${folder}/empty`;
      const source = local();
      await writeFile(source, "");
      await service.uploadFile(source, key);
      sameBytes(await service.getFileContents(key), Buffer.alloc(0));
      const [item] = await service.getListing(folder);
      has(item, { Key: key, Size: 0 });
      const [, target] = await service.downloadFile(key, local());
      assert.equal((await stat(target)).size, 0);
      assert.equal(await service.exists(key), true);
    },
  },
  {
    title: "answers for a missing file as promised",
    async run({ service, folder, local }) {
      const key = `${folder}/missing`;
      const target = local();
      assert.equal(await service.getFileContents(key), null);
      assert.equal(await service.exists(key), false);
      assert.deepEqual(await service.getListing(folder), []);
      await failsWith(service.getModifiedDate(key), "NotFound", { key });
      await failsWith(service.stat(key), "NotFound");
      await failsWith(service.downloadFile(key, target), "NotFound");
      await assert.rejects(stat(target), { code: "ENOENT" });
      await failsWith(service.copy(key, `${key}-2`), "NotFound");
      await service.deleteFile(key);
      await failsWith(service.deleteFile(key, { mustExist: true }), "NotFound");
    },
  },
  {
    title: "replaces a file",
    async run({ service, folder }) {
      const key = `${folder}/a`;
      const first = await service.uploadBytes("first", key);
      const second = await service.uploadBytes("the second", key);
      assert.notEqual(second.ETag, first.ETag);
      sameBytes(await service.getFileContents(key), Buffer.from("the second"));
      const [item, ...others] = await service.getListing(folder);
      has(item, { Key: key, Size: 10 });
      assert.deepEqual(others, []);
    },
  },
  {
    title: "reads ranges and ends early",
    async run({ service, folder }) {
      const key = `${folder}/ten`;
      await service.uploadBytes("0123456789", key);
      const part = async (range: ByteRange): Promise<string> => {
        const { body, stat: found } = await service.read(key, { range });
        assert.equal(found.Size, 10);
        return (await allBytes(body)).toString();
      };
      assert.equal(await part({ first: 2, last: 5 }), "2345");
      assert.equal(await part({ first: 7 }), "789");
      assert.equal(await part({ suffixLength: 3 }), "789");
      await failsWith(service.read(key, { range: { first: 10 } }), "RangeNotSatisfiable");
      await failsWith(service.read(key, { ifMatch: '"another"' }), "PreconditionFailed");
    },
  },
  {
    title: "copies on the server",
    async run({ service, folder }) {
      const from = `${folder}/a b+c/é`;
      const to = `${folder}/copy`;
      await service.uploadBytes("copied", from, { metadata: { run: "7" } });
      has(await service.copy(from, to), { Key: to, Size: 6 });
      sameBytes(await service.getFileContents(to), Buffer.from("copied"));
      assert.deepEqual((await service.stat(to)).Metadata, { run: "7" });
    },
  },
];
