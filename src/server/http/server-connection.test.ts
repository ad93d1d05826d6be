import { afterEach, describe, expect, it, test, vi } from "vitest";
import { httpLimits } from "../../core/http-limits.ts";
import { mib, serverLimits } from "../../core/limits.ts";
import { respond } from "../respond.ts";
import {
  bodies,
  chunked,
  codes,
  echoBody,
  echoTarget,
  get,
  heldBack,
  ids,
  put,
  ServedConnection,
  statuses,
} from "../testing-fixtures/served-connection.ts";
import type { ConnectionHost } from "./server-connection.ts";

let served: ServedConnection | undefined;
afterEach(() => served?.close());

async function open(
  handle: ConnectionHost["handle"] = echoTarget,
  times?: { headersMs: number; keepAliveMs: number },
): Promise<ServedConnection> {
  served = await ServedConnection.open(handle, times);
  return served;
}

describe("requests of one connection are answered in their order", () => {
  it("that come one after the other", async () => {
    const { client } = await open();
    for (const [index, target] of ["/a", "/b", "/c"].entries()) {
      client.write(get(target));
      await served?.answers(index + 1);
    }
    expect(bodies(served?.heard ?? "")).toEqual(["</a>", "</b>", "</c>"]);
  });

  it("that come at once, with bodies that nobody reads, and empty lines between", async () => {
    const { client } = await open();
    client.write(`${get("/a")}${put("hello")}\r\n\r\n${put("")}${get("/d")}`);
    await served?.answers(4);
    expect(bodies(served?.heard ?? "")).toEqual(["</a>", "</put>", "</put>", "</d>"]);
  });

  it("one at a time", async () => {
    const gate = heldBack();
    const { client } = await open(gate.handle);
    client.write(get("/a") + get("/b"));
    client.write(get("/c"));
    await expect.poll(() => gate.calls() > 0).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(gate.calls()).toBe(1);
    gate.release();
    await served?.answers(3);
    expect(bodies(served?.heard ?? "")).toEqual(["</a>", "</b>", "</c>"]);
  });

  it("byte by byte", async () => {
    const { client } = await open(echoBody);
    for (const byte of put("hello") + put("") + put("world")) {
      client.write(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await served?.answers(3);
    expect(bodies(served?.heard ?? "")).toEqual(["<hello>", "<>", "<world>"]);
  });
});

test("a client that sends 10,000 requests and reads no answer is kept waiting", async () => {
  const told = { calls: 0 };
  const count = 10_000;
  const large = Buffer.alloc(64 * 1024, "x");
  const { client, socket } = await open(async (exchange) => {
    told.calls += 1;
    await respond(exchange, { status: 200, body: large }, ids);
  });
  client.pause();
  const before = process.memoryUsage().rss;
  client.write(get(`/${"a".repeat(200)}`).repeat(count));
  let last = -1;
  while (last !== told.calls || told.calls === 0) {
    last = told.calls;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  expect(told.calls).toBeLessThan(count / 4);
  expect(socket.isPaused()).toBe(true);
  expect(socket.writableLength).toBeLessThan(mib);
  expect(process.memoryUsage().rss - before).toBeLessThan(100 * mib);
  let bytes = 0;
  client.removeAllListeners("data").on("data", (piece) => (bytes += piece.length));
  client.resume();
  await vi.waitUntil(() => told.calls === count && bytes >= count * large.length, {
    timeout: 20_000,
  });
  expect(socket.isPaused()).toBe(false);
});

test("a client that sends many requests at once has no other wait for all of them", async () => {
  let calls = 0;
  let atNextTurn = 0;
  const { client } = await open(async (exchange) => {
    calls += 1;
    if (calls === 1) setImmediate(() => (atNextTurn = calls));
    await echoTarget(exchange);
  });
  client.write(get("/a").repeat(500));
  await served?.answers(500);
  expect(calls).toBe(500);
  expect(atNextTurn).toBeLessThan(5);
});

test("what comes beside a request that is served is held up to a bound", async () => {
  const gate = heldBack();
  const { client, socket } = await open(gate.handle);
  client.write(get("/a"));
  await expect.poll(() => gate.calls() === 1).toBe(true);
  client.write(get(`/${"b".repeat(1000)}`).repeat(20_000));
  await expect.poll(() => socket.isPaused()).toBe(true);
  expect(socket.bytesRead).toBeLessThan(httpLimits.readAheadBytes + 128 * 1024);
});

test("a body read ahead, behind a request that took long, is held up to a bound", async () => {
  const first = heldBack();
  const second = heldBack(echoBody);
  const { client, socket } = await open((exchange) =>
    exchange.head.method === "GET" ? first.handle(exchange) : second.handle(exchange),
  );
  client.write(get("/a"));
  await expect.poll(() => first.calls() === 1).toBe(true);
  const length = 16 * mib;
  client.write(put("x".repeat(length)));
  await expect.poll(() => socket.isPaused()).toBe(true);
  first.release();
  await expect.poll(() => second.calls() === 1).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(socket.isPaused()).toBe(true);
  expect(socket.bytesRead).toBeLessThan(4 * httpLimits.readAheadBytes);
  second.release();
  await vi.waitUntil(() => (served?.heard.length ?? 0) > length, { timeout: 10_000 });
  expect(socket.isPaused()).toBe(false);
});

describe("a client that has said all and listens", () => {
  it("gets the answer to a whole request", async () => {
    const { client, ended } = await open();
    client.end(get("/a"));
    expect(bodies(await ended)).toEqual(["</a>"]);
  });

  it("gets those to all that it has sent", async () => {
    const gate = heldBack();
    const { client, ended } = await open(gate.handle);
    client.end(get("/a") + get("/b") + put("hello") + get("/c"));
    await expect.poll(() => gate.calls() === 1).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 20));
    gate.release();
    expect(bodies(await ended)).toEqual(["</a>", "</b>", "</put>", "</c>"]);
  });

  it.each([
    ["a length", put("hel", 5)],
    ["chunks", `${chunked}5\r\nhel`],
    ["chunks without an end", `${chunked}5\r\nhello\r\n0\r\n`],
  ])("learns that its body is not whole: %s", async (_, text) => {
    const { client, ended } = await open(echoBody);
    client.end(text);
    expect(bodies(await ended)).toEqual(["<IncompleteBody>"]);
  });

  it("learns so of one that waited for its turn", async () => {
    const gate = heldBack(echoBody);
    const { client, ended } = await open(gate.handle);
    client.end(get("/a") + put("hel", 5));
    await expect.poll(() => gate.calls() === 1).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 20));
    gate.release();
    expect(bodies(await ended)).toEqual(["<>", "<IncompleteBody>"]);
  });

  it.each([
    ["nothing", ""],
    ["half a head", "GET / HT"],
    ["an empty line", "\r\n"],
  ])("is let go when it has sent %s", async (_, text) => {
    const { client, socket, ended } = await open();
    client.end(text);
    expect(await ended).toBe("");
    client.destroy();
    await expect.poll(() => socket.destroyed).toBe(true);
  });

  it("is let go when half a head is behind a request", async () => {
    const gate = heldBack();
    const { client, socket, ended } = await open(gate.handle);
    client.end(`${get("/a")}GET /b HT`);
    await expect.poll(() => gate.calls() === 1).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 20));
    gate.release();
    expect(statuses(await ended)).toEqual(["200"]);
    await expect.poll(() => socket.destroyed).toBe(true);
  });
});

