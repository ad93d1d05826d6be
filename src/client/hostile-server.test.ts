import { afterEach, describe, expect, it } from "vitest";
import type { ObjectStore } from "../core/object-store.ts";
import {
  rawAnswer,
  startRawServer,
  type RawServer,
  type RawStep,
} from "./testing-fixtures/raw-server.ts";
import type { S3StoreOptions } from "./create-s3-store.ts";
import { failureOf, openTestStore, readAll } from "./testing-fixtures/test-store.ts";

let server: RawServer;
let store: ObjectStore;

async function open(steps: RawStep[], options: Partial<S3StoreOptions> = {}): Promise<void> {
  server = await startRawServer(...steps);
  store = openTestStore(`http://127.0.0.1:${server.port}`, options);
}

afterEach(async () => {
  await store.close();
  await server.close();
});

const once = { retry: { forMs: 0 } };
const document = "<Error><Code>AccessDenied</Code><Message>no</Message></Error>";
const forbidden = `HTTP/1.1 403 Forbidden\r\nContent-Length: ${document.length}\r\n\r\n${document}`;
const head = 'HTTP/1.1 200 OK\r\nETag: "e"\r\nLast-Modified: Mon, 23 Nov 2026 10:00:00 GMT\r\n';

/** A gibibyte of which each piece is made when it is asked for. */
function gibibyte() {
  const piece = Buffer.alloc(256 * 1024);
  const source = {
    lengthBytes: 4096 * piece.length,
    sentBytes: 0,
    ended: 0,
    async *open() {
      try {
        for (let index = 0; index < 4096; index += 1) {
          source.sentBytes += piece.length;
          yield piece;
        }
      } finally {
        source.ended += 1;
      }
    },
  };
  return source;
}

const noSockets = () => expect.poll(() => server.openSockets()).toBe(0);

describe("a refusal in the middle of a large upload", () => {
  it.each<[string, RawStep]>([
    ["that goes on reading", rawAnswer(forbidden)],
    ["that closes its side", (socket) => void socket.end(Buffer.from(forbidden))],
    [
      "that stops reading and closes",
      (socket) => {
        socket.pause();
        socket.end(Buffer.from(forbidden));
        setTimeout(() => socket.resume(), 50);
      },
    ],
    [
      "that resets at once",
      (socket) => {
        socket.pause();
        socket.write(forbidden, () => socket.destroy());
      },
    ],
    [
      "that resets a moment later",
      (socket) => {
        socket.pause();
        socket.write(forbidden);
        setTimeout(() => socket.destroy(), 20);
      },
    ],
  ])("is told as it is by a server %s", async (_name, step) => {
    for (let round = 0; round < 5; round += 1) {
      await open([step], once);
      const body = gibibyte();
      const error = await failureOf(store.putObject("k", body, { checksum: "none" }));
      expect([error.s3Code, error.status]).toEqual(["AccessDenied", 403]);
      expect(body.sentBytes).toBeLessThan(64 * 1024 * 1024);
      await noSockets();
      await expect.poll(() => body.ended).toBe(1);
      await store.close();
      await server.close();
    }
  });
});

