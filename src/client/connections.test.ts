import dns, { type LookupAddress } from "node:dns";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { ObjectStore } from "../core/object-store.ts";
import type { S3StoreOptions } from "./create-s3-store.ts";
import type { ClientEvent } from "./client-event.ts";
import {
  answer,
  errorAnswer,
  fallSilent,
  objectAnswer,
  startScriptedServer,
  type ScriptedServer,
  type Step,
} from "./testing-fixtures/scripted-server.ts";
import { failureOf, openTestStore, readAll } from "./testing-fixtures/test-store.ts";

let server: ScriptedServer;
let store: ObjectStore;

async function open(steps: Step[], options: Partial<S3StoreOptions> = {}): Promise<void> {
  server = await startScriptedServer(...steps);
  store = openTestStore(server.endpoint, options);
}

afterEach(async () => {
  await store.close();
  await server.close();
});

const putOk = answer(200, { etag: '"e1"' });

const slowPutOk: Step = (request, response, message) => {
  setTimeout(() => void putOk(request, response, message), 20);
};

/** An error page without an end. */
const endless: Step = (_request, response) => {
  response.writeHead(403, { "content-type": "text/html" });
  const write = (): void => {
    response.write(Buffer.alloc(65_536, 32), () => setImmediate(write));
  };
  write();
};

const slowly: Step = async (request, response, message) => {
  await new Promise((resolve) => setTimeout(resolve, 50));
  await objectAnswer("")(request, response, message);
};

describe("silence and the end of patience", () => {
  it("on a connection is a timeout that is worth another attempt", async () => {
    await open([fallSilent, objectAnswer("x")]);
    const { body } = await store.getObject("a");
    expect(await readAll(body)).toEqual(Buffer.from("x"));
  });

  it("does not count while our own source is slow", async () => {
    await open([putOk]);
    const source = {
      lengthBytes: 2,
      async *open() {
        yield Buffer.of(1);
        await new Promise((resolve) => setTimeout(resolve, 700));
        yield Buffer.of(2);
      },
    };
    await store.putObject("a", source);
    expect(server.requests).toHaveLength(1);
  });

  it("does not count while our own reader is slow", async () => {
    const big = Buffer.alloc(4 * 1024 * 1024, 7);
    await open([objectAnswer(big)]);
    const { body } = await store.getObject("a");
    const iterator = body[Symbol.asyncIterator]();
    let read = (await iterator.next()).value?.length ?? 0;
    await new Promise((resolve) => setTimeout(resolve, 700));
    for (let item = await iterator.next(); item.done !== true; item = await iterator.next()) {
      read += item.value.length;
    }
    expect(read).toBe(big.length);
  });

  it("timeoutMs ends the whole call", async () => {
    await open([fallSilent], { timeouts: { idleTimeoutMs: 60_000 } });
    const error = await failureOf(store.putObject("a", Buffer.of(1), { timeoutMs: 100 }));
    expect(error).toMatchObject({ code: "Timeout", outcome: "unknown", key: "a" });
  });

  it("timeoutMs may be longer than a timer can be", async () => {
    await open([slowly]);
    const call = store.headObject("k", { timeoutMs: Number.POSITIVE_INFINITY });
    await expect(call).resolves.toBeDefined();
  });

  it("a signal ends a call, also while it waits to try again", async () => {
    const controller = new AbortController();
    await open([errorAnswer(503, "SlowDown", "", { "retry-after": "30" })], {
      retry: { forMs: 20_000 },
    });
    setTimeout(() => controller.abort(new Error("enough")), 100);
    const error = await failureOf(store.headObject("a", { signal: controller.signal }));
    expect(error).toMatchObject({ code: "Aborted", operation: "HeadObject" });
    expect(error.cause).toEqual(new Error("enough"));
  });

  it("close ends what runs and refuses what comes", async () => {
    await open([fallSilent], { timeouts: { idleTimeoutMs: 60_000 } });
    const running = failureOf(store.headObject("a"));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await store.close();
    expect(await running).toMatchObject({ code: "Aborted" });
    expect(await failureOf(store.headObject("a"))).toMatchObject({ code: "Closed" });
    expect(await failureOf(store.presign({ method: "GET", key: "a" }))).toMatchObject({
      code: "Closed",
    });
  });
});

