import { mkdtemp, rm, writeFile } from "node:fs/promises";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  loopbackCertificate,
  loopbackKey,
} from "../client/testing-fixtures/loopback-certificate.ts";
import { getSettings } from "../settings/get-settings.ts";
import { FileServiceQumuloS3 } from "./file-service-qumulo-s3.ts";
import { FileServiceS3 } from "./file-service-s3.ts";

const server = https.createServer(
  { key: loopbackKey, cert: loopbackCertificate },
  (asked, answer) => {
    asked.resume();
    asked.on("end", () => answer.writeHead(404).end());
  },
);
let endpointUrl: string;
let folder: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  endpointUrl = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  folder = await mkdtemp(join(tmpdir(), "sms-qumulo-tls-"));
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

function qumulo(more: Readonly<Record<string, string>> = {}): FileServiceQumuloS3 {
  const environment = {
    STORAGE_QUMULO_ENDPOINT_URL: endpointUrl,
    STORAGE_QUMULO_BUCKET: "sims",
    STORAGE_QUMULO_ACCESS_KEY_ID: "key",
    STORAGE_QUMULO_SECRET_ACCESS_KEY: "secret",
    ...more,
  };
  return new FileServiceQumuloS3({
    settings: getSettings({ environment, envFile: false }),
    retryForMs: 0,
  });
}

it("trusts any certificate where it was told to, and in no other client of the process", async () => {
  const credentials = { accessKeyId: "key", secretAccessKey: "secret" };
  const settings = getSettings({ environment: {}, envFile: false });
  await using careless = qumulo({ STORAGE_QUMULO_VERIFY_SSL: "false" });
  await using careful = qumulo();
  const wish = { settings, credentials, endpointUrl, bucket: "sims", retryForMs: 0 };
  await using another = new FileServiceS3(wish);
  const refused = { code: "ConfigurationError", message: expect.stringMatching(/certificate/i) };
  for (const _round of [1, 2]) {
    await expect(careless.exists("a")).resolves.toBe(false);
    await expect(careful.exists("a")).rejects.toMatchObject(refused);
    await expect(another.exists("a")).rejects.toMatchObject(refused);
    await expect(fetch(endpointUrl)).rejects.toThrow("fetch failed");
  }
  expect(process.env["NODE_TLS_REJECT_UNAUTHORIZED"]).toBeUndefined();
});

it("trusts the authority of its own file", async () => {
  const file = join(folder, "ca.pem");
  await writeFile(file, loopbackCertificate);
  await using service = qumulo({ STORAGE_QUMULO_CA_FILE: file });
  await expect(service.exists("a")).resolves.toBe(false);
});