describe("odd answers", () => {
  it("a switch of protocols is no answer", async () => {
    await open(
      [rawAnswer("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n")],
      once,
    );
    const error = await failureOf(store.headObject("k"));
    expect(error.code).toBe("Unavailable");
    await noSockets();
  });

  it("hints and early continues are passed over", async () => {
    await open([
      rawAnswer(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" +
          `${head}Content-Length: 3\r\n\r\nabc`,
      ),
    ]);
    const { body } = await store.getObject("k");
    expect((await readAll(body)).toString()).toBe("abc");
  });

  it("a HEAD with a length has no body, and its connection is used again", async () => {
    await open([rawAnswer(`${head}Content-Length: 1000000\r\n\r\n`)]);
    expect((await store.headObject("k")).sizeBytes).toBe(1_000_000);
    expect((await store.headObject("k")).sizeBytes).toBe(1_000_000);
    expect(server.openSockets()).toBe(1);
  });

  it("bytes stored compressed stay so", async () => {
    await open([
      rawAnswer(`${head}Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00`),
    ]);
    const { head: found, body } = await store.getObject("k");
    expect(found.contentEncoding).toBe("gzip");
    expect([...(await readAll(body))]).toEqual([0x1f, 0x8b, 8, 0]);
    expect(server.requests[0]?.header("accept-encoding")).toBeUndefined();
  });

  it("documents may come in chunks", async () => {
    const text = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";
    await open([
      rawAnswer(
        `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n${text.slice(0, 5)}\r\n` +
          `${(text.length - 5).toString(16)}\r\n${text.slice(5)}\r\n0\r\n\r\n`,
      ),
    ]);
    expect((await store.listObjects()).objects).toEqual([]);
  });

  it("chunks that break off are no document", async () => {
    await open(
      [
        (socket) => {
          socket.end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<List\r\n");
        },
      ],
      once,
    );
    expect((await failureOf(store.listObjects())).code).toBe("Unavailable");
  });

  it("a redirect without a place is an error with advice", async () => {
    await open([rawAnswer("HTTP/1.1 307 Temporary Redirect\r\nContent-Length: 0\r\n\r\n")], once);
    const error = await failureOf(store.headObject("k"));
    expect(error.status).toBe(307);
    expect(error.remedy).toMatch(/endpoint/);
  });

  it.each([
    ["headers without end", `HTTP/1.1 200 OK\r\nx: ${"y".repeat(100_000)}\r\n\r\n`],
    ["no HTTP at all", "SSH-2.0-OpenSSH_9.2\r\n\r\n"],
    ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"],
  ])("%s are Unavailable and leave no connection", async (_name, text) => {
    await open([rawAnswer(text)], once);
    const error = await failureOf(store.headObject("k"));
    expect(error.code).toBe("Unavailable");
    await noSockets();
  });

  it("a second answer that nobody asked for is not taken for the next one's", async () => {
    const one = `${head}Content-Length: 1\r\n\r\n`;
    await open([
      rawAnswer(`${one}aHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n`),
      rawAnswer(`${one}b`),
    ]);
    const first = await store.getObject("a");
    await readAll(first.body).catch(() => undefined);
    const second = await store.getObject("b");
    expect((await readAll(second.body)).toString()).toBe("b");
  });
});

describe("patience on a kept connection", () => {
  it("is that of the settings, not the Keep-Alive hint of the store", async () => {
    const answer = `HTTP/1.1 204 No Content\r\nKeep-Alive: timeout=2\r\n\r\n`;
    await open([rawAnswer(answer), (socket) => void setTimeout(() => socket.write(answer), 1300)], {
      ...once,
      timeouts: { connectTimeoutMs: 1000, idleTimeoutMs: 5000 },
    });
    await store.deleteObject("a");
    await expect(store.deleteObject("b")).resolves.toBeDefined();
    expect(server.openSockets()).toBe(1);
  });
});

