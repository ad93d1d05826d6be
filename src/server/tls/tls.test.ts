import { randomBytes, X509Certificate } from "node:crypto";
import { createServer, request as httpsRequest } from "node:https";
import { request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { connect, rootCertificates } from "node:tls";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keys, TestServer } from "../testing-fixtures/test-server.ts";
import { makeCertificate, type MadeCertificate } from "./make-certificate.ts";

const day = 86_400_000;

function make(names: readonly string[] = ["localhost", "127.0.0.1", "::1"]): MadeCertificate {
  const from = new Date(Date.now() - 1000);
  return makeCertificate({ names, from, until: new Date(Date.now() + day), randomBytes });
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

function ask(
  server: TestServer,
  wire: Parameters<TestServer["signedHeaders"]>[0],
  to: { readonly port: number; readonly ca: string } | { readonly port: number },
): Promise<Answer> {
  const { method = "GET", path, query = "", body = "" } = wire;
  const target = query === "" ? path : `${path}?${query}`;
  const headers = server.signedHeaders({
    ...wire,
    headers: { host: `127.0.0.1:${to.port}`, ...wire.headers },
  });
  const options = { host: "127.0.0.1", method, path: target, headers, agent: false, ...to };
  return new Promise((resolve, reject) => {
    const request = "ca" in to ? httpsRequest(options) : httpRequest(options);
    request.on("error", reject).on("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => (text += piece));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.end(body);
  });
}

const tlsOnly = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: ["arn:aws:s3:::bkt", "arn:aws:s3:::bkt/*"],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ],
});

const tlsFrom = (version: string): string =>
  tlsOnly.replace(
    '{"Bool":{"aws:SecureTransport":"false"}}',
    `{"NumericLessThan":{"s3:TlsVersion":"${version}"}}`,
  );

describe("a made certificate", () => {
  test("is what it says", () => {
    const { certificate, authority } = make([
      "localhost",
      "*.s3.localhost",
      "127.0.0.1",
      "fe80::1:2",
    ]);
    const [leaf, root] = [new X509Certificate(certificate), new X509Certificate(authority)];
    expect(leaf.verify(root.publicKey)).toBe(true);
    expect(leaf.checkIssued(root)).toBe(true);
    expect([root.ca, leaf.ca]).toEqual([true, false]);
    expect(leaf.subjectAltName).toBe(
      "DNS:localhost, DNS:*.s3.localhost, IP Address:127.0.0.1, IP Address:FE80:0:0:0:0:0:1:2",
    );
    expect(leaf.checkHost("bucket.s3.localhost")).toBe("*.s3.localhost");
    expect(Date.parse(leaf.validTo) - Date.now()).toBeGreaterThan(day - 60_000);
    expect(leaf.serialNumber).not.toBe(new X509Certificate(make().certificate).serialNumber);
  });
});

async function fingerprintOf({ server }: TestServer): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port: server.port, rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

describe("HTTPS", () => {
  let server: TestServer;
  let made: MadeCertificate;
  beforeAll(async () => {
    made = make();
    server = await TestServer.start({ tls: { cert: made.certificate, key: made.key } });
  });
  afterAll(() => server.close());

  const to = () => ({ port: server.server.port, ca: made.authority });

  test("serves those who trust the authority, and no others", async () => {
    expect(server.server.endpoint).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect((await ask(server, { method: "PUT", path: "/bkt" }, to())).status).toBe(200);
    const others = { port: server.server.port, ca: rootCertificates[0] ?? "" };
    await expect(ask(server, { path: "/bkt" }, others)).rejects.toThrow(
      /unable to verify|self-signed/,
    );
  });

  test("is secure transport to a policy", async () => {
    const put = { method: "PUT", path: "/bkt", query: "policy", body: tlsOnly };
    expect((await ask(server, put, to())).status).toBe(204);
    expect((await ask(server, { path: "/bkt", query: "policy" }, to())).status).toBe(200);
  });

  test("its version is known to a policy", async () => {
    const put = { method: "PUT", path: "/bkt", query: "policy" };
    expect((await ask(server, { ...put, body: tlsFrom("1.2") }, to())).status).toBe(204);
    expect((await ask(server, { path: "/bkt" }, to())).status).toBe(200);
    expect((await ask(server, { ...put, body: tlsFrom("1.4") }, to())).status).toBe(204);
    expect((await ask(server, { path: "/bkt" }, to())).status).toBe(403);
    const root = { credentials: keys.root };
    const removed = await ask(server, { ...put, method: "DELETE", ...root }, to());
    expect(removed.status).toBe(204);
  });

  test("takes a renewed certificate for connections to come", async () => {
    const renewed = make();
    expect(await fingerprintOf(server)).toBe(new X509Certificate(made.certificate).fingerprint256);
    server.server.renewTls({ cert: renewed.certificate, key: renewed.key });
    expect(await fingerprintOf(server)).toBe(
      new X509Certificate(renewed.certificate).fingerprint256,
    );
  });
});

describe("behind a proxy that ends TLS", () => {
  let server: TestServer;
  let strict: TestServer;
  let made: MadeCertificate;
  const closers: (() => void)[] = [];

  /** As nginx is set up for it: Host kept, origin added. */
  async function proxyOf(behind: TestServer): Promise<number> {
    const proxy = createServer({ cert: made.certificate, key: made.key }, (request, response) => {
      const headers = {
        ...request.headers,
        "x-forwarded-proto": "https",
        "x-forwarded-for": "203.0.113.9",
      };
      const { method, url: path } = request;
      const { port } = behind.server;
      const onward = httpRequest({ host: "127.0.0.1", port, method, path, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(response);
      });
      request.pipe(onward);
    });
    proxy.listen(0, "127.0.0.1");
    await once(proxy, "listening");
    closers.push(() => proxy.close());
    return (proxy.address() as AddressInfo).port;
  }

  beforeAll(async () => {
    made = make();
    server = await TestServer.start({ trustedProxies: ["127.0.0.0/8"] });
    strict = await TestServer.start();
    for (const one of [server, strict]) {
      await one.send({ method: "PUT", path: "/bkt" });
      await one.send({ method: "PUT", path: "/bkt", query: "policy", body: tlsOnly });
    }
  });
  afterAll(async () => {
    for (const close of closers) close();
    await server.close();
    await strict.close();
  });

  test("a trusted one makes transport secure, and its client's address counts", async () => {
    const to = { port: await proxyOf(server), ca: made.authority };
    expect((await ask(server, { path: "/bkt" }, to)).status).toBe(200);
    expect((await server.send({ path: "/bkt" })).code).toBe("AccessDenied");
    const seen = server.events.filter((event) => event.kind === "request");
    expect(seen.at(-2)).toMatchObject({ address: "203.0.113.9", status: 200 });
    expect(seen.at(-1)).toMatchObject({ address: "127.0.0.1", status: 403 });
    const removed = await ask(server, { method: "DELETE", path: "/bkt", query: "policy" }, to);
    expect(removed.status).toBe(204);
  });

  test("one that is not trusted is not believed", async () => {
    const to = { port: await proxyOf(strict), ca: made.authority };
    const refused = await ask(strict, { path: "/bkt" }, to);
    expect(refused.status).toBe(403);
  });

  test("the owner's root user comes back from a policy that shuts everybody out", async () => {
    const remove = { method: "DELETE", path: "/bkt", query: "policy" };
    expect((await strict.send(remove)).code).toBe("AccessDenied");
    const back = { ...remove, credentials: keys.root };
    expect((await strict.send(back)).status).toBe(204);
    expect((await strict.send({ path: "/bkt" })).status).toBe(200);
  });
});