describe("nothing is served behind", () => {
  it.each([
    ["a request that is the last", get("/a", "Connection: close"), ["200"]],
    ["one of HTTP/1.0", "GET /a HTTP/1.0\r\n\r\n", ["200"]],
    ["a head that is none", "GET /a\r\n\r\n", ["400"]],
    ["two lengths", put("hello").replace("\r\n\r\n", "\r\nContent-Length: 0\r\n\r\n"), ["400"]],
    [
      "a body whose client waits to be asked",
      put("", 5).replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n"),
      ["200"],
    ],
    ["broken chunks", `${chunked}x\r\n\r\n`, ["200"]],
    ["a trailer that is a request", `${chunked}0\r\n${get("/evil")}`, ["200"]],
    ["CONNECT", "CONNECT x:443 HTTP/1.1\r\n\r\n", ["200"]],
  ])("%s", async (_, text, expected) => {
    const targets: string[] = [];
    const { client, socket, ended } = await open(async (exchange) => {
      targets.push(exchange.head.target);
      await echoTarget(exchange);
    });
    client.write(text + get("/next"));
    const heard = await ended;
    expect(statuses(heard)).toEqual(expected);
    expect(heard).toContain("Connection: close\r\n");
    client.end(get("/late"));
    await expect.poll(() => socket.destroyed).toBe(true);
    expect(served?.heard).toBe(heard);
    expect(targets).not.toContain("/next");
    expect(targets).not.toContain("/late");
  });

  it("a body that nobody has read to its end", async () => {
    const { client, ended } = await open(async ({ response }) => {
      await Promise.resolve();
      response.writeHead(200, [], { length: 0, isBodiless: false });
      response.end();
    });
    client.write(put("hel", 5));
    expect(statuses(await ended)).toEqual(["200"]);
  });

  it("what was refused behind a request", async () => {
    const { client, ended } = await open();
    client.write(`${get("/a")}GET /b\r\n\r\n${get("/c")}`);
    const heard = await ended;
    expect(statuses(heard)).toEqual(["200", "400"]);
    expect(codes(heard)).toEqual(["BadRequest"]);
  });
});

test("broken chunks are the reader's to hear of", async () => {
  const { client, ended } = await open(echoBody);
  client.write(`${chunked}5\r\nhello\r\nx\r\n`);
  expect(bodies(await ended)).toEqual(["<IncompleteBody>"]);
});

test("a head that is too long is told so", async () => {
  const { client, ended } = await open();
  client.write(get(`/${"a".repeat(serverLimits.headerBytes)}`));
  expect(codes(await ended)).toEqual(["RequestHeaderSectionTooLarge"]);
});

test("a handler that gives no answer ends the connection", async () => {
  const { client, ended } = await open(() => Promise.resolve());
  client.write(get("/a") + get("/b"));
  expect(await ended).toBe("");
});

test("a client that never closes its side is let go behind the last answer", async () => {
  const { client, socket } = await open();
  client.write(get("/a", "Connection: close"));
  await expect.poll(() => socket.destroyed).toBe(true);
  expect(client.destroyed).toBe(false);
});
