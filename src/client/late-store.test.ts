import { describe, expect, it } from "vitest";
import { StorageError } from "../core/errors.ts";
import type { ObjectStore } from "../core/object-store.ts";
import { LateStore } from "./late-store.ts";

const capabilities = {} as ObjectStore["capabilities"];
const facts = { bucket: "bkt", location: "http://127.0.0.1/bkt/", capabilities };

/** A store that tells what was asked of it, and of what kind it is when it is asked. */
function scripted(): { store: LateStore; calls: string[]; openedTimes: () => number } {
  const calls: string[] = [];
  let opened = 0;
  let isClosed = false;
  const inner = {
    headObject: async (key: string) => {
      if (isClosed) throw new StorageError("Closed", "headObject: the store is closed.");
      calls.push(key);
      return { key };
    },
    close: async () => {
      isClosed = true;
      calls.push("close");
    },
  } as unknown as ObjectStore;
  const store = new LateStore({
    ...facts,
    open: async (given) => {
      expect(given).toEqual(facts);
      opened += 1;
      await Promise.resolve();
      return inner;
    },
  });
  return { store, calls, openedTimes: () => opened };
}

describe("a store that is opened late", () => {
  it("tells what is known of it without being opened", () => {
    const { store, openedTimes } = scripted();
    expect(store.bucket).toBe("bkt");
    expect(store.location).toBe("http://127.0.0.1/bkt/");
    expect(store.capabilities).toBe(capabilities);
    expect(openedTimes()).toBe(0);
  });

  it("is opened once, and keeps the order of the calls of before", async () => {
    const { store, calls, openedTimes } = scripted();
    await Promise.all(["a", "b", "c"].map((key) => store.headObject(key)));
    await store.headObject("d");
    expect(calls).toEqual(["a", "b", "c", "d"]);
    expect(openedTimes()).toBe(1);
  });

  it("is closed without being opened, and refuses what comes later", async () => {
    const { store, calls, openedTimes } = scripted();
    await store.close();
    expect(openedTimes()).toBe(0);
    await expect(store.headObject("a")).rejects.toMatchObject({ code: "Closed" });
    expect(calls).toEqual(["close"]);
  });

  it("ends what waits for it to be open when it is closed", async () => {
    const { store } = scripted();
    const waiting = store.headObject("a");
    await store.close();
    await expect(waiting).rejects.toMatchObject({ code: "Closed" });
  });

  it("has its methods on the prototype, by their names", () => {
    expect(LateStore.prototype.putObject.name).toBe("putObject");
    expect(Object.hasOwn(scripted().store, "putObject")).toBe(false);
  });
});
