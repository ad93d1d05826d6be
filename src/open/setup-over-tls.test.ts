import { mkdtemp, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import {
  loopbackCertificate,
  loopbackKey,
} from "../client/testing-fixtures/loopback-certificate.ts";
import { getSettings } from "../settings/get-settings.ts";
import { createDesiredState, type PolicyWish } from "../setup/desired-state.ts";
import {
  type EmbeddedServer,
  type EmbeddedServerOptions,
  startEmbeddedServer,
} from "./embedded-server.ts";
import { embeddedEnvironment } from "./embedded-settings.ts";
import { openObjectStore } from "./open-object-store.ts";
import { openSetupSession } from "./setup-session.ts";

// The TLS-only Deny against servers that see TLS, and such that do not.

const bucket = "tls-bucket";
const closers: (() => Promise<void>)[] = [];
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "setup-tls-"));
});

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
  await rm(folder, { recursive: true, force: true });
});

async function serve(options: Partial<EmbeddedServerOptions>): Promise<EmbeddedServer> {
  const embedded = await startEmbeddedServer({
    directory: undefined,
    host: "127.0.0.1",
    port: 0,
    region: "us-east-1",
    ...options,
  });
  closers.push(() => embedded.close());
  return embedded;
}

/** Ends TLS before a server of plain http; `told`: the headers that it adds. Answers its variables. */
async function proxyBefore(embedded: EmbeddedServer, told: Readonly<Record<string, string>>) {
  const { port } = embedded.server;
  const proxy = https.createServer(
    { key: loopbackKey, cert: loopbackCertificate },
    (asked, answer) => {
      const { method, url, headers } = asked;
      const onward = http.request(
        { host: "127.0.0.1", port, method, path: url, headers: { ...headers, ...told } },
        (got) => {
          answer.writeHead(got.statusCode ?? 502, got.headers);
          got.pipe(answer);
        },
      );
      onward.on("error", () => answer.destroy());
      asked.pipe(onward);
    },
  );
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  closers.push(async () => {
    proxy.closeAllConnections();
    await new Promise((resolve) => proxy.close(resolve));
  });
  const caFile = join(folder, "proxy.pem");
  await writeFile(caFile, loopbackCertificate);
  return {
    STORAGE_S3_ENDPOINT_URL: `https://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    STORAGE_S3_CA_FILE: caFile,
  };
}

async function setUp(environment: Readonly<Record<string, string>>, wish: PolicyWish = {}) {
  const settings = getSettings({ environment, envFile: false });
  const session = await openSetupSession({ settings, envFile: undefined, backupFolder: folder });
  const desired = createDesiredState({
    bucket,
    region: "us-east-1",
    endpointUrl: environment["STORAGE_S3_ENDPOINT_URL"],
    ownerAccountId: session.owner,
    policy: wish,
  });
  const { succeeded, steps } = await session.apply(await session.plan(desired));
  expect(succeeded).toBe(true);
  const report = await session.verify(desired, { patient: false });
  session.close();
  return {
    detail: steps.find(({ aspect }) => aspect === "policy")?.detail,
    check: report.checks.find(({ name }) => name === "policy"),
    failed: report.checks.filter(({ status }) => status === "failed"),
  };
}

function policyOf({ server }: EmbeddedServer): string {
  return server.engine.getBucket(bucket)?.settings.policy ?? "";
}

it("a server with TLS of its own gets the Deny, and everything works over it", async () => {
  const embedded = await serve({ tls: { selfSigned: true } });
  const { check, failed } = await setUp(embeddedEnvironment(embedded, bucket));
  expect(failed).toEqual([]);
  expect(check?.status).toBe("passed");
  expect(policyOf(embedded)).toContain("aws:SecureTransport");
});

it("behind a trusted proxy that tells of TLS as well, and plain http is shut out", async () => {
  const embedded = await serve({ trustedProxies: ["127.0.0.1/32"] });
  const plain = embeddedEnvironment(embedded, bucket);
  const { failed } = await setUp({
    ...plain,
    ...(await proxyBefore(embedded, { "x-forwarded-proto": "https" })),
  });
  expect(failed).toEqual([]);
  expect(policyOf(embedded)).toContain("aws:SecureTransport");
  const store = await openObjectStore(getSettings({ environment: plain, envFile: false }));
  await expect(store.putObject("k", Buffer.from("x"))).rejects.toMatchObject({
    code: "PermissionDenied",
  });
  await store.close();
});

it.each<[string, PolicyWish, object]>([
  [
    "the usual access",
    {},
    { status: "passed", detail: expect.stringContaining("Plain http is not refused") },
  ],
  [
    "no access, so that nothing of the policy stays",
    { access: "none" },
    {
      status: "skipped",
      detail: expect.stringContaining("only where a trial shows that the store sees TLS"),
    },
  ],
])("where TLS is not proven it is left out, which is no failure: %s", async (_, wish, verified) => {
  const embedded = await serve({});
  const environment = {
    ...embeddedEnvironment(embedded, bucket),
    ...(await proxyBefore(embedded, {})),
  };
  const { detail, check, failed } = await setUp(environment, wish);
  expect(detail).toContain("put without the TLS-only statement");
  expect(policyOf(embedded)).not.toContain("aws:SecureTransport");
  expect(failed).toEqual([]);
  expect({ status: check?.status, detail: check?.detail }).toEqual(verified);
});

it("where it was asked for by name, its absence is a failure", async () => {
  const embedded = await serve({});
  const environment = {
    ...embeddedEnvironment(embedded, bucket),
    ...(await proxyBefore(embedded, {})),
  };
  const { failed } = await setUp(environment, { access: "none", tlsOnly: true });
  expect(failed.map(({ name }) => name)).toEqual(["policy"]);
});

it("old TLS is refused where a least version was asked for, and stays so when nothing is said", async () => {
  const embedded = await serve({ tls: { selfSigned: true } });
  const environment = embeddedEnvironment(embedded, bucket);
  expect((await setUp(environment, { minTls: "1.3" })).failed).toEqual([]);
  expect((await setUp(environment)).failed).toEqual([]);
  expect(policyOf(embedded)).toContain('"NumericLessThan":{"s3:TlsVersion":"1.3"}');
  const link = await openObjectStore(getSettings({ environment, envFile: false }));
  const url = await link.presign({ method: "GET", key: "none", expiresInSeconds: 60 });
  await link.close();
  const ask = (maxVersion: "TLSv1.2" | "TLSv1.3") =>
    new Promise<number | undefined>((resolve, reject) => {
      const options = { maxVersion, rejectUnauthorized: false, agent: false };
      https
        .get(url.url, options, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        })
        .on("error", reject);
    });
  expect([await ask("TLSv1.2"), await ask("TLSv1.3")]).toEqual([403, 404]);
});
