import { describe, expect, it } from "vitest";
import { isStorageError } from "../../core/errors.ts";
import { replaceLimits } from "../../core/replace-limits.ts";
import type { ObjectStore } from "../../core/object-store.ts";
import { Buckets } from "../buckets.ts";
import { removeSource } from "../jobs/remove-source.ts";
import { deleteKeys } from "../objects/delete-keys.ts";
import { failure, MemoryStore } from "../testing-fixtures/memory-store.ts";
import { transferContext } from "../transfer-context.ts";
import { uploadBytes } from "../upload/upload-object.ts";
import { deleteForGood } from "./delete-for-good.ts";
import { recoverReplacements } from "./recover-replacements.ts";

const key = "dir/a";
const id = (n: number): string => `00000000-0000-4000-8000-00000000000${n}`;
const staged = `${key}.sms-staging/${id(1)}`;
const { signal } = new AbortController();
const ago = (ms: number) => ({ lastModified: new Date(Date.now() - ms) });
const long = 2 * replaceLimits.replacementMs;
const writes = new Set(["PutObject", "CopyObject"]);

const cutOff = () => failure("Unavailable", { outcome: "unknown" });

function refusing(): MemoryStore {
  const store = new MemoryStore({ overwrite: "unknown" });
  store.set(key, "old");
  store.fault = (operation, at) => {
    if (writes.has(operation) && store.objects.has(at)) {
      throw failure("PermissionDenied", { status: 403, key: at });
    }
  };
  return store;
}

/** The store as a caller sees it who is cut off for good once a call is done. */
function dying(store: MemoryStore, atCall: number): ObjectStore {
  let calls = 0;
  const seen: MemoryStore = new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return async (...args: unknown[]): Promise<unknown> => {
        calls += 1;
        if (calls > atCall) throw cutOff();
        const answer: unknown = await Reflect.apply(member, target, args);
        if (calls >= atCall) throw cutOff();
        return answer;
      };
    },
  });
  return seen as unknown as ObjectStore;
}

type Deletion = (store: ObjectStore) => Promise<unknown>;

async function moveAway(store: ObjectStore, target = "copy"): Promise<void> {
  const { etag, sizeBytes } = await store.headObject(key);
  const to = await store.copyObject({ key }, target);
  await removeSource(
    { kind: "copy", from: { bucket: "bkt", key }, to: { bucket: "bkt", key: target } },
    { sizeBytes, sourceEtag: etag, targetEtag: to.etag },
    { buckets: new Buckets(() => transferContext(store)), before: undefined, signal },
  );
}

const deletions: Readonly<Record<string, Deletion>> = {
  "of one": (store) => deleteForGood(store, key, { signal }),
  "of many": async (store) => {
    const failures = await deleteKeys(store, [key, "dir/b"]);
    for (const { message } of failures.values()) throw failure("Unknown", { remedy: message });
  },
};

describe.each(Object.entries(deletions))("a deletion %s", (_name, remove) => {
  it("is for good, at whatever step a replacement was cut off before", async () => {
    const whole = refusing();
    await uploadBytes(transferContext(whole.asStore(), { randomName: () => id(1) }), "new", key);
    const steps = whole.log.length;
    expect(steps).toBeGreaterThanOrEqual(9);
    for (let step = 1; step <= steps; step += 1) {
      const store = refusing();
      const writer = transferContext(dying(store, step), { randomName: () => id(1) });
      await uploadBytes(writer, "new", key).catch(() => undefined);
      await remove(store.asStore());
      await recoverReplacements(store.asStore(), { olderThanMs: 0 });
      // This store's objects are days old: what waits beside a key that holds nothing is a dead writer's.
      expect([step, [...store.objects.keys()]]).toEqual([step, []]);
    }
  });

  it("never leaves what waits beside a key that it has deleted, wherever it is cut off", async () => {
    for (let step = 1; step <= 6; step += 1) {
      const store = refusing();
      store.set(staged, "new");
      await remove(dying(store, step)).catch(() => undefined);
      expect([step, store.objects.has(staged) && !store.objects.has(key)]).toEqual([step, false]);
      await remove(store.asStore());
      await recoverReplacements(store.asStore(), { olderThanMs: 0 });
      expect([step, [...store.objects.keys()]]).toEqual([step, []]);
    }
  });

  it("takes away what is old, also of a key that holds nothing, and nobody else's file", async () => {
    const store = refusing();
    store.objects.delete(key);
    store.set(staged, "new", {}, ago(long));
    store.set(`${key}.sms-staging/notes.txt`, "x", {}, ago(long));
    store.set(`dir/other.sms-staging/${id(2)}`, "x", {}, ago(long));
    await remove(store.asStore());
    expect([...store.objects.keys()]).toEqual([
      `${key}.sms-staging/notes.txt`,
      `dir/other.sms-staging/${id(2)}`,
    ]);
  });

  it("leaves what is younger than the object, or beside nothing, to the writer at it", async () => {
    for (const holds of [true, false]) {
      const store = refusing();
      store.set(staged, "new", {}, ago(1000));
      if (holds) store.set(key, "old", {}, ago(long));
      else store.objects.delete(key);
      await remove(store.asStore());
      expect([...store.objects.keys()]).toEqual([staged]);
    }
  });

  it("keeps the object where what would come back stays", async () => {
    const store = refusing();
    store.set(staged, "new");
    store.fault = (operation, at) => {
      if (operation === "DeleteObject" && at === staged) throw failure("PermissionDenied");
    };
    await expect(remove(store.asStore())).rejects.toSatisfy(isStorageError);
    expect(store.text(key)).toBe("old");
  });

  it("goes on where nobody may look, and asks nothing of a store that overwrites", async () => {
    const shy = refusing();
    shy.fault = (operation) => {
      if (operation === "ListObjects") throw failure("PermissionDenied", { status: 403 });
    };
    await remove(shy.asStore());
    expect(shy.objects.size).toBe(0);
    const plain = new MemoryStore();
    plain.set(key, "old");
    await remove(plain.asStore());
    expect(plain.objects.size).toBe(0);
    expect(plain.log.filter((call) => !call.startsWith("Delete"))).toEqual([]);
  });
});

