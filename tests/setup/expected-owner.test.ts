import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { mkdtemp, rm } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../../src/testing/start-test-server.ts";
import { runHere } from "../doctor/run-here.ts";

// Each call on a bucket says whose it has to be, counted on the wire.

const bucket = "owned-on-the-wire";
let server: TestServer;
let proxy: http.Server;
let folder: string;

interface Call {
  readonly call: string;
  readonly owner: string | undefined;
  /** Of a copy. */
  readonly source: string | undefined;
  readonly sourceOwner: string | undefined;
}
let calls: Call[] = [];

beforeAll(async () => {
  server = await startTestServer();
  folder = await mkdtemp(join(tmpdir(), "owner-"));
  const { hostname, port } = new URL(server.endpoint);
  proxy = http.createServer((asked, answer) => {
    const { method, url = "", headers } = asked;
    const text = (name: string) => headers[name]?.toString();
    if (/^\/(?:owned|moved)-on-the-wire/.test(url)) {
      calls.push({
        call: `${method} ${url}`,
        owner: text("x-amz-expected-bucket-owner"),
        source: text("x-amz-copy-source"),
        sourceOwner: text("x-amz-source-expected-bucket-owner"),
      });
    }
    const onward = http.request({ hostname, port, method, path: url, headers }, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers);
      got.pipe(answer);
    });
    onward.on("error", () => answer.destroy());
    asked.pipe(onward);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  proxy.closeAllConnections();
  proxy.close();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function run(...args: string[]): Promise<number> {
  const { port } = proxy.address() as AddressInfo;
  const environment = {
    ...server.env,
    STORAGE_S3_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    STORAGE_S3_BUCKET: bucket,
    HOME: folder,
  };
  calls = [];
  const { code } = await runHere(args, { environment, cwd: folder });
  return code;
}

/** A bucket that is to be made has no owner yet. */
const unowned = () =>
  calls.filter(({ call, owner }) => owner !== server.accountId && call !== `PUT /${bucket}/`);

it.each([
  [["setup", "--yes", "--no-env"], 0, 20],
  [["plan"], 0, 5],
  [["verify"], 0, 15],
  [["drift"], 0, 5],
  [["audit", "--json"], 8, 10],
  [["explain", "--action", "s3:GetObject", `s3://${bucket}/a`], 0, 3],
  [["export", "--format", "policies"], 0, 1],
  [["teardown", `s3://${bucket}`, "--confirm", bucket], 0, 4],
] as const)("%j", async (args, code, least) => {
  expect(await run(...args)).toBe(code);
  expect(calls.length).toBeGreaterThanOrEqual(least);
  expect(unowned()).toEqual([]);
});

it("copies in place name the owner of both sides", async () => {
  const s3 = new S3Client({
    endpoint: server.endpoint,
    region: server.region,
    credentials: server.credentials,
    forcePathStyle: true,
  });
  const Bucket = "moved-on-the-wire";
  await s3.send(new CreateBucketCommand({ Bucket }));
  for (const Key of ["a", "b"]) {
    await s3.send(
      new PutObjectCommand({ Bucket, Key, Body: "1", ServerSideEncryption: "aws:kms" }),
    );
  }
  s3.destroy();
  for (const more of [["--sample", "5"], ["--dry-run", "--versions"], ["--yes"]]) {
    expect(await run("re-encrypt", ...more, `s3://${Bucket}/`)).toBe(0);
    expect(calls.length).toBeGreaterThanOrEqual(3);
    expect(unowned()).toEqual([]);
  }
  const copies = calls.filter(({ source }) => source !== undefined);
  expect(copies.map(({ sourceOwner }) => sourceOwner)).toEqual([
    server.accountId,
    server.accountId,
  ]);
  expect(await run("re-encrypt", "--owner", "999988887777", `s3://${Bucket}/`)).toBe(5);
});
