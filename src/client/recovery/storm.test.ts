import { expect, it } from "vitest";
import { StorageError } from "../../core/errors.ts";
import type { ObjectStore } from "../../core/object-store.ts";
import { startRawServer, type RawStep } from "../testing-fixtures/raw-server.ts";
import { openTestStore, readAll } from "../testing-fixtures/test-store.ts";

/** The same numbers in every run, in [0, 1). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

const head = 'HTTP/1.1 200 OK\r\nETag: "e"\r\nLast-Modified: Mon, 23 Nov 2026 10:00:00 GMT\r\n';
const error = "<Error><Code>SlowDown</Code></Error>";

/** What a bad day holds: answers whole, late, halved, twice, as errors, and none. */
const behaviours: readonly RawStep[] = [
  (socket) => void socket.write(`${head}Content-Length: 3\r\n\r\nabc`),
  (socket) => void setTimeout(() => socket.write(`${head}Content-Length: 3\r\n\r\nabc`), 10),
  (socket) => void socket.write(`${head}Content-Length: 300000\r\n\r\n${"x".repeat(300_000)}`),
  (socket) => void socket.end(`${head}Content-Length: 300000\r\n\r\nabc`),
  (socket) => void socket.write(`${head}Content-Length: 300000\r\n\r\nabc`),
  (socket) => void socket.end(`HTTP/1.1 503 x\r\nContent-Length: ${error.length}\r\n\r\n${error}`),
  (socket) => void socket.write(`${head}Connection: close\r\nContent-Length: 0\r\n\r\n`),
  (socket) => void socket.destroy(),
  (socket) => void socket.resetAndDestroy(),
  (socket) => void socket.end("HTTP/1.1 200"),
  () => undefined,
];

async function call(store: ObjectStore, random: () => number): Promise<void> {
  const timeoutMs = 1 + Math.floor(random() * 200);
  const kind = Math.floor(random() * 4);
  if (kind === 0) await store.putObject("k", Buffer.alloc(200_000), { timeoutMs });
  else if (kind === 1) {
    const piece = Buffer.alloc(100_000);
    const body = {
      lengthBytes: 300_000,
      async *open() {
        for (let index = 0; index < 3; index += 1) {
          await new Promise((resolve) => setTimeout(resolve, random() * 10));
          if (random() < 0.05) throw new StorageError("NotFound", "The source is gone.");
          yield piece;
        }
      },
    };
    await store.putObject("k", body, { timeoutMs, checksum: "none" });
  } else {
    const signal = random() < 0.5 ? AbortSignal.timeout(timeoutMs) : undefined;
    const { body } = await store.getObject("k", signal === undefined ? { timeoutMs } : { signal });
    if (kind === 2) await readAll(body);
    else await body[Symbol.asyncIterator]().return?.();
  }
}

it("leaves no connection, no hanging call and no unheard error behind", async () => {
  const random = numbers(7);
  const behave: RawStep = (socket, request) =>
    behaviours[Math.floor(random() * behaviours.length)]?.(socket, request);
  const server = await startRawServer(behave);
  const store = openTestStore(`http://127.0.0.1:${server.port}`, {
    maxConnections: 8,
    retry: { forMs: 1, backoffBaseMs: 5 },
  });
  const seen = new Map<string, number>();
  const lane = async (): Promise<void> => {
    for (let round = 0; round < 20; round += 1) {
      const code = await call(store, random).then(
        () => "done",
        (failure: unknown) => (failure instanceof StorageError ? failure.code : String(failure)),
      );
      seen.set(code, (seen.get(code) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: 12 }, lane));
  const known = new Set(["Aborted", "NotFound", "Throttled", "Timeout", "Unavailable", "done"]);
  expect([...seen.keys()].filter((code) => !known.has(code))).toEqual([]);
  // A storm that sinks or spares every call would show nothing.
  expect(seen.has("done")).toBe(true);
  expect(seen.size).toBeGreaterThan(1);
  await store.close();
  await expect.poll(() => server.openSockets()).toBe(0);
  await server.close();
});
