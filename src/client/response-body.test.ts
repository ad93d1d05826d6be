import { afterEach, describe, expect, it } from "vitest";
import type { StorageError } from "../core/errors.ts";
import type { ObjectStore } from "../core/object-store.ts";
import {
  objectAnswer,
  startScriptedServer,
  type ScriptedServer,
  type Step,
} from "./testing-fixtures/scripted-server.ts";
import { openTestStore, readAll } from "./testing-fixtures/test-store.ts";

let server: ScriptedServer;
let store: ObjectStore;

async function open(...steps: Step[]): Promise<void> {
  server = await startScriptedServer(...steps);
  store = openTestStore(server.endpoint);
}

afterEach(async () => {
  await store.close();
  await server.close();
});

const stored = { etag: '"e1"', "last-modified": "Mon, 23 Nov 2026 10:00:00 GMT" };

async function readFailure(key = "a"): Promise<StorageError> {
  const { body } = await store.getObject(key);
  return readAll(body).then(
    () => Promise.reject(new Error("It was read whole.")),
    (error: unknown) => error as StorageError,
  );
}

const brokenOff: Step = (_request, response, message) => {
  response.writeHead(200, { ...stored, "content-length": 10 });
  response.write("hello");
  setTimeout(() => message.socket.destroy(), 20);
};

function failed(): never {
  throw new Error("disk");
}

