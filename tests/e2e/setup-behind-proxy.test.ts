import { writeFile } from "node:fs/promises";
import http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createAwsBucketAdmin } from "../../src/aws/bucket-admin.ts";
import {
  loopbackCertificate,
  loopbackKey,
} from "../../src/client/testing-fixtures/loopback-certificate.ts";
import { type LiveServer, startLiveServer } from "./live-server.ts";

// A proxy that ends TLS stands before a server of plain http, as many stores are run.

let live: LiveServer;
let proxy: https.Server;
let endpointUrl: string;

beforeAll(async () => {
  live = await startLiveServer();
  const { hostname, port } = new URL(live.endpoint);
  proxy = https.createServer({ key: loopbackKey, cert: loopbackCertificate }, (asked, answer) => {
    const { method, url, headers } = asked;
    const onward = http.request({ hostname, port, method, path: url, headers }, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers);
      got.pipe(answer);
    });
    onward.on("error", () => answer.destroy());
    asked.pipe(onward);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  endpointUrl = `https://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
});

afterAll(async () => {
  proxy.closeAllConnections();
  proxy.close();
  await live.stop();
});

it("set-up leaves the TLS-only statement out, says so, and shuts nobody out", async () => {
  const bucket = "sms-e2e-behind-proxy";
  const caFile = join(live.folder, "proxy.pem");
  await writeFile(caFile, loopbackCertificate);
  const places = ["--bucket", bucket, "--endpoint-url", endpointUrl, "--ca-file", caFile];
  const result = await live.run(["setup", "--yes", "--no-env", ...places]);
  expect(result.stderr).toContain("put without the TLS-only statement");
  expect(result.code).toBe(0);
  const verified = await live.run(["verify", "--no-env", ...places]);
  expect(verified.code).toBe(0);
  expect(verified.stderr).toContain("Plain http is not refused");

  const { STORAGE_S3_ACCESS_KEY_ID, STORAGE_S3_SECRET_ACCESS_KEY } = live.administrator;
  for (const endpoint of [endpointUrl, live.endpoint]) {
    const admin = createAwsBucketAdmin({
      region: "us-east-1",
      endpointUrl: endpoint,
      tls: { ca: loopbackCertificate },
      credentials: () =>
        Promise.resolve({
          accessKeyId: STORAGE_S3_ACCESS_KEY_ID ?? "",
          secretAccessKey: STORAGE_S3_SECRET_ACCESS_KEY ?? "",
        }),
    });
    const policy = await admin.read(bucket, "policy");
    expect(policy).toContain("SmsStorageObjects");
    expect(policy).not.toContain("SecureTransport");
    await admin.remove(bucket, "policy");
    await admin.put(bucket, "policy", policy ?? "");
    admin.close();
  }
});
