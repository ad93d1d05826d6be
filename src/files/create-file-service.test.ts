import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { Capabilities } from "../core/capabilities.ts";
import { createFileService } from "./create-file-service.ts";
import type { ListOptions } from "../core/object-store.ts";
import type { FileService } from "./file-service.ts";
import { broken, failure, MemoryStore, pieces } from "../transfer/testing-fixtures/memory-store.ts";

function open(changes: Partial<Capabilities> = {}): { store: MemoryStore; service: FileService } {
  const store = new MemoryStore(changes);
  return { store, service: createFileService(store.asStore()) };
}

const noSuchBucket = failure("NotFound", { status: 404, s3Code: "NoSuchBucket" });
const forbidden = failure("PermissionDenied", { status: 403 });
/** Of a HEAD, which has no body to say what was not found. */
const bare404 = failure("NotFound", { status: 404 });

describe("missing, forbidden or nowhere", () => {
  it("is null, an error and an error for getFileContents", async () => {
    const { store, service } = open();
    expect(await service.getFileContents("a")).toBeNull();
    store.fault = () => {
      throw forbidden;
    };
    await expect(service.getFileContents("a")).rejects.toBe(forbidden);
    store.fault = () => {
      throw noSuchBucket;
    };
    await expect(service.getFileContents("a")).rejects.toBe(noSuchBucket);
  });

  it("is false, an error and an error for exists, although HEAD tells less", async () => {
    const { store, service } = open();
    store.fault = (operation) => {
      if (operation === "HeadObject") throw bare404;
    };
    expect(await service.exists("a")).toBe(false);
    store.fault = (operation) => {
      throw operation === "HeadObject" ? bare404 : noSuchBucket;
    };
    await expect(service.exists("a")).rejects.toBe(noSuchBucket);
    store.fault = () => {
      throw forbidden;
    };
    await expect(service.exists("a")).rejects.toBe(forbidden);
  });
});

describe("contents in memory", () => {
  it("are taken up where they broke and checked at the end", async () => {
    const { store, service } = open();
    const bytes = Buffer.from("abc".repeat(100_000));
    store.set("a", bytes);
    store.bodyOf = (part, call) => (call === 1 ? broken(part, 70_000) : pieces(part));
    expect(bytes.equals((await service.getFileContents("a")) ?? Buffer.of())).toBe(true);
    store.bodyOf = (part) => pieces(Buffer.from(part.map((byte) => byte ^ 1)));
    await expect(service.getFileContents("a")).rejects.toMatchObject({ code: "IntegrityError" });
  });

  it("are read without a check when the store keeps no checksum", async () => {
    const { store, service } = open();
    store.withChecksum = false;
    store.set("a", "text");
    expect(String(await service.getFileContents("a"))).toBe("text");
  });

  it("of a stream are checked at its end as well", async () => {
    const { store, service } = open();
    store.set("a", "text");
    store.bodyOf = () => pieces(Buffer.from("tExt"));
    const { body } = await service.read("a");
    const iterator = body[Symbol.asyncIterator]();
    expect((await iterator.next()).value).toEqual(Buffer.from("tExt"));
    await expect(iterator.next()).rejects.toMatchObject({ code: "IntegrityError" });
  });
});

describe("listings", () => {
  it("walk all pages and give the guide's names", async () => {
    const { store, service } = open();
    store.pageSize = 2;
    for (const key of ["d/1", "d/2", "d/3", "d2/x"]) store.set(key, key);
    const items = await service.getListing("d");
    expect(items.map(({ Key }) => Key)).toEqual(["d/1", "d/2", "d/3"]);
    expect(items[0]).toEqual({
      Key: "d/1",
      Size: 3,
      LastModified: new Date("2026-11-23T10:00:00Z"),
      ETag: store.objects.get("d/1")?.etag,
    });
  });

  it("notice pages that lead round in a circle", async () => {
    const { store, service } = open();
    store.pageSize = 1;
    for (const key of ["a", "b", "c"]) store.set(key, key);
    const list = store.listObjects.bind(store);
    store.listObjects = async (options: ListOptions) => {
      const page = await list(options);
      return options.continuationToken === "2" ? { ...page, continuationToken: "1" } : page;
    };
    await expect(service.getListing("")).rejects.toMatchObject({ code: "IntegrityError" });
  });

  it("of a store that knows only whole paths ask for the directory above", async () => {
    const { store, service } = open({ orderedListing: "no" });
    for (const key of ["d/run-1", "d/run-2", "d/other", "d/empty/"]) {
      store.set(key, key.endsWith("/") ? "" : "x");
    }
    const items = await service.getListing("d/run", { prefixMode: "raw" });
    expect(items.map(({ Key }) => Key)).toEqual(["d/run-1", "d/run-2"]);
    expect(store.log).toEqual(["ListObjects d/"]);
    const all = await service.getListing("d");
    expect(all.map(({ Key }) => Key)).not.toContain("d/empty/");
    const marked = await service.getListing("d", { directories: "include" });
    expect(marked.map(({ Key }) => Key)).toContain("d/empty/");
  });
});

