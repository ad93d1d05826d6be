import { once } from "node:events";
import type { Socket } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { HttpExchange } from "./http-exchange.ts";
import { type BodyPace, readRawBody } from "./read-raw-body.ts";
import { openExchange, type OpenExchange } from "./testing-fixtures/open-exchange.ts";

let open: OpenExchange | undefined;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
});
afterEach(() => {
  vi.useRealTimers();
  open?.close();
});

/** A request whose head has come and whose body is in the test's hand. */
async function receive(lengthBytes: number): Promise<HttpExchange> {
  open = await openExchange(`PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: ${lengthBytes}\r\n\r\n`);
  return open.exchange;
}

function send(text: string): void {
  open?.client.write(text);
}

/** Time as the test makes it: how fast the machine is does not count. */
const pace: BodyPace = { windowMs: 1000, leastBytes: 4 };

class Collected {
  text = "";
  readonly ended: Promise<string>;

  constructor(exchange: HttpExchange) {
    this.ended = this.#read(exchange);
  }

  async #read(exchange: HttpExchange): Promise<string> {
    for await (const chunk of readRawBody(exchange, pace)) {
      this.text += Buffer.from(chunk).toString("latin1");
    }
    return this.text;
  }

  async has(text: string): Promise<void> {
    await vi.waitUntil(() => this.text === text, { timeout: 10_000, interval: 1 });
  }
}

test("silence is RequestTimeout, and the connection can still carry the answer", async () => {
  const exchange = await receive(10);
  const body = new Collected(exchange);
  const refusal = body.ended.catch((error: unknown) => error);
  send("01234");
  await body.has("01234");
  vi.advanceTimersByTime(pace.windowMs);
  vi.advanceTimersByTime(pace.windowMs);
  expect(await refusal).toMatchObject({ code: "RequestTimeout" });
  exchange.response.writeHead(400, [], { length: 8, isBodiless: false });
  exchange.response.write(Buffer.from("too slow"));
  exchange.response.end();
  const [answer] = (await once(open?.client as Socket, "data")) as [Buffer];
  expect(answer.toString()).toContain("too slow");
});

test("a trickle is as good as silence", async () => {
  const exchange = await receive(10);
  const body = new Collected(exchange);
  const refusal = body.ended.catch((error: unknown) => error);
  send("01234");
  await body.has("01234");
  vi.advanceTimersByTime(pace.windowMs);
  send("56");
  await body.has("0123456");
  vi.advanceTimersByTime(pace.windowMs);
  expect(await refusal).toMatchObject({ code: "RequestTimeout" });
});

test("a slow body is no silence", async () => {
  const exchange = await receive(12);
  const body = new Collected(exchange);
  for (const [index, piece] of ["0123", "4567", "89ab"].entries()) {
    send(piece);
    await body.has("0123456789ab".slice(0, 4 * index + 4));
    if (index < 2) vi.advanceTimersByTime(pace.windowMs);
  }
  expect(await body.ended).toBe("0123456789ab");
});

test("a slow reader is not the client's silence", async () => {
  const exchange = await receive(10);
  send("01234");
  let text = "";
  for await (const chunk of readRawBody(exchange, pace)) {
    text += Buffer.from(chunk).toString("latin1");
    for (let window = 0; window < 3; window += 1) vi.advanceTimersByTime(pace.windowMs);
    if (text === "01234") send("56789");
  }
  expect(text).toBe("0123456789");
});

test("nor is the window in which a slow reader came back", async () => {
  const exchange = await receive(10);
  send("01234");
  const chunks = readRawBody(exchange, pace);
  await chunks.next();
  vi.advanceTimersByTime(pace.windowMs);
  const second = chunks.next();
  vi.advanceTimersByTime(pace.windowMs);
  send("56789");
  expect(Buffer.from((await second).value ?? []).toString()).toBe("56789");
  await chunks.return();
});

test("a client that goes away is IncompleteBody", async () => {
  const exchange = await receive(10);
  send("01234");
  const body = new Collected(exchange);
  await body.has("01234");
  open?.client.resetAndDestroy();
  await expect(body.ended).rejects.toMatchObject({ code: "IncompleteBody" });
});

test("a reader that stops leaves the rest on the connection", async () => {
  const exchange = await receive(10);
  send("01234");
  for await (const chunk of readRawBody(exchange, pace)) {
    expect(Buffer.from(chunk).toString()).toBe("01234");
    break;
  }
  expect(exchange.response.destroyed).toBe(false);
  send("56789");
  await vi.waitUntil(() => exchange.body.read()?.toString() === "56789", {
    timeout: 10_000,
    interval: 1,
  });
  expect(exchange.body.isRead).toBe(true);
});

test("nothing looks at the pace of a body that has ended", async () => {
  const exchange = await receive(4);
  const body = new Collected(exchange);
  send("0123");
  await body.ended;
  expect(vi.getTimerCount()).toBe(0);
});
