import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { connectionBound } from "./connection-bound.ts";
import { noise, TestServer } from "./testing-fixtures/test-server.ts";
import type { StartServerOptions } from "./start-server.ts";

let server: TestServer;

afterEach(() => server.close());

async function start(options: Partial<StartServerOptions> = {}): Promise<void> {
  server = await TestServer.start(options);
}

async function open(): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port: server.server.port, allowHalfOpen: true });
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

/** Sockets of this process, the clients' included. */
const openSockets = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;

describe("silence ends a connection", () => {
  test.each([
    ["nothing", []],
    ["half a head", ["GET /bkt HTTP/1.1\r\nHost: "]],
  ])("that sends %s", async (_, pieces) => {
    await start({ timeouts: { headersMs: 100, checkMs: 20 } });
    const answer = await server.raw(pieces);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toMatch(/<Code>RequestTimeout<\/Code><Message>.+<\/Message><RequestId>.+</);
  });

  test("that sends its head letter by letter", async () => {
    await start({ timeouts: { headersMs: 200, checkMs: 20 } });
    const socket = await open();
    let answer = "";
    socket.setEncoding("latin1").on("data", (text: string) => (answer += text));
    const letters = setInterval(() => socket.write("x"), 20);
    socket.write("GET /");
    await once(socket, "end");
    clearInterval(letters);
    socket.destroy();
    expect(answer).toContain("<Code>RequestTimeout</Code>");
  });

  test("between requests", async () => {
    await start({ timeouts: { keepAliveMs: 50 } });
    const socket = await open();
    socket.write(server.head({ path: "/" }));
    const [answer] = (await once(socket, "data")) as [Buffer];
    expect(answer.toString("latin1")).toMatch(/^HTTP\/1\.1 200 /);
    await once(socket, "end");
    socket.destroy();
  });
});

test("a head that is too long is refused with the reason", async () => {
  await start();
  const answer = await server.raw([
    `GET / HTTP/1.1\r\nHost: x\r\nx-long: ${"x".repeat(40_000)}\r\n`,
  ]);
  expect(answer).toMatch(/<Code>RequestHeaderSectionTooLarge<\/Code><Message>.+<\/Message>/);
  expect(answer).toMatch(/x-amz-request-id: \w+/);
});

test("no more connections are open than may be; who comes later gets in when one has gone", async () => {
  await start({ maxConnections: 2 });
  const [first] = [await open(), await open()];
  await expect(server.send({ path: "/" })).rejects.toThrow(/ECONNRESET|socket hang up/);
  expect(server.events).toContainEqual({ kind: "overload", time: expect.any(Date) });
  first.destroy();
  await expect
    .poll(() =>
      server.send({ path: "/" }).then(
        ({ status }) => status,
        () => 0,
      ),
    )
    .toBe(200);
});

test.each([
  [10_000, undefined, 10_000],
  [10_000, 1_048_576, 10_000],
  [10_000, 1024, 448],
  [10, 1024, 10],
  [10_000, 64, 1],
])("of %d wished for, with %s descriptors, %d", (wanted, descriptors, expected) => {
  expect(connectionBound(wanted, () => descriptors)).toBe(expected);
});

const head = (length: string) => `PUT /none/k HTTP/1.1\r\nHost: x\r\n${length}\r\n\r\n`;
const some = noise(20_000);

test.each<[string, (socket: Socket) => void]>([
  [
    "closes in the middle of its body",
    (socket) => {
      socket.write(head("content-length: 100000"));
      socket.write(some);
      socket.once("data", () => socket.destroy());
    },
  ],
  [
    "half-closes after the answer",
    (socket) => {
      socket.write(head("content-length: 100000"));
      socket.write(some);
      socket.once("data", () => socket.end());
    },
  ],
  [
    "half-closes with its data",
    (socket) => {
      socket.write(head("content-length: 100000"));
      socket.end(some);
    },
  ],
  [
    "closes within a very long body",
    (socket) => {
      socket.write(head("content-length: 100000000"));
      socket.write(some);
      socket.once("data", () => socket.destroy());
    },
  ],
  [
    "closes within a chunked body",
    (socket) => {
      socket.write(`${head("transfer-encoding: chunked")}5\r\nabcde\r\n`);
      socket.once("data", () => socket.destroy());
    },
  ],
  [
    "falls silent, and does not close",
    (socket) => {
      socket.write(head("content-length: 100000"));
      socket.write(some);
      socket.on("end", () => socket.destroy());
    },
  ],
])("a refused upload that %s leaves no socket", async (_, act) => {
  await start();
  const before = openSockets();
  const clients = await Promise.all(Array.from({ length: 5 }, open));
  expect(openSockets()).toBeGreaterThan(before);
  for (const client of clients) {
    client.on("data", () => {}).on("end", () => client.end());
    act(client);
  }
  await expect.poll(openSockets, { timeout: 8000 }).toBe(before);
});

/** Sends a request and resets the connection at once: the system still hands over what was sent. */
async function strike(request: string): Promise<void> {
  const socket = await open();
  socket.write(request);
  socket.resetAndDestroy();
  await once(socket, "close");
}

describe("a connection whose client has reset it", () => {
  test("gets past no policy that goes by addresses", async () => {
    await start();
    await server.send({ method: "PUT", path: "/bkt" });
    await server.send({ method: "PUT", path: "/bkt/k", body: "precious" });
    const statement = {
      Effect: "Deny",
      Principal: "*",
      Action: "s3:DeleteObject",
      Resource: "arn:aws:s3:::bkt/*",
      Condition: { IpAddress: { "aws:SourceIp": "127.0.0.0/8" } },
    };
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    const set = await server.send({ method: "PUT", path: "/bkt", query: "policy", body: policy });
    expect(set.status).toBe(204);
    expect((await server.send({ method: "DELETE", path: "/bkt/k" })).status).toBe(403);
    for (let count = 0; count < 20; count += 1) {
      await strike(server.head({ method: "DELETE", path: "/bkt/k" }));
    }
    expect((await server.send({ path: "/bkt/k" })).body.toString()).toBe("precious");
  });
});
