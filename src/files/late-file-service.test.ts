import { describe, expect, it } from "vitest";
import { MemoryStore } from "../transfer/testing-fixtures/memory-store.ts";
import { transferContext } from "../transfer/transfer-context.ts";
import type { FileService } from "./file-service.ts";
import { fileServiceOn } from "./file-service-on.ts";
import { LateFileService } from "./late-file-service.ts";
import { loadLater } from "./load-later.ts";

async function open(...keys: string[]): Promise<{ service: FileService; store: MemoryStore }> {
  const store = new MemoryStore();
  for (const key of keys) await store.asStore().putObject(key, new Uint8Array(1));
  return { service: new LateFileService(loadLater(transferContext(store.asStore()))), store };
}

function methodsOf(one: object): string[] {
  return Object.getOwnPropertyNames(Object.getPrototypeOf(one)).sort();
}

async function keysOf(items: AsyncIterable<{ readonly Key: string }>): Promise<string[]> {
  const keys: string[] = [];
  for await (const { Key } of items) keys.push(Key);
  return keys;
}

describe("a file service that is loaded late", () => {
  it("has every method of the service, on its prototype", () => {
    const real = fileServiceOn(transferContext(new MemoryStore().asStore()));
    expect(
      methodsOf(new LateFileService(loadLater(transferContext(new MemoryStore().asStore())))),
    ).toEqual(methodsOf(real));
  });

  it("lists at its first call as at the next, as often as it is asked", async () => {
    const { service } = await open("a", "b", "c");
    const first = service.list("");
    expect(await keysOf(first)).toEqual(["a", "b", "c"]);
    expect(await keysOf(first)).toEqual(["a", "b", "c"]);
    expect(await keysOf(service.list(""))).toEqual(["a", "b", "c"]);
  });

  it("hears what it was given, not what became of it while the rest was loaded", async () => {
    const { service, store } = await open("a", "b", "c");
    const keys = ["a"];
    const entry = { key: "b" };
    const options = { ifAbsent: false };
    const deleted = Promise.all([service.deleteMany(keys), service.write("c", "new", options)]);
    keys.push("c");
    entry.key = "c";
    options.ifAbsent = true;
    await deleted;
    expect([...store.objects.keys()]).toEqual(["b", "c"]);
  });

  it("gives pages at its first call", async () => {
    const { service } = await open("a", "b");
    for await (const { files } of service.list("").pages()) {
      expect(files.map(({ Key }) => Key)).toEqual(["a", "b"]);
    }
  });

  it("takes a listing that is left after an item, or before its first", async () => {
    const { service } = await open("a", "b");
    for await (const { Key } of service.list("")) {
      expect(Key).toBe("a");
      break;
    }
    const { service: another, store } = await open("a");
    const items = another.list("")[Symbol.asyncIterator]();
    store.fault = (operation) => expect.unreachable(operation);
    expect(await items.return?.()).toEqual({ done: true, value: undefined });
    expect(await items.next()).toEqual({ done: true, value: undefined });
  });

  it("refuses wrong arguments of a listing where it is read", async () => {
    const { service } = await open();
    const wrong = service.list(5 as unknown as string);
    await expect(keysOf(wrong)).rejects.toMatchObject({ code: "InvalidArgument" });
    await expect(keysOf(service.versions(""))).rejects.toMatchObject({ code: "InvalidKey" });
  });

  it("is closed before its first call, and refuses those that come", async () => {
    const { service } = await open("a");
    await service.close();
    await expect(service.exists("a")).rejects.toMatchObject({ code: "Closed" });
    await expect(keysOf(service.list(""))).rejects.toMatchObject({ code: "Closed" });
  });

  it("stops what has just begun when it is closed", async () => {
    const { service } = await open("a");
    const running = service.exists("a");
    await service[Symbol.asyncDispose]();
    await expect(service.stat("a")).rejects.toMatchObject({ code: "Closed" });
    await running.catch(() => undefined);
  });
});
