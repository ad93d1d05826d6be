import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { diagnose } from "../../src/checks/doctor/diagnose.ts";
import { readErrorText } from "../../src/checks/doctor/read-error-text.ts";
import {
  loopbackCertificate,
  loopbackKey,
} from "../../src/client/testing-fixtures/loopback-certificate.ts";
import { startEmbeddedServer } from "../../src/open/embedded-server.ts";
import { openBucketAdmin } from "../../src/open/open-bucket-admin.ts";
import { makeCertificate } from "../../src/server/tls/make-certificate.ts";
import { inspectSettings } from "../../src/settings/get-settings.ts";
import { startTestServer } from "../../src/testing/index.ts";
import { type Environment, examineWith } from "./examine-with.ts";
import { allow, bucket, deny, everyone, other, patientOf, policy, worldOf } from "./lab.ts";
import { runHere } from "./run-here.ts";

// What a proxy with a certificate shows, and what AWS does not tell callers of other organisations.

let folder: string;
let caFile: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sms-doctor-"));
  caFile = join(folder, "authority.pem");
  await writeFile(caFile, loopbackCertificate);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** A proxy before a store, as a load balancer with a certificate is one. */
async function proxyBefore(
  endpoint: string,
  tls = { cert: loopbackCertificate, key: loopbackKey },
): Promise<{ readonly server: Server; readonly url: string }> {
  const { hostname: host, port } = new URL(endpoint);
  const server = createServer(tls, (asked, answer) => {
    const { method, url: path, headers } = asked;
    const told = { ...headers, "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "https" };
    const passed = request({ host, port, method, path, headers: told }, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.rawHeaders);
      got.pipe(answer);
    });
    asked.pipe(passed);
  });
  server.on("tlsClientError", () => undefined);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, url: `https://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function end(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

const idsOf = async (environment: Environment): Promise<string[]> =>
  (await examineWith({ environment })).findings.map(({ id }) => id);

test("D23: a policy that takes nothing without TLS, asked over http; cured by https in the endpoint", async () => {
  const trustedProxies = ["127.0.0.1"];
  const place = { host: "127.0.0.1", port: 0, region: "us-east-1", directory: undefined };
  const store = await startEmbeddedServer({ ...place, trustedProxies });
  const { endpoint } = store.server;
  const { server, url } = await proxyBefore(endpoint);
  try {
    const { accessKeyId, secretAccessKey } = store.administrator;
    const environment = {
      STORAGE_BACKEND: "s3",
      STORAGE_S3_BUCKET: bucket,
      STORAGE_S3_REGION: "us-east-1",
      STORAGE_S3_ENDPOINT_URL: endpoint,
      STORAGE_S3_ACCESS_KEY_ID: accessKeyId,
      STORAGE_S3_SECRET_ACCESS_KEY: secretAccessKey,
    };
    const { admin } = await openBucketAdmin(
      inspectSettings({ environment, envFile: false }).settings,
    );
    await admin.createBucket({ bucket, region: "us-east-1" });
    const noTls = { Condition: { Bool: { "aws:SecureTransport": "false" } } };
    const tlsOnly = policy({ ...deny("s3:*"), ...everyone, ...noTls });
    await admin.put(bucket, "policy", JSON.stringify(tlsOnly));
    admin.close();
    const [first] = (await examineWith({ environment })).findings;
    expect(first?.id).toBe("D23");
    expect(first?.alsoPossible.map(({ id }) => id)).toContain("D12");
    const overTls = { STORAGE_S3_ENDPOINT_URL: url, STORAGE_S3_CA_FILE: caFile };
    expect(await idsOf({ ...environment, ...overTls })).toEqual([]);
  } finally {
    await end(server);
    await store.close();
  }
});

test("D64: a certificate whose time is over; cured by a new one", async () => {
  await using store = await startTestServer();
  const found: string[][] = [];
  for (const days of [-1, 1]) {
    const until = new Date(Date.now() + days * 86_400_000);
    const from = new Date(until.getTime() - 30 * 86_400_000);
    const made = makeCertificate({ names: ["127.0.0.1"], from, until, randomBytes });
    const file = join(folder, "made.pem");
    await writeFile(file, made.authority);
    const tls = { cert: made.certificate, key: made.key };
    const { server, url } = await proxyBefore(store.endpoint, tls);
    const place = { STORAGE_S3_ENDPOINT_URL: url, STORAGE_S3_CA_FILE: file };
    found.push(await idsOf({ ...store.env, ...place }));
    await end(server);
  }
  expect(found).toEqual([["D64"], []]);
});

test("D21: a missing key for a stranger who may read and not list; cured by its statement, after which it is missing", async () => {
  const ada = { Principal: { AWS: `arn:aws:iam::${other}:user/ada` } };
  const lend = (more: readonly unknown[]) => {
    const bucketPolicy = [{ ...allow(["s3:GetObject", "s3:PutObject"]), ...ada }, ...more];
    const lab = { adaIn: other, own: [allow("s3:*", "*")], bucketPolicy };
    const { organization: _none, ...world } = worldOf(lab);
    return world;
  };
  await using server = await startTestServer({ world: lend([]) });
  const { environment } = patientOf(server, "ada", other);
  const read = async () => {
    const { code, stderr } = await runHere(["cat", `s3://${bucket}/none.txt`], {
      environment,
      cwd: folder,
    });
    expect(code).not.toBe(0);
    return readErrorText(stderr);
  };
  const place = {
    bucket,
    region: "us-east-1",
    endpointUrl: undefined,
    partition: "aws",
    store: "aws",
  } as const;
  const { id, remedy } = diagnose(await read(), place, "objects");
  expect(id).toBe("D21");
  const statements = remedy?.statements ?? [];
  await server.takeWorld(lend(statements.map((each) => ({ ...(each as object), ...ada }))));
  expect(diagnose(await read(), place, "objects").id).toBe("D26");
});