describe("deleting many", () => {
  it("goes in batches of 1,000, each key once", async () => {
    const { store, service } = open();
    const keys = Array.from({ length: 2100 }, (_, n) => `k${n}`);
    const { deleted, errors } = await service.deleteMany([...keys, "k0"]);
    expect(store.log.sort()).toEqual([
      "DeleteObjects 100",
      "DeleteObjects 1000",
      "DeleteObjects 1000",
    ]);
    expect(deleted).toHaveLength(2101);
    expect(errors).toEqual([]);
  });

  it("goes one by one where batches are not known or XML cannot write the key", async () => {
    const { store, service } = open();
    store.fault = (operation) => {
      if (operation === "DeleteObjects") throw failure("NotSupported", { status: 501 });
    };
    for (const key of ["a", "b", "c\u0001"]) store.set(key, "x");
    expect((await service.deleteMany(["a", "b", "c\u0001"])).deleted).toHaveLength(3);
    expect(store.objects.size).toBe(0);
    expect(store.log).toContain("DeleteObject c\u0001");
  });

  it("reports failures per key, in the order given", async () => {
    const { store, service } = open({ batchDelete: "no" });
    store.fault = (_operation, key) => {
      if (key === "b") throw failure("PermissionDenied", { s3Code: "AccessDenied" });
    };
    const result = await service.deleteMany(["c", "b", "a"]);
    expect(result).toMatchObject({
      deleted: ["c", "a"],
      errors: [{ Key: "b", code: "AccessDenied" }],
    });
  });
});

describe("paths", () => {
  it.each(["a//b", "./a", "/a", "a/", "s3:/bkt/a"])("stay what they are: %s", async (key) => {
    const { store, service } = open();
    await service.uploadBytes("x", key);
    expect([...store.objects.keys()]).toEqual([key]);
  });

  it("of another bucket are refused before any request", async () => {
    const { store, service } = open();
    await expect(service.uploadBytes("x", "s3://other/a")).rejects.toMatchObject({
      code: "InvalidArgument",
    });
    expect(store.log).toEqual([]);
  });
});

describe("close", () => {
  it("waits for what runs and refuses what comes", async () => {
    const { store, service } = open();
    const waiting: (() => void)[] = [];
    const gate = new Promise<void>((resolve) => waiting.push(resolve));
    store.fault = () => gate;
    let ended = false;
    const running = (async (): Promise<void> => {
      await service.uploadBytes("x", "a");
      ended = true;
    })();
    const closing = service.close();
    for (const letGo of waiting) letGo();
    await closing;
    expect(ended).toBe(true);
    await running;
    await expect(service.stat("a")).rejects.toMatchObject({
      code: "Closed",
      remedy: expect.stringContaining("another"),
    });
    await expect(service.close()).resolves.toBeUndefined();
  });

  it("removes downloads that had no target, which lie in a private folder", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "sms-download-test-"));
    const store = new MemoryStore();
    store.set("../x y/é", "x");
    const service = createFileService(store.asStore(), { temporaryDirectory: folder });
    try {
      const [key, first] = await service.downloadFile("../x y/é");
      expect(key).toBe("../x y/é");
      expect(path.dirname(path.dirname(first))).toBe(folder);
      expect(path.basename(first)).toBe("1-_");
      expect(await readFile(first, "utf8")).toBe("x");
      await service.close();
      expect(await readdir(folder)).toEqual([]);
      expect(store.closed).toBe(true);
      await expect(service.downloadFile("a")).rejects.toMatchObject({ code: "Closed" });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

it.each([
  ["nothing", undefined],
  ["a string", "bucket"],
  ["options", { bucket: "b" }],
])("refuses %s in place of a store", (_what, store) => {
  expect(() => createFileService(store as never)).toThrow(
    expect.objectContaining({
      code: "InvalidArgument",
      message: expect.stringContaining(
        "createFileService: the store must be an ObjectStore",
      ) as string,
    }) as Error,
  );
});

it("refuses a misspelt option, and values that cannot be", () => {
  const store = new MemoryStore().asStore();
  expect(() => createFileService(store, { replaces: "direct" } as never)).toThrow(
    'createFileService has no option "replaces"',
  );
  expect(() => createFileService(store, { replace: "never" } as never)).toThrow(
    "the option replace must be",
  );
});