describe("connections", () => {
  it("are kept and used again, also after errors", async () => {
    await open([putOk, errorAnswer(404, "NoSuchKey"), objectAnswer("abc"), putOk]);
    await store.putObject("a", Buffer.from("abc"));
    await failureOf(store.getObject("a"));
    await readAll((await store.getObject("a")).body);
    await store.putObject("a", Buffer.from("abc"));
    expect(new Set(server.requests.map(({ connection }) => connection)).size).toBe(1);
  });

  it("are used again after bodies from a source, however late its end is noticed", async () => {
    await open([putOk]);
    const source = {
      lengthBytes: 3 * 1024 * 1024,
      async *open() {
        for (let piece = 0; piece < 3; piece += 1) yield Buffer.alloc(1024 * 1024);
        await new Promise((resolve) => setTimeout(resolve, 50));
      },
    };
    for (let round = 0; round < 3; round += 1) {
      await store.putObject("a", source, { checksum: "none" });
      await new Promise((resolve) => setTimeout(resolve, 80));
    }
    expect(server.requests.map(({ connection }) => connection)).toEqual([0, 0, 0]);
  });

  it("are no more than allowed", async () => {
    await open([slowPutOk], { maxConnections: 3 });
    await Promise.all(Array.from({ length: 12 }, (_, n) => store.putObject(`k${n}`, Buffer.of(1))));
    expect(new Set(server.requests.map(({ connection }) => connection)).size).toBe(3);
  });

  it("that the store had closed meanwhile cost no attempt", async () => {
    let served = 0;
    const closing: Step = (request, response, message) => {
      served += 1;
      // The second request on a connection finds it closed, as after a keep-alive timeout.
      if (request.connection === 0 && served === 2) message.socket.destroy();
      else void putOk(request, response, message);
    };
    const events: ClientEvent[] = [];
    await open([closing], { retry: { forMs: 0 }, onEvent: (event) => events.push(event) });
    await store.putObject("a", Buffer.of(1));
    await store.putObject("b", Buffer.of(1));
    expect(server.requests.map(({ connection }) => connection)).toEqual([0, 0, 1]);
    expect(events).toEqual([]);
  });

  it("refused name the endpoint", async () => {
    await open([putOk]);
    const lonely = openTestStore("http://127.0.0.1:1", { retry: { forMs: 0 } });
    const error = await failureOf(lonely.putObject("a", Buffer.of(1)));
    expect(error).toMatchObject({ code: "Unavailable", outcome: "not-applied" });
    expect(error.message).toContain("No connection to http://127.0.0.1:1");
    expect(error.remedy).toMatch(/Nothing listens there/);
  });

  it("refused at each of a host's addresses tell of all of them", async () => {
    await open([putOk]);
    const lookup = vi.spyOn(dns, "lookup").mockImplementation(((
      _host: string,
      _options: object,
      found: (error: null, addresses: LookupAddress[]) => void,
    ) =>
      found(null, [
        { address: "::1", family: 6 },
        { address: "127.0.0.1", family: 4 },
      ])) as typeof dns.lookup);
    const lonely = openTestStore("http://two.example:1", { retry: { forMs: 0 } });
    const error = await failureOf(lonely.headObject("k"));
    lookup.mockRestore();
    expect(error.message).toMatch(
      /^No connection to http:\/\/two\.example:1: .*::1.*; .*127\.0\.0\.1/,
    );
  });

  it("are cut after an answer that is far too large", async () => {
    await open([endless]);
    const error = await failureOf(store.listObjects());
    expect(error.message).toMatch(/larger than/);
    expect(server.requests).toHaveLength(1);
  });
});
