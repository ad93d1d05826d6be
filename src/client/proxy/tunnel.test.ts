import https from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { S3StoreOptions } from "../create-s3-store.ts";
import { startConnectProxy, type ConnectProxy } from "../testing-fixtures/connect-proxy.ts";
import { loopbackCertificate, loopbackKey } from "../testing-fixtures/loopback-certificate.ts";
import { answer, startScriptedServer } from "../testing-fixtures/scripted-server.ts";
import { failureOf, openTestStore } from "../testing-fixtures/test-store.ts";

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function plainStore(): Promise<number> {
  const server = await startScriptedServer(answer(200, { etag: '"e"' }));
  ends.push(() => server.close());
  return Number(new URL(server.endpoint).port);
}

async function secureStore(): Promise<number> {
  const options = { cert: loopbackCertificate, key: loopbackKey };
  const server = https.createServer(options, (message, response) => {
    message.resume();
    message.on("end", () => response.writeHead(200, { etag: '"e"' }).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ends.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));
  return (server.address() as AddressInfo).port;
}

async function through(to: Parameters<typeof startConnectProxy>[0]): Promise<ConnectProxy> {
  const proxy = await startConnectProxy(to);
  ends.push(() => proxy.close());
  return proxy;
}

function open(endpoint: string, options: Partial<S3StoreOptions>) {
  const store = openTestStore(endpoint, options);
  ends.push(() => store.close());
  return store;
}

describe("a store behind a proxy", () => {
  it("is reached through a tunnel, which is kept for further calls", async () => {
    const proxy = await through({ port: await plainStore() });
    const address = new URL(proxy.origin);
    address.username = "me";
    address.password = "secret";
    const store = open("http://store.example:9000", { proxy: { httpProxy: address.href } });
    await store.putObject("a", Buffer.of(1));
    await store.putObject("b", Buffer.of(1));
    expect(proxy.asked).toEqual([
      { authority: "store.example:9000", authorization: "Basic bWU6c2VjcmV0" },
    ]);
  });

  it("is reached by TLS within the tunnel, its certificate judged as without", async () => {
    const proxy = await through({ port: await secureStore() });
    const settings = { proxy: { httpsProxy: proxy.origin } };
    const trusting = open("https://store.example", {
      ...settings,
      tls: { rejectUnauthorized: false },
    });
    await expect(trusting.putObject("a", Buffer.of(1))).resolves.toMatchObject({ etag: '"e"' });
    expect(proxy.asked).toEqual([{ authority: "store.example:443" }]);
    const strict = open("https://store.example", { ...settings, tls: { ca: loopbackCertificate } });
    expect(await failureOf(strict.putObject("a", Buffer.of(1)))).toMatchObject({
      code: "ConfigurationError",
      message: expect.stringMatching(/certificate of https:\/\/store.example/) as string,
    });
  });

  it("is reached directly where NO_PROXY says so", async () => {
    const proxy = await through({ status: 502 });
    const port = await plainStore();
    const store = open(`http://127.0.0.1:${port}`, { proxy: { httpProxy: proxy.origin } });
    await store.putObject("a", Buffer.of(1));
    expect(proxy.asked).toEqual([]);
  });
});

describe("a proxy that leads nowhere", () => {
  it.each([
    [403, "proxy-denied", false, /let connections to this host through/],
    [407, "proxy-denied", false, /user and a password/],
    [502, "proxy-failed", true, /did not reach the store/],
  ])("answering %i is told as %s", async (status, _problem, retryable, remedy) => {
    const proxy = await through({ status });
    const store = open("https://store.example", { proxy: { httpsProxy: proxy.origin } });
    const error = await failureOf(store.headObject("a"));
    expect(error).toMatchObject({ code: "Unavailable", retryable });
    expect(error.message).toContain(`${proxy.origin} leads to no store.example:443`);
    expect(error.remedy).toMatch(remedy);
  });

  it("that does not listen is named, not the store", async () => {
    const store = open("https://store.example", { proxy: { httpsProxy: "http://127.0.0.1:1" } });
    const error = await failureOf(store.headObject("a"));
    expect(error.message).toMatch(/The proxy http:\/\/127\.0\.0\.1:1 cannot be reached/);
    expect(error.remedy).toMatch(/HTTPS_PROXY/);
  });

  it("that is none is refused with the variable's name", async () => {
    const store = open("https://store.example", { proxy: { httpsProxy: "socks5://x:1" } });
    expect(await failureOf(store.headObject("a"))).toMatchObject({
      code: "ConfigurationError",
      message: "HTTPS_PROXY names no HTTP proxy.",
    });
  });
});