describe("a call given up", () => {
  it("before it has a connection does not take one", async () => {
    await open([() => undefined], { maxConnections: 1, ...once });
    const first = new AbortController();
    const running = failureOf(store.headObject("a", { signal: first.signal }));
    const second = new AbortController();
    const waiting = failureOf(store.headObject("b", { signal: second.signal }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    second.abort();
    expect((await waiting).code).toBe("Aborted");
    first.abort();
    expect((await running).code).toBe("Aborted");
    await noSockets();
    expect(server.requests).toHaveLength(1);
  });

  it("does not wait for credentials", async () => {
    await open([rawAnswer(`${head}Content-Length: 0\r\n\r\n`)], {
      credentials: () => new Promise(() => undefined),
    });
    const error = await failureOf(store.headObject("k", { timeoutMs: 50 }));
    expect(error.code).toBe("Timeout");
    const closing = failureOf(store.headObject("k"));
    await store.close();
    expect((await closing).code).toBe("Aborted");
  });

  it("does not wait for a source that is being hashed", async () => {
    await open([rawAnswer(forbidden)], { payloadSigning: "always" });
    const body = { lengthBytes: 3, open: () => neverEnding() };
    const error = await failureOf(store.putObject("k", body, { timeoutMs: 50, checksum: "none" }));
    expect(error.code).toBe("Timeout");
  });

  it("does not wait for a source whose checksum is taken", async () => {
    await open([rawAnswer(forbidden)]);
    const body = { lengthBytes: 3, open: () => neverEnding() };
    const options = { timeoutMs: 50, checksum: "CRC32" } as const;
    expect((await failureOf(store.putObject("k", body, options))).code).toBe("Timeout");
    const closing = failureOf(store.putObject("k", body, { checksum: "CRC32" }));
    await store.close();
    expect(await closing).toMatchObject({ code: "Aborted", bucket: "bkt", key: "k" });
  });

  it("in the middle of an upload ends the source and the connection", async () => {
    await open([() => undefined]);
    const body = gibibyte();
    const error = await failureOf(store.putObject("k", body, { timeoutMs: 100, checksum: "none" }));
    expect([error.code, error.outcome]).toEqual(["Timeout", "unknown"]);
    await noSockets();
    await expect.poll(() => body.ended).toBe(1);
  });
});

async function* neverEnding(): AsyncGenerator<Uint8Array, void, undefined> {
  yield Buffer.from("a");
  await new Promise(() => undefined);
}

/** Three bytes, then a pause and a failure. */
const slowSource = (lengthBytes: number, pauseMs = 100) => ({
  lengthBytes,
  async *open() {
    yield Buffer.from("abc");
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    throw new Error("disk");
  },
});

describe("a success that comes before the whole body was sent", () => {
  const early = rawAnswer('HTTP/1.1 200 OK\r\nETag: "e"\r\nContent-Length: 0\r\n\r\n');
  it("is not believed", async () => {
    await open([early], once);
    const error = await failureOf(store.putObject("k", slowSource(6), { checksum: "none" }));
    expect([error.code, error.outcome]).toEqual(["Unavailable", "unknown"]);
    await noSockets();
  });

  it("is believed when all bytes are there, whatever the source does then", async () => {
    await open([early], once);
    const put = store.putObject("k", slowSource(3, 500), { checksum: "none" });
    await expect(put).resolves.toMatchObject({ etag: '"e"' });
    await noSockets();
  });
});

describe("a body read past its end", () => {
  it("stays at its end", async () => {
    await open([
      rawAnswer(
        `${head}x-amz-checksum-sha256: ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=\r\nContent-Length: 3\r\n\r\nabc`,
      ),
    ]);
    const { body } = await store.getObject("k");
    const iterator = body[Symbol.asyncIterator]();
    while ((await iterator.next()).done !== true);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });
});

describe("interim answers", () => {
  const hint = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";

  it("are passed over", async () => {
    await open([rawAnswer(`${hint.repeat(3)}${head}Content-Length: 3\r\n\r\nabc`)], once);
    const { body } = await store.getObject("k");
    expect((await readAll(body)).toString()).toBe("abc");
  });

  it.each(["100 Continue", "103 Early Hints"])("without end, %s, are given up", async (status) => {
    const more: RawStep = (socket) => {
      const timer = setInterval(() => {
        socket.write(`HTTP/1.1 ${status}\r\n\r\n`.repeat(20));
      }, 1);
      socket.on("close", () => clearInterval(timer));
    };
    await open([more], once);
    const error = await failureOf(store.getObject("k"));
    expect(error.code).toBe("Unavailable");
    expect(error.message).toContain("interim answers");
    await noSockets();
  });
});