it("takes bytes of the object's own second for placed, since a HEAD's date has no milliseconds", async () => {
  const written = Math.floor(Date.now() / 1000) * 1000 - 10_000;
  const at = (ms: number) => ({ lastModified: new Date(written + ms) });
  for (const [ms, isLeft] of [
    [999, false],
    [1000, true],
  ] as const) {
    const store = refusing();
    store.set(key, "new", {}, at(0));
    store.set(staged, "new", {}, at(ms));
    await deleteForGood(store.asStore(), key, { signal });
    expect([ms, store.objects.has(staged)]).toEqual([ms, isLeft]);
  }
});

it("deletes nothing where more waits than it can hold", async () => {
  const store = refusing();
  for (let n = 0; n <= replaceLimits.replacementsHeld; n += 1) {
    store.set(`${key}.sms-staging/00000000-0000-4000-8000-${String(n).padStart(12, "0")}`, "x");
  }
  await expect(deleteForGood(store.asStore(), key, { signal })).rejects.toMatchObject({
    code: "QuotaExceeded",
    remedy: expect.stringContaining("sms-storage recover") as string,
  });
  expect(store.text(key)).toBe("old");
  expect(store.log.some((call) => call.startsWith("DeleteObject"))).toBe(false);
});

it("tells of the key, and that it is there still, where what waits could not be removed", async () => {
  const store = refusing();
  store.set(staged, "new");
  store.fault = (operation, at) => {
    if (operation === "DeleteObject" && at === staged) throw cutOff();
  };
  await expect(deleteForGood(store.asStore(), key, { signal })).rejects.toMatchObject({
    key,
    outcome: "not-applied",
    message: expect.stringContaining("would come back") as string,
  });
});

it("touches nothing when the condition of the deletion does not hold", async () => {
  const store = refusing();
  store.set(staged, "new", {}, ago(long));
  await deleteForGood(store.asStore(), key, { signal, ifMatch: '"other"' });
  expect(store.objects.has(staged)).toBe(true);
  store.objects.delete(key);
  await deleteForGood(store.asStore(), key, { signal, ifMatch: '"other"' });
  expect(store.objects.has(staged)).toBe(true);
  store.set(key, "old");
  const { etag } = await store.headObject(key);
  await deleteForGood(store.asStore(), key, { signal, ifMatch: etag });
  expect(store.objects.size).toBe(0);
});

it("of a version looks for nothing", async () => {
  const store = refusing();
  store.set(staged, "new");
  await deleteForGood(store.asStore(), key, { signal, versionId: "v1" });
  expect(store.log).toEqual([`DeleteObject ${key}`]);
});

it("of a move's source is for good, too", async () => {
  const store = refusing();
  store.set(staged, "new");
  await moveAway(store.asStore());
  await recoverReplacements(store.asStore(), { olderThanMs: 0 });
  expect([...store.objects.keys()]).toEqual(["copy"]);
});

const lists = (store: MemoryStore) => store.log.filter((call) => call.startsWith("ListObjects"));

it("of a move's source spares what was moved to where such bytes wait", async () => {
  const store = refusing();
  await moveAway(store.asStore(), staged);
  expect([...store.objects.keys()]).toEqual([staged]);
});

describe("of many keys", () => {
  const keys = Array.from({ length: 30 }, (_, n) => `dir/k${n}`);
  function filled(): MemoryStore {
    const store = new MemoryStore({ overwrite: "unknown" });
    for (const each of keys) store.set(each, "old");
    store.set(`dir/k7.sms-staging/${id(1)}`, "new");
    return store;
  }

  it("one listing does, of the folder that they are in", async () => {
    const store = filled();
    expect(await deleteKeys(store.asStore(), keys)).toEqual(new Map());
    expect(lists(store)).toEqual(["ListObjects dir/"]);
    expect(store.objects.size).toBe(0);
  });

  it("a folder that holds far more is given up for a listing of each", async () => {
    const store = filled();
    store.pageSize = 5;
    for (let n = 0; n < 100; n += 1) store.set(`dir/more${n}`, "x");
    await deleteKeys(store.asStore(), keys);
    expect(lists(store).filter((call) => call.endsWith(".sms-staging/"))).toHaveLength(30);
    expect(lists(store).length).toBeLessThan(40);
    expect([...store.objects.keys()].every((each) => each.startsWith("dir/more"))).toBe(true);
  });

  it("none where what waits is among them", async () => {
    const store = filled();
    await deleteKeys(store.asStore(), [...store.objects.keys()], { hasStaged: true });
    expect(lists(store)).toEqual([]);
  });

  it("counts those that stay, and tells why", async () => {
    const store = filled();
    store.fault = (operation, at) => {
      if (operation === "DeleteObject" && at.includes("k7.")) throw failure("Unavailable");
    };
    const told: number[] = [];
    const onProgress = ({ done }: { done: number }) => told.push(done);
    const failures = await deleteKeys(store.asStore(), keys, { onProgress });
    expect([...failures.keys()]).toEqual(["dir/k7"]);
    expect(told).toEqual([30]);
    expect([...store.objects.keys()].toSorted()).toEqual(["dir/k7", `dir/k7.sms-staging/${id(1)}`]);
  });
});
