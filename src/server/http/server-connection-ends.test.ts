import { afterEach, describe, expect, it, test, vi } from "vitest";
import { mib, serverLimits } from "../../core/limits.ts";
import { respond } from "../respond.ts";
import {
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

/** From now on, `ms` later. */
const look = (ms: number): void => served?.connection.look(performance.now() + ms);

describe("time", () => {
  const times = { headersMs: 100_000, keepAliveMs: 500_000 };
  it("is given for the first head", async () => {
    const { client, socket, ended } = await open(echoTarget, times);
    client.write("GET /");
    await expect.poll(() => socket.bytesRead > 0).toBe(true);
    look(50_000);
    expect(socket.writableEnded).toBe(false);
    look(100_001);
    expect(codes(await ended)).toEqual(["RequestTimeout"]);
    look(200_000);
    client.destroy();
    await expect.poll(() => socket.destroyed).toBe(true);
    expect(codes(served?.heard ?? "")).toHaveLength(1);
  });

  it("is given for an idle connection, which then ends without a word", async () => {
    const { client, socket, ended } = await open(echoTarget, times);
    client.write(`${get("/a")}\r\n`);
    await served?.answers(1);
    await expect.poll(() => served?.connection.exchange === undefined).toBe(true);
    look(400_000);
    expect(socket.destroyed).toBe(false);
    look(500_001);
    expect(socket.destroyed).toBe(true);
    expect(statuses(await ended)).toEqual(["200"]);
  });

  it.each([
    ["in a piece of its own", get("/a"), "GET /b"],
    ["with the request before", `${get("/a")}GET /b`, ""],
  ])("is that of a head once one has begun: %s", async (_, one, other) => {
    const { client, socket, ended } = await open(echoTarget, times);
    client.write(one);
    await served?.answers(1);
    client.write(other);
    await expect.poll(() => socket.bytesRead === one.length + other.length).toBe(true);
    look(50_000);
    expect(socket.writableEnded).toBe(false);
    look(100_001);
    expect(codes(await ended)).toEqual(["RequestTimeout"]);
  });

  it("is not won by more of a head", async () => {
    const { client, socket, ended } = await open(echoTarget, times);
    const begun = performance.now();
    client.write("GET /");
    await expect.poll(() => socket.bytesRead === 5).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    client.write("abc");
    await expect.poll(() => socket.bytesRead === 8).toBe(true);
    served?.connection.look(begun + 100_900);
    expect(codes(await ended)).toEqual(["RequestTimeout"]);
  });

  it("does not count while a request is served", async () => {
    const gate = heldBack();
    const { client, socket } = await open(gate.handle, times);
    client.write(get("/a"));
    await expect.poll(() => gate.calls() === 1).toBe(true);
    look(10_000_000);
    served?.connection.endIdle();
    expect(socket.destroyed).toBe(false);
    gate.release();
    await served?.answers(1);
    await expect.poll(() => served?.connection.exchange === undefined).toBe(true);
    served?.connection.endIdle();
    await expect.poll(() => socket.destroyed).toBe(true);
  });
});

describe("a client that says no more", () => {
  it("within a head is let go of at once", async () => {
    const { client, socket } = await open();
    client.end("GET /");
    await expect.poll(() => socket.destroyed).toBe(true);
    expect(served?.heard).toBe("");
  });

  it("and does not close its own side either is not waited for behind the last answer", async () => {
    const { client, socket } = await open();
    client.write(get("/a", "Connection: close"));
    await served?.answers(1);
    await vi.waitUntil(() => socket.destroyed, { timeout: 5 * serverLimits.lastAnswerMs });
    expect(statuses(served?.heard ?? "")).toEqual(["200"]);
  });
});

it("is refused once, however often it is looked at", async () => {
  let refused = 0;
  const { client, socket, connection } = await open(echoTarget, { headersMs: 10, keepAliveMs: 10 });
  client.write("GET /");
  await expect.poll(() => socket.bytesRead > 0).toBe(true);
  const end = socket.end.bind(socket);
  vi.spyOn(socket, "end").mockImplementation((...args: unknown[]) => {
    refused += 1;
    return end(...(args as [string]));
  });
  for (let count = 1; count < 4; count += 1) connection.look(performance.now() + count * 1000);
  expect([refused, socket.destroyed]).toEqual([1, false]);
});

test("a client that ends its side while an answer waits in memory gets the whole of it", async () => {
  const size = 12_000;
  let calls = 0;
  const { client, socket, connection, ended } = await open(async (exchange) => {
    calls += 1;
    await respond(exchange, { status: 200, body: Buffer.alloc(size, "x") }, ids);
  });
  client.pause();
  const isStuck = (): boolean => socket.writableLength > 0 && connection.exchange === undefined;
  for (let asked = 1; !isStuck(); asked += 1) {
    client.write(get("/a"));
    await expect.poll(() => calls === asked && connection.exchange === undefined).toBe(true);
  }
  client.end();
  await expect.poll(() => socket.readableEnded).toBe(true);
  client.resume();
  const heard = await ended;
  expect(statuses(heard)).toHaveLength(calls);
  expect(heard.match(/x{12000}/g)).toHaveLength(calls);
  await expect.poll(() => socket.destroyed).toBe(true);
});

test("a client that ends its side between requests has its connection ended at once", async () => {
  const { client, socket } = await open();
  const end = vi.spyOn(socket, "end");
  client.write(get("/a"));
  await served?.answers(1);
  client.end();
  await expect.poll(() => socket.destroyed).toBe(true);
  expect(end).not.toHaveBeenCalled();
});

test("a connection that lasts is probed", async () => {
  const { socket } = await open();
  const probe = vi.spyOn(socket, "setKeepAlive");
  look(0);
  look(1);
  expect(probe.mock.calls).toEqual([[true, serverLimits.keepAliveProbeMs]]);
});

describe("a client that is gone", () => {
  it.each([
    ["at once", ""],
    ["within a head", "GET /"],
    ["within a body", put("hel", 5)],
    ["within chunks", `${chunked}5\r\nhel`],
    ["behind a request", get("/a")],
  ])("%s leaves nothing that waits", async (_, text) => {
    let done = 0;
    let calls = 0;
    const { client, socket } = await open(async (exchange) => {
      calls += 1;
      await echoBody(exchange);
      done += 1;
    });
    client.write(text);
    await expect.poll(() => socket.bytesRead === text.length).toBe(true);
    client.resetAndDestroy();
    await expect.poll(() => socket.destroyed && done === calls).toBe(true);
    expect(socket.listenerCount("drain")).toBe(0);
  });

  it("has none of its later requests served", async () => {
    const gate = heldBack();
    const { client, socket } = await open(gate.handle);
    client.write(get("/a").repeat(20));
    await expect.poll(() => gate.calls() === 1).toBe(true);
    client.resetAndDestroy();
    await expect.poll(() => socket.destroyed).toBe(true);
    gate.release();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(gate.calls()).toBe(1);
  });

  it("and had let an answer wait has none of its later requests served", async () => {
    let calls = 0;
    const { client, socket } = await open(async ({ response }) => {
      await Promise.resolve();
      calls += 1;
      response.writeHead(200, [], { length: 32 * mib, isBodiless: false });
      response.write(Buffer.alloc(32 * mib));
      response.end();
    });
    client.pause();
    client.write(get("/a").repeat(20));
    await expect.poll(() => calls === 1).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(calls).toBe(1);
  });
});
