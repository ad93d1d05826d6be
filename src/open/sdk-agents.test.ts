import { afterAll, beforeAll, expect, it } from "vitest";
import { startConnectProxy, type ConnectProxy } from "../client/testing-fixtures/connect-proxy.ts";
import { getSettings } from "../settings/get-settings.ts";
import { startTestServer, type TestServer } from "../testing/start-test-server.ts";
import { openBucketAdmin } from "./open-bucket-admin.ts";
import { sdkAgents } from "./sdk-agents.ts";

let server: TestServer;
let proxy: ConnectProxy;

beforeAll(async () => {
  server = await startTestServer();
  proxy = await startConnectProxy({ port: Number(new URL(server.endpoint).port) });
});
afterAll(async () => {
  await proxy.close();
  await server.close();
});

it("leads the control plane through the proxy of the settings", async () => {
  const environment = {
    ...server.env,
    STORAGE_S3_ENDPOINT_URL: "http://store.example",
    http_proxy: proxy.origin,
  };
  const { admin } = await openBucketAdmin(getSettings({ environment, envFile: false }));
  try {
    expect(await admin.headBucket(server.bucket)).toMatchObject({ state: "present" });
  } finally {
    admin.close();
  }
  expect(new Set(proxy.asked.map(({ authority }) => authority))).toEqual(
    new Set(["store.example:80"]),
  );
});

it("is nothing where no proxy is named", () => {
  const none = { httpsProxy: undefined, httpProxy: undefined, noProxy: "x" };
  expect(sdkAgents({ proxy: none })).toBeUndefined();
});
