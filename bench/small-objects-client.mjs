// @ts-check
// One client's share of small-objects.mjs: reads its job from standard input, prints its figures.
import { readFileSync } from "node:fs";

const job = JSON.parse(readFileSync(0, "utf8"));
const bucket = "bench-small-objects";
const body = Buffer.alloc(4096, "x");
const calls = await (job.client === "aws-sdk" ? sdkCalls() : ownCalls());

await calls.createBucket();
const put = await measure((key) => calls.put(key));
const get = await measure((key) => calls.get(key));
const list = await measureListing();
await calls.close();
console.log(
  JSON.stringify({
    putCpuMs: put.cpuMs,
    putWallS: put.wallS,
    getCpuMs: get.cpuMs,
    getWallS: get.wallS,
    listCpuUsPerKey: list.cpuUsPerKey,
    rssMiB: process.resourceUsage().maxRSS / 1024,
  }),
);

/** @param {(key: string) => Promise<unknown>} call */
async function measure(call) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  let next = 0;
  const lane = async () => {
    while (next < job.objects) {
      next += 1;
      await call(`key-${next}`);
    }
  };
  await Promise.all(Array.from({ length: job.concurrency }, lane));
  const { user, system } = process.cpuUsage(cpu);
  return {
    cpuMs: (user + system) / 1000 / job.objects,
    wallS: (performance.now() - start) / 1000,
  };
}

/** The whole bucket listed ten times, page by page. */
async function measureListing() {
  const rounds = 10;
  const cpu = process.cpuUsage();
  let keys = 0;
  for (let round = 0; round < rounds; round += 1) keys += await calls.list();
  if (keys !== rounds * job.objects) throw new Error(`${keys} keys came back`);
  const { user, system } = process.cpuUsage(cpu);
  return { cpuUsPerKey: (user + system) / keys };
}

async function sdkClient() {
  const sdk = await import("@aws-sdk/client-s3");
  const client = new sdk.S3Client({
    endpoint: job.endpoint,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: job.key,
  });
  return { sdk, client };
}

async function createBucket() {
  const { sdk, client } = await sdkClient();
  await client.send(new sdk.CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
}

async function sdkCalls() {
  const { sdk, client } = await sdkClient();
  return {
    createBucket,
    put: (/** @type {string} */ Key) =>
      client.send(new sdk.PutObjectCommand({ Bucket: bucket, Key, Body: body })),
    get: async (/** @type {string} */ Key) => {
      const answer = await client.send(new sdk.GetObjectCommand({ Bucket: bucket, Key }));
      assertWhole(await answer.Body?.transformToByteArray());
    },
    list: async () => {
      let keys = 0;
      for await (const page of sdk.paginateListObjectsV2({ client }, { Bucket: bucket })) {
        keys += page.Contents?.length ?? 0;
      }
      return keys;
    },
    close: async () => client.destroy(),
  };
}

async function ownCalls() {
  const { FileServiceS3 } = await import("../dist/index.js");
  const service = new FileServiceS3({
    bucket,
    region: "us-east-1",
    endpointUrl: job.endpoint,
    credentials: job.key,
  });
  return {
    createBucket,
    put: (/** @type {string} */ key) => service.uploadBytes(body, key),
    get: async (/** @type {string} */ key) =>
      assertWhole((await service.getFileContents(key)) ?? undefined),
    list: async () => (await service.getListing("")).length,
    close: () => service.close(),
  };
}

/** @param {Uint8Array | undefined} bytes */
function assertWhole(bytes) {
  if (bytes?.length !== body.length) throw new Error(`${bytes?.length} bytes came back`);
}
