import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { mib, serverLimits } from "../core/limits.ts";
import { takeMemory } from "../core/spare-memory.ts";
import { HttpExchange } from "./http-exchange.ts";
import type { S3Response } from "./operation.ts";
import { respond } from "./respond.ts";

// As in listen.ts: without a listener node cuts the connection on its own.
const server = createServer().on("timeout", () => {});
let client: Socket | undefined;

afterEach(() => {
  client?.destroy();
  server.close();
});

const ids = { requestId: "R", hostId: "H" };
/** More than the buffers of a connection hold. */
const large = Buffer.alloc(32 * mib, "x");

async function* inOnePiece(): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield large;
}

async function* inTwoPieces(): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield large.subarray(0, 5);
  yield large.subarray(5);
}

test.each<[string, () => NonNullable<S3Response["body"]>]>([
  ["a document", () => large],
  ["an object in one piece", inOnePiece],
  ["an object in pieces", inTwoPieces],
])(
  "a client that does not read on holds the answer no longer than allowed: %s",
  async (_, body) => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    client = connect((server.address() as AddressInfo).port, "127.0.0.1");
    client.on("error", () => {}).pause();
    client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    const [request, response] = (await once(server, "request")) as [
      IncomingMessage,
      ServerResponse,
    ];
    const setTimeout = response.setTimeout.bind(response);
    // A limit that the test can wait for.
    const limit = vi
      .spyOn(response, "setTimeout")
      .mockImplementation((ms, then) => setTimeout(ms === 0 ? 0 : 20, then));
    const exchange = new HttpExchange(request, response, false);
    const closed = once(response, "close");
    const headers = { "content-length": String(large.length) };
    await respond(exchange, { status: 200, headers, body: body() }, ids);
    await closed;
    expect(limit.mock.calls[0]?.[0]).toBe(serverLimits.readerIdleTimeoutMs);
    expect(response.writableFinished).toBe(false);
  },
);

test("an object in one piece is let go of when its answer is written", async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  client.on("error", () => {});
  client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const [request, response] = (await once(server, "request")) as [IncomingMessage, ServerResponse];
  let released = false;
  const body = async function* (): AsyncGenerator<Uint8Array> {
    await Promise.resolve();
    try {
      yield Buffer.from("12345");
    } finally {
      released = true;
    }
  };
  const headers = { "content-length": "5" };
  const exchange = new HttpExchange(request, response, false);
  await respond(exchange, { status: 200, headers, body: body() }, ids);
  expect(released).toBe(true);
});

test("the memory of a document is given back once it is sent", async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  client.on("error", () => {}).resume();
  client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const [request, response] = (await once(server, "request")) as [IncomingMessage, ServerResponse];
  const memory = takeMemory(3 * mib);
  const exchange = new HttpExchange(request, response, false);
  const finished = once(response, "finish");
  await respond(exchange, { status: 200, body: Buffer.from(memory, 9, 2 * mib) }, ids);
  await finished;
  expect(takeMemory(3 * mib)).toBe(memory);
});
