// @ts-check
// One library's share of a workload, as a program: `library-client.mjs JOB ARGUMENTS...`. Prints what it has to
// tell of itself as JSON, names with an `x` first.
import { createWriteStream, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { argv, env, stdout } from "node:process";
import { pipeline } from "node:stream/promises";
import { createDeflateRaw, createGzip } from "node:zlib";

const endpoint = env["AWS_ENDPOINT_URL"] ?? "";
const bucket = env["BENCH_BUCKET"] ?? "";
const key = {
  accessKeyId: env["AWS_ACCESS_KEY_ID"] ?? "",
  secretAccessKey: env["AWS_SECRET_ACCESS_KEY"] ?? "",
};
const [job = "", ...args] = argv.slice(2);

async function ownFiles() {
  const { FileServiceS3 } = await import("../../dist/index.js");
  return new FileServiceS3({
    bucket,
    region: "us-east-1",
    endpointUrl: endpoint,
    credentials: key,
  });
}

async function sdkClient() {
  const sdk = await import("@aws-sdk/client-s3");
  const open = () =>
    new sdk.S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials: key });
  return { sdk, open };
}

/**
 * CPU of this process for each of so many calls, so many at a time.
 * @param {number} calls
 * @param {(index: number) => Promise<unknown>} call
 */
async function cpuMsOf(calls, call) {
  let next = 0;
  const lane = async (/** @type {number} */ end) => {
    while (next < end) {
      next += 1;
      await call(next);
    }
  };
  const run = (/** @type {number} */ end) =>
    Promise.all(Array.from({ length: 32 }, () => lane(end)));
  // What is compiled while the first ones run is no part of a call.
  await run(calls / 5);
  next = 0;
  const before = process.cpuUsage();
  await run(calls);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / calls;
}

/** @typedef {Record<"put" | "get" | "head", (key: string) => Promise<unknown>>} Calls */

/** @param {Calls} calls @param {number} count */
async function measureCalls({ put, get, head }, count) {
  return {
    xPutCpuMs: await cpuMsOf(count, (index) => put(`calls/${index}`)),
    xGetCpuMs: await cpuMsOf(count, (index) => get(`calls/${index}`)),
    xHeadCpuMs: await cpuMsOf(count, (index) => head(`calls/${index}`)),
  };
}

const body = Buffer.alloc(4096, "x");

/** @param {Uint8Array | null | undefined} bytes */
function assertWhole(bytes) {
  if (bytes?.length !== body.length) throw new Error(`${bytes?.length} bytes came back`);
}

/** @type {Record<string, () => Promise<object | void>>} */
const jobs = {
  "own-calls": async () => {
    const files = await ownFiles();
    const calls = {
      put: (/** @type {string} */ path) => files.uploadBytes(body, path),
      get: async (/** @type {string} */ path) => assertWhole(await files.getFileContents(path)),
      head: (/** @type {string} */ path) => files.stat(path),
    };
    const told = await measureCalls(calls, Number(args[0]));
    await files.close();
    return told;
  },

  "sdk-calls": async () => {
    const { sdk, open } = await sdkClient();
    const client = open();
    const calls = {
      put: (/** @type {string} */ Key) =>
        client.send(new sdk.PutObjectCommand({ Bucket: bucket, Key, Body: body })),
      get: async (/** @type {string} */ Key) => {
        const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket: bucket, Key }));
        assertWhole(await Body?.transformToByteArray());
      },
      head: (/** @type {string} */ Key) =>
        client.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key })),
    };
    const told = await measureCalls(calls, Number(args[0]));
    client.destroy();
    return told;
  },

  // An archive to a file; when its first byte came.
  "own-archive": async () => {
    const [prefix = "", format = "tar.gz", file = ""] = args;
    const files = await ownFiles();
    const begun = performance.now();
    let xFirstByteMs = 0;
    const archive = await files.streamArchive(prefix, {
      format: /** @type {"tar" | "tar.gz" | "zip"} */ (format),
    });
    async function* timed() {
      for await (const chunk of archive) {
        if (xFirstByteMs === 0) xFirstByteMs = performance.now() - begun;
        yield chunk;
      }
    }
    await pipeline(timed(), createWriteStream(file));
    await files.close();
    return { xFirstByteMs, xMembers: archive.report.members };
  },

  // One object after the other, each whole in memory, packed as it comes: less than an archive needs.
  "sdk-archive": async () => {
    const [prefix = "", format = "tar.gz", file = ""] = args;
    const { sdk, open } = await sdkClient();
    const client = open();
    let xMembers = 0;
    async function* contents() {
      const pages = sdk.paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix });
      for await (const { Contents = [] } of pages) {
        for (const { Key } of Contents) {
          const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket: bucket, Key }));
          xMembers += 1;
          yield await Body?.transformToByteArray();
        }
      }
    }
    const target = createWriteStream(file);
    if (format === "tar") await pipeline(contents(), target);
    else if (format === "zip") await pipeline(contents(), createDeflateRaw(), target);
    else await pipeline(contents(), createGzip(), target);
    client.destroy();
    return { xMembers };
  },

  "own-file-down": async () => {
    const [path = "", file = "", concurrency = "8"] = args;
    const files = await ownFiles();
    await files.downloadFile(path, file, { concurrency: Number(concurrency) });
    await files.close();
  },

  "own-tree-down": async () => {
    const [prefix = "", folder = ""] = args;
    const files = await ownFiles();
    await files.downloadDirectory(prefix, folder);
    await files.close();
  },

  // 32 at a time, a client for each file.
  "sdk-tree-down": async () => {
    const [prefix = "", folder = ""] = args;
    const { sdk, open } = await sdkClient();
    const lister = open();
    /** @type {string[]} */
    const keys = [];
    for await (const page of sdk.paginateListObjectsV2(
      { client: lister },
      { Bucket: bucket, Prefix: prefix },
    )) {
      for (const { Key = "" } of page.Contents ?? []) keys.push(Key);
    }
    lister.destroy();
    const lane = async () => {
      for (let Key = keys.pop(); Key !== undefined; Key = keys.pop()) {
        const client = open();
        const target = join(folder, Key.slice(prefix.length));
        mkdirSync(dirname(target), { recursive: true });
        const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket: bucket, Key }));
        await pipeline(
          /** @type {import("node:stream").Readable} */ (Body),
          createWriteStream(target),
        );
        client.destroy();
      }
    };
    await Promise.all(Array.from({ length: 32 }, lane));
  },
};

const run = jobs[job];
if (run === undefined) throw new Error(`there is no job ${job}`);
stdout.write(JSON.stringify((await run()) ?? {}));
