import { once } from "node:events";
import { afterEach, expect, test, vi } from "vitest";
import { mib, serverLimits } from "../core/limits.ts";
import { takeMemory } from "../core/spare-memory.ts";
import type { S3Response } from "./operation.ts";
import { respond } from "./respond.ts";
import { openExchange, type OpenExchange } from "./testing-fixtures/open-exchange.ts";

let open: OpenExchange | undefined;

afterEach(() => open?.close());

async function receive(): Promise<OpenExchange> {
  open = await openExchange("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  return open;
}

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
    const { exchange, client } = await receive();
    client.pause();
    const { response, socket } = exchange;
    const setTimeout = socket.setTimeout.bind(socket);
    // A limit that the test can wait for.
    const limit = vi
      .spyOn(socket, "setTimeout")
      .mockImplementation((ms, then) => setTimeout(ms === 0 ? 0 : 20, then));
    const closed = once(socket, "close");
    const headers = { "content-length": String(large.length) };
    await respond(exchange, { status: 200, headers, body: body() }, ids);
    await closed;
    expect(limit.mock.calls[0]?.[0]).toBe(serverLimits.readerIdleTimeoutMs);
    expect(response.isSent).toBe(false);
  },
);

test("an object in one piece is let go of when its answer is written", async () => {
  const { exchange } = await receive();
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
  await respond(exchange, { status: 200, headers, body: body() }, ids);
  expect(released).toBe(true);
});

test("the memory of a document is given back once it is sent", async () => {
  const { exchange, client } = await receive();
  client.resume();
  const memory = takeMemory(3 * mib);
  await respond(exchange, { status: 200, body: Buffer.from(memory, 9, 2 * mib) }, ids);
  await expect.poll(() => exchange.response.isSent).toBe(true);
  expect(takeMemory(3 * mib)).toBe(memory);
});
