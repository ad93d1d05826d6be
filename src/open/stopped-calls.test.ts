import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { assert, asyncProperty, constantFrom, double } from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isStorageError } from "../core/errors.ts";
import { mib } from "../core/limits.ts";
import type { CallOptions, ObjectStore } from "../core/object-store.ts";
import { createFileService } from "../files/create-file-service.ts";
import type { FileService } from "../files/file-service.ts";
import { startTestServer, type TestServer } from "../testing/start-test-server.ts";
import { failure, MemoryStore } from "../transfer/testing-fixtures/memory-store.ts";

let server: TestServer;
let folder = "";
const large = Buffer.alloc(17 * mib, "large");

beforeAll(async () => {
  server = await startTestServer();
  folder = await mkdtemp(join(tmpdir(), "sms-stopped-"));
  await writeFile(join(folder, "large"), large);
  await server.service.uploadBytes(large, "large");
  await server.service.uploadBytes("small", "small");
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

async function* chunks(): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < large.length; at += mib) yield large.subarray(at, at + mib);
}

async function readAll(body: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _chunk of body);
}

type Call = (files: FileService, call: CallOptions) => Promise<unknown>;

const fileCalls: Readonly<Record<string, Call>> = {
  uploadBytes: (files, call) => files.uploadBytes(large, "new", call),
  "uploadBytes of a Blob": (files, call) => files.uploadBytes(new Blob([large]), "new", call),
  uploadFile: (files, call) => files.uploadFile(join(folder, "large"), "new", call),
  uploadStream: (files, call) => files.uploadStream(chunks(), "new", call),
  downloadFile: (files, call) => files.downloadFile("large", join(folder, "got", "large"), call),
  getFileContents: (files, call) => files.getFileContents("large", call),
  read: async (files, call) => readAll((await files.read("large", call)).body),
  "read of a range": async (files, call) =>
    readAll((await files.read("large", { ...call, range: { first: 1, last: 9 * mib } })).body),
  getListing: (files, call) => files.getListing("", call),
  listDirectory: (files, call) => files.listDirectory("", call),
  stat: (files, call) => files.stat("small", call),
  exists: (files, call) => files.exists("missing", call),
  getModifiedDate: (files, call) => files.getModifiedDate("small", call),
  copy: (files, call) => files.copy("large", "copied", call),
  deleteFile: (files, call) => files.deleteFile("small-2", call),
  deleteMany: (files, call) => files.deleteMany(["x", "y"], call),
};

type StoreCall = (store: ObjectStore, call: CallOptions) => Promise<unknown>;

const storeCalls: Readonly<Record<string, StoreCall>> = {
  putObject: (store, call) => store.putObject("put", large, call),
  "putObject of a source": (store, call) =>
    store.putObject("put", { lengthBytes: large.length, open: chunks }, call),
  getObject: async (store, call) => readAll((await store.getObject("large", call)).body),
  headObject: (store, call) => store.headObject("small", call),
  getObjectAttributes: (store, call) => store.getObjectAttributes("small", call),
  deleteObjects: (store, call) => store.deleteObjects([{ key: "x" }], call),
  copyObject: (store, call) => store.copyObject({ key: "large" }, "copied", call),
  listObjects: (store, call) => store.listObjects(call),
  listObjectVersions: (store, call) => store.listObjectVersions(call),
  listMultipartUploads: (store, call) => store.listMultipartUploads(call),
  "a multipart upload": async (store, call) => {
    const upload = { key: "parts", uploadId: await store.createMultipartUpload("parts", call) };
    try {
      const part = await store.uploadPart({ ...upload, partNumber: 1 }, large, call);
      const copied = { ...upload, partNumber: 2 };
      const second = await store.uploadPartCopy(copied, { key: "large" }, call);
      await store.listParts(upload, call);
      await store.completeMultipartUpload(upload, [part, second], call);
    } finally {
      await store.abortMultipartUpload(upload);
    }
  },
};

/** Undefined: it came to its end before. */
async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return isStorageError(error) ? error.code : String(error);
  }
}

describe("a call that is stopped at any moment", () => {
  it.each(["signal", "timeoutMs"] as const)(
    "says so and nothing else: %s",
    async (way) => {
      const store = server.store();
      const names = [...Object.keys(fileCalls), ...Object.keys(storeCalls)];
      const stopped = new Set<string>();
      await assert(
        asyncProperty(
          constantFrom(...names),
          double({ min: 0.1, max: 40, noNaN: true }),
          async (name, afterMs) => {
            const controller = new AbortController();
            const call = way === "signal" ? { signal: controller.signal } : { timeoutMs: afterMs };
            const work = fileCalls[name]?.(server.service, call) ?? storeCalls[name]?.(store, call);
            const code = codeOf(Promise.resolve(work));
            if (way === "signal") {
              await delay(afterMs);
              controller.abort();
            }
            const expected = way === "signal" ? "Aborted" : "Timeout";
            expect([undefined, expected]).toContain(await code);
            if ((await code) !== undefined) stopped.add(name);
          },
        ),
        { numRuns: 150 },
      );
      expect(stopped.size).toBeGreaterThan(5);
      expect((await readdir(folder)).filter((name) => name.endsWith(".part"))).toEqual([]);
    },
    60_000,
  );

  it.each(Object.entries(fileCalls))("%s: before, at and after each request", async (_, run) => {
    for (let nth = 0, isOver = false; !isOver; nth += 1) {
      const store = new MemoryStore();
      for (const key of ["large", "small"]) store.set(key, key === "large" ? large : key);
      const controller = new AbortController();
      if (nth === 0) controller.abort();
      isOver = true;
      store.fault = () => {
        if (store.log.length !== nth) return;
        isOver = false;
        controller.abort();
        // What a request says that noticed nothing of the stop is no news either.
        if (nth % 2 === 0) throw failure("PermissionDenied", { status: 403 });
      };
      const { signal } = controller;
      const code = await codeOf(run(createFileService(store.asStore()), { signal }));
      expect(["Aborted", nth === 0 ? "Aborted" : undefined]).toContain(code);
      expect(nth === 0 ? store.log : []).toEqual([]);
      if (nth === 0) isOver = false;
      expect(nth).toBeLessThan(50);
    }
  });
});

describe("a listing that is iterated over", () => {
  it("ends at the next item after the stop", async () => {
    const controller = new AbortController();
    const keys: string[] = [];
    const walk = async (): Promise<void> => {
      for await (const { Key } of server.service.list("", { signal: controller.signal })) {
        keys.push(Key);
        controller.abort();
      }
    };
    expect(await codeOf(walk())).toBe("Aborted");
    expect(keys).toHaveLength(1);
  });
});

describe("close()", () => {
  it("ends what runs with Aborted", async () => {
    const files = createFileService(server.store());
    const running = Object.values(fileCalls).map((run) => codeOf(run(files, {})));
    await delay(1);
    await files.close();
    const codes = new Set(await Promise.all(running));
    codes.delete(undefined);
    expect([...codes]).toEqual(["Aborted"]);
  });
});

describe("a body that nobody begins to read", () => {
  it("lets its connection go when it is given up", async () => {
    const files = createFileService(server.store());
    // More than there are connections.
    for (let turn = 0; turn < 70; turn += 1) {
      const { body } = await files.read("large");
      await body[Symbol.asyncIterator]().return?.();
    }
    expect(await files.exists("large")).toBe(true);
    await files.close();
  }, 20_000);
});
