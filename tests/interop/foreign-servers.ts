import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import type { Credentials } from "../../src/core/credentials.ts";
import { venv } from "./foreign-clients.ts";
import type { ForeignBucket } from "./foreign-store-suite.ts";
import { freePort } from "./own-server.ts";

const radosgwScript = fileURLToPath(
  new URL("../../scripts/interop/start-radosgw.mjs", import.meta.url),
);
const motoTimeoutMs = 60_000;

/** Somebody else's S3 server on loopback. */
export interface ForeignServer extends AsyncDisposable {
  readonly endpoint: string;
  readonly credentials: Credentials;
}

/** Ceph's RADOS gateway over a cluster in memory; about 13 seconds. */
export async function startRadosgw(): Promise<ForeignServer> {
  // It also ends when its standard input does, so never outlives the test run.
  const child = spawn(process.execPath, [radosgwScript], { stdio: ["pipe", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stderr.on("data", (bytes: Buffer) => (stderr += bytes.toString("utf8")));
  const exited = once(child, "exit");
  const ready = new Promise<void>((resolve) => {
    child.stdout.on("data", (bytes: Buffer) => {
      stdout += bytes.toString("utf8");
      if (stdout.includes("\n")) resolve();
    });
  });
  await Promise.race([ready, exited]);
  if (child.exitCode !== null) throw new Error(`the Ceph gateway did not start:\n${stderr}`);
  const facts = JSON.parse(stdout) as Credentials & { readonly endpoint: string };
  return {
    endpoint: facts.endpoint,
    credentials: { accessKeyId: facts.accessKeyId, secretAccessKey: facts.secretAccessKey },
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      await exited;
    },
  };
}

/** moto's server. It checks no signatures, so any keys do. */
export async function startMoto(): Promise<ForeignServer> {
  const port = await freePort();
  const child = spawn(
    "setpriv",
    ["--pdeathsig", "KILL", `${venv}/bin/moto_server`, "-H", "127.0.0.1", "-p", String(port)],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let stderr = "";
  child.stderr.on("data", (bytes: Buffer) => (stderr += bytes.toString("utf8")));
  const exited = once(child, "exit");
  const endpoint = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + motoTimeoutMs;
  while (
    !(await fetch(endpoint).then(
      () => true,
      () => false,
    ))
  ) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`moto's server did not start:\n${stderr}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    endpoint,
    credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "anything-will-do" },
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGTERM");
      await exited;
    },
  };
}

/** An empty bucket on the server, made with the AWS SDK. */
export async function createForeignBucket(server: ForeignServer): Promise<ForeignBucket> {
  const bucket = `interop-${randomBytes(8).toString("hex")}`;
  const region = "us-east-1";
  const { endpoint, credentials } = server;
  const admin = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  await admin.send(new CreateBucketCommand({ Bucket: bucket }));
  admin.destroy();
  return { endpoint, region, bucket, credentials };
}