describe("bodies of objects", () => {
  it("are judged by the checksum that came with them", async () => {
    await open(objectAnswer("hellO", { "x-amz-checksum-crc32": "NhCmhg==" }));
    const error = await readFailure();
    expect(error).toMatchObject({ code: "IntegrityError", key: "a", bucket: "bkt" });
    expect(error.message).toContain("CRC32");
  });

  it("that came with the head stay what they were, however they are read and whatever comes behind", async () => {
    const contents = ["a", "b", "c", "d"].map((letter) => letter.repeat(9000));
    await open(...contents.map((text) => objectAnswer(text)));
    const chunks: Uint8Array[] = [];
    for await (const chunk of (await store.getObject("a")).body) chunks.push(chunk);
    const [second, third] = [await store.getObject("b"), await store.getObject("c")];
    const poured: Buffer[] = [];
    for (const { body } of [second, third])
      await body.pour?.((chunk) => void poured.push(Buffer.from(chunk)));
    const fourth = await readAll((await store.getObject("d")).body);
    expect(Buffer.concat(chunks).toString()).toBe(contents[0]);
    expect(Buffer.concat(poured).toString()).toBe(`${contents[1]}${contents[2]}`);
    expect(fourth.toString()).toBe(contents[3]);
  });

  it("are not judged when the caller does it, nor by the checksum of parts", async () => {
    await open(
      objectAnswer("hellO", { "x-amz-checksum-crc32": "NhCmhg==" }),
      objectAnswer("hellO", {
        "x-amz-checksum-crc32": "NhCmhg==-2",
        "x-amz-checksum-type": "COMPOSITE",
      }),
    );
    const unchecked = await store.getObject("a", { verify: false });
    expect((await readAll(unchecked.body)).toString()).toBe("hellO");
    const composite = await store.getObject("a");
    expect((await readAll(composite.body)).toString()).toBe("hellO");
  });

  it("that break off are Unavailable and worth another attempt", async () => {
    await open((_request, response, message) => {
      response.writeHead(200, { ...stored, "content-length": 10 });
      response.write("hello");
      setTimeout(() => message.socket.destroy(), 20);
    });
    expect(await readFailure()).toMatchObject({ code: "Unavailable", retryable: true });
  });

  it("that fall silent are a Timeout", async () => {
    await open((_request, response) => {
      response.writeHead(200, { ...stored, "content-length": 10 });
      response.write("hello");
    });
    expect(await readFailure()).toMatchObject({ code: "Timeout", retryable: true });
  });

  it("end with their signal", async () => {
    await open((_request, response) => {
      response.writeHead(200, { ...stored, "content-length": 10 });
      response.write("hello");
    });
    const controller = new AbortController();
    const { body } = await store.getObject("a", { signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    await expect(readAll(body)).rejects.toMatchObject({ code: "Aborted", operation: "GetObject" });
  });

  it("given up early free their connection; short rests keep it", async () => {
    const large = objectAnswer(Buffer.alloc(8 * 1024 * 1024));
    await open(objectAnswer(Buffer.alloc(100_000)), objectAnswer("x"), large, objectAnswer("y"));
    for (const expected of ["x", "y"]) {
      const { body } = await store.getObject("big");
      for await (const chunk of body) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
      const next = await store.getObject("small");
      expect((await readAll(next.body)).toString()).toBe(expected);
    }
    expect(server.requests.map(({ connection }) => connection)).toEqual([0, 0, 0, 1]);
  });

  it("are poured chunk by chunk, and wait while one is being used", async () => {
    const bytes = Buffer.alloc(3 * 1024 * 1024);
    for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE(at, at);
    await open(objectAnswer(bytes));
    for (const isSlow of [false, true]) {
      const { body } = await store.getObject("a");
      const got: Buffer[] = [];
      let using = 0;
      await body.pour?.((chunk) => {
        expect(using).toBe(0);
        if (!isSlow) {
          got.push(Buffer.from(chunk));
          return undefined;
        }
        using += 1;
        return new Promise((resolve) => {
          setTimeout(() => {
            // Its memory still holds what was given.
            got.push(Buffer.from(chunk));
            using -= 1;
            resolve();
          }, 1);
        });
      });
      expect(Buffer.concat(got).equals(bytes)).toBe(true);
    }
  });

  it("poured are judged by their checksum, and by their length", async () => {
    await open(objectAnswer("hellO", { "x-amz-checksum-crc32": "NhCmhg==" }), brokenOff);
    for (const code of ["IntegrityError", "Unavailable"]) {
      const { body } = await store.getObject("a");
      await expect(body.pour?.(() => undefined)).rejects.toMatchObject({ code });
    }
  });

  it.each([
    ["throws", () => failed()],
    ["rejects", () => Promise.resolve().then(failed)],
  ])("end with what their reader %s, and free the connection", async (_name, take) => {
    const large = objectAnswer(Buffer.alloc(8 * 1024 * 1024));
    await open(large, objectAnswer("x"));
    const { body } = await store.getObject("a");
    await expect(body.pour?.(take)).rejects.toThrow("disk");
    const next = await store.getObject("b");
    expect((await readAll(next.body)).toString()).toBe("x");
  });

  it("read late leave a connection that reads on", async () => {
    const bytes = Buffer.alloc(256 * 1024, 7);
    await open(objectAnswer(bytes));
    for (let round = 0; round < 2; round += 1) {
      const { body } = await store.getObject("a");
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect((await readAll(body)).equals(bytes)).toBe(true);
    }
    expect(server.requests.map(({ connection }) => connection)).toEqual([0, 0]);
  });

  it("do not pile up in memory before a slow reader", async () => {
    let sentBytes = 0;
    await open((_request, response) => {
      const total = 64 * 1024 * 1024;
      response.writeHead(200, { ...stored, "content-length": total });
      const piece = Buffer.alloc(1024 * 1024);
      const send = (): void => {
        while (sentBytes < total) {
          sentBytes += piece.length;
          if (!response.write(piece)) {
            response.once("drain", send);
            return;
          }
        }
        response.end();
      };
      send();
    });
    const { body } = await store.getObject("a");
    const iterator = body[Symbol.asyncIterator]();
    await iterator.next();
    await new Promise((resolve) => setTimeout(resolve, 200));
    // What the kernel's socket buffers hold on loopback, and our own bound.
    expect(sentBytes).toBeLessThan(24 * 1024 * 1024);
    await iterator.return?.();
  });
});
