import { createHash } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, request as httpRequest } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noise, testIdentities, TestServer } from "./testing-fixtures/test-server.ts";
import { startServer } from "./start-server.ts";

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
  await server.send({ method: "PUT", path: "/bkt" });
});
afterAll(() => server.close());

describe("Expect: 100-continue", () => {
  const expectation = { expect: "100-continue" };

  test("a body is asked for once all is well", async () => {
    const head = server.head({
      method: "PUT",
      path: "/bkt/k",
      body: "hello",
      headers: expectation,
    });
    const socket = connect(server.server.port, "127.0.0.1");
    socket.setEncoding("latin1").write(head);
    const [interim] = (await once(socket, "data")) as [string];
    expect(interim).toBe("HTTP/1.1 100 Continue\r\n\r\n");
    socket.write("hello");
    const [final] = (await once(socket, "data")) as [string];
    expect(final).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    socket.destroy();
  });

  test("also for a body of no bytes, or the client's connection would be out of step", async () => {
    const head = server.head({ method: "PUT", path: "/bkt/empty", headers: expectation });
    const answer = await server.raw([head], { until: /200 OK[^]*\r\n\r\n/ });
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
  });

  test.each([
    [
      "a wrong secret",
      403,
      { credentials: { accessKeyId: "AKIAADMIN00000000000", secretAccessKey: "x" } },
    ],
    ["no such bucket", 404, { path: "/none/k" }],
    ["no permission", 403, { credentials: null }],
    ["a bad digest header", 400, { headers: { ...expectation, "content-md5": "bad" } }],
  ])("%s is answered without asking, and the connection closed", async (_, status, wire) => {
    const head = server.head({
      method: "PUT",
      path: "/bkt/k2",
      body: "hello",
      headers: expectation,
      ...wire,
    });
    const answer = await server.raw([head]);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer.toLowerCase()).toContain("connection: close");
  });
});

describe("bodies that end early", () => {
  test("a client that closes its side gets IncompleteBody, and nothing is kept", async () => {
    const wire = { method: "PUT", path: "/bkt/short", body: "0123456789" };
    const answer = await server.raw([server.head(wire), "01234"], { end: "half-close" });
    expect(answer).toContain("<Code>IncompleteBody</Code>");
    expect((await server.send({ path: "/bkt/short" })).status).toBe(404);
  });

  test("a client that vanishes leaves nothing and no fault", async () => {
    const faults = server.events.filter(({ kind }) => kind === "failure").length;
    const wire = { method: "PUT", path: "/bkt/reset", body: noise(100_000) };
    await server.raw([server.head(wire), noise(50_000)], { end: "reset" });
    await expect
      .poll(() => server.events.some((event) => event.kind === "request" && event.key === "reset"))
      .toBe(true);
    expect((await server.send({ path: "/bkt/reset" })).status).toBe(404);
    expect(server.events.filter(({ kind }) => kind === "failure")).toHaveLength(faults);
  });

  test("broken HTTP chunks are answered", async () => {
    const wire = {
      method: "PUT",
      path: "/bkt/broken",
      headers: { "transfer-encoding": "chunked", "x-amz-decoded-content-length": "5" },
      payloadHash: "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    };
    const answer = await server.raw([server.head(wire), "zz\r\nrubbish"], { until: /<\/Error>/ });
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect((await server.send({ path: "/bkt/broken" })).status).toBe(404);
  });
});

test("bytes that are no request get an answer", async () => {
  const answer = await server.raw(["rubbish\r\n\r\n"]);
  expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(answer).toContain("<Code>BadRequest</Code>");
});

test("a refused upload is read away, so that the client sees the refusal", async () => {
  const answer = await server.send({
    method: "PUT",
    path: "/none/k",
    body: noise(8_000_000),
    payloadHash: "UNSIGNED-PAYLOAD",
  });
  expect(answer).toMatchObject({ status: 404, code: "NoSuchBucket" });
});

test("one connection serves request after request, errors between them", async () => {
  const heads = ["/bkt/none", "/bkt", "/bkt/none"].map((path) =>
    server.head({ path, method: "HEAD" }),
  );
  const answer = await server.raw(heads, { pauseMs: 50, until: /(?:HTTP\/1\.1 [^]*){3}\r\n\r\n$/ });
  expect(answer.match(/^HTTP\/1\.1 \d+/gm)).toEqual([
    "HTTP/1.1 404",
    "HTTP/1.1 200",
    "HTTP/1.1 404",
  ]);
});

test("a slow reader holds the object back, and its leaving ends the read", async () => {
  const body = noise(8_000_000);
  await server.send({ method: "PUT", path: "/bkt/large", body });
  const path = "/bkt/large";
  const request = httpRequest({
    host: "127.0.0.1",
    port: server.server.port,
    path,
    headers: server.signedHeaders({ path }),
    agent: false,
  });
  request.on("error", () => {});
  request.end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  response.on("error", () => {});
  response.pause();
  const answered = (): boolean =>
    server.events.some(
      (event) => event.kind === "request" && event.key === "large" && event.method === "GET",
    );
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(answered()).toBe(false);
  response.destroy();
  await expect.poll(answered).toBe(true);
  expect(server.events.filter(({ kind }) => kind === "failure")).toEqual([]);
  const again = await server.send({ path });
  expect(createHash("md5").update(again.body).digest("hex")).toBe(
    createHash("md5").update(body).digest("hex"),
  );
});

describe("starting and stopping", () => {
  test("a port in use is told with what to do", async () => {
    const options = {
      durability: "memory" as const,
      identities: testIdentities(),
      port: server.server.port,
    };
    await expect(startServer(options)).rejects.toMatchObject({
      code: "ConfigurationError",
      message: `Port ${server.server.port} on 127.0.0.1 is already in use.`,
      remedy: expect.stringContaining("another port"),
    });
  });

  test("closing lets a running upload end", async () => {
    const own = await TestServer.start();
    await own.send({ method: "PUT", path: "/bkt" });
    const head = own.head({ method: "PUT", path: "/bkt/last", body: "0123456789" });
    const socket = connect(own.server.port, "127.0.0.1");
    socket.setEncoding("latin1").write(head);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const closed = own.close();
    socket.write("0123456789");
    const [answer] = (await once(socket, "data")) as [string];
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(answer.toLowerCase()).toContain("connection: close");
    await closed;
    await expect(own.send({ path: "/bkt/last" })).rejects.toThrow("ECONNREFUSED");
  });

  test("closing does not wait for connections that become idle", async () => {
    const own = await TestServer.start();
    await own.send({ method: "PUT", path: "/bkt" });
    await own.send({ method: "PUT", path: "/bkt/large", body: noise(4_000_000) });
    const socket = connect(own.server.port, "127.0.0.1");
    socket.write(own.head({ path: "/bkt/large" }));
    await once(socket, "data");
    socket.pause();
    const closed = own.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const started = Date.now();
    socket.resume();
    await closed;
    expect(Date.now() - started).toBeLessThan(3000);
    socket.destroy();
  });

  test("closing twice is closing once", async () => {
    const own = await TestServer.start();
    await expect(Promise.all([own.close(), own.close()])).resolves.toHaveLength(2);
  });
});
