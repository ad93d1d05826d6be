// @ts-check
// What a careful user of the AWS SDK writes: 64 calls at once for small objects, lib-storage for large ones.
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { pipeline } from "node:stream/promises";
import * as sdk from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";

const [Bucket = "", action = "", source = "", target = ""] = process.argv.slice(2);
const client = new sdk.S3Client({
  forcePathStyle: true,
  requestHandler: { httpsAgent: { maxSockets: 64 }, httpAgent: { maxSockets: 64 } },
});

/**
 * @template T
 * @param {AsyncIterable<T> | Iterable<T>} items
 * @param {(item: T) => Promise<unknown>} work
 */
async function every(items, work) {
  const iterator = (async function* all() {
    yield* items;
  })();
  const lane = async () => {
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
      await work(next.value);
    }
  };
  await Promise.all(Array.from({ length: 64 }, lane));
}

/** @param {string} Prefix */
async function* keys(Prefix) {
  for await (const page of sdk.paginateListObjectsV2({ client }, { Bucket, Prefix })) {
    yield* page.Contents ?? [];
  }
}

/** @param {string} folder */
async function* files(folder) {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) yield join(entry.parentPath, entry.name);
  }
}

/**
 * @param {string} Key
 * @param {string} path
 */
async function download(Key, path) {
  const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket, Key }));
  await pipeline(/** @type {import("node:stream").Readable} */ (Body), createWriteStream(path));
}

/** @type {Record<string, () => Promise<unknown>>} */
const actions = {
  "up-tree": () =>
    every(files(source), async (path) => {
      const Key = target + relative(source, path);
      await client.send(new sdk.PutObjectCommand({ Bucket, Key, Body: await readFile(path) }));
    }),
  "down-tree": () =>
    every(keys(source), async ({ Key = "" }) => {
      const path = join(target, Key.slice(source.length));
      await mkdir(dirname(path), { recursive: true });
      await download(Key, path);
    }),
  "up-file": () =>
    new Upload({ client, params: { Bucket, Key: target, Body: createReadStream(source) } }).done(),
  pipe: () => new Upload({ client, params: { Bucket, Key: target, Body: process.stdin } }).done(),
  "down-file": () => download(source, target),
  list: async () => {
    let text = "";
    for await (const { Key, Size, LastModified } of keys(source)) {
      text += `${LastModified?.toISOString()} ${Size} ${Key}\n`;
      if (text.length > 65_536) {
        process.stdout.write(text);
        text = "";
      }
    }
    process.stdout.write(text);
  },
  remove: async () => {
    for await (const page of sdk.paginateListObjectsV2({ client }, { Bucket, Prefix: source })) {
      const Objects = (page.Contents ?? []).map(({ Key }) => ({ Key }));
      await client.send(new sdk.DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    }
  },
};
await actions[action]?.();
