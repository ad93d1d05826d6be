import { describe, expect, it } from "vitest";
import { failure, MemoryStore } from "../testing-fixtures/memory-store.ts";
import { transferContext } from "../transfer-context.ts";
import { uploadBytes } from "../upload/upload-object.ts";
import { recoverReplacements } from "./recover-replacements.ts";
import { parseStagingKey, stagingKeyFor, stagingPrefixFor } from "./staging-key.ts";

const uuid = "0b1c1f3e-8c59-4d62-8a4f-3f0f5f5c2d10";
const daysAgo = (days: number) => ({ lastModified: new Date(Date.now() - days * 86_400_000) });

describe("the name of staged bytes", () => {
  it.each([
    "a",
    "dir/a",
    "dir/",
    "x.sms-staging/00000000-0000-4000-8000-00000000000f",
    "日本/語",
    "x".repeat(240),
    "d/".repeat(400) + "a",
  ])("tells the key: %s", (key) => {
    const staging = stagingKeyFor(key, uuid);
    expect(staging.startsWith(stagingPrefixFor(key))).toBe(true);
    expect(parseStagingKey(staging)).toEqual({ target: key, isDirectory: false });
    expect(parseStagingKey(stagingPrefixFor(key))).toEqual({ target: key, isDirectory: true });
  });

  it.each(["x".repeat(250), "é".repeat(500), "d/".repeat(500) + "a", "x".repeat(1024)])(
    "of a key without room for it is a valid key: %#",
    (key) => {
      const staging = stagingKeyFor(key, uuid);
      expect(Buffer.byteLength(staging)).toBeLessThanOrEqual(1024);
      expect(staging.startsWith(stagingPrefixFor(key))).toBe(true);
      expect(stagingKeyFor(`${key.slice(0, -1)}b`, uuid)).not.toBe(staging);
      expect(parseStagingKey(staging)).toEqual({ target: undefined, isDirectory: false });
    },
  );

  it.each([
    "a",
    "a.sms-staging",
    "a.sms-staging/b/c",
    "sms-staging/a",
    "a.sms-staging/notes.txt",
    ".sms-staging/notes.txt",
  ])("is no other key: %s", (key) => expect(parseStagingKey(key)).toBeUndefined());
});

describe("recovery", () => {
  it("gives a key that holds nothing its newest bytes, with headers and tags", async () => {
    const store = new MemoryStore({ overwrite: "no" });
    const tags = { run: "7" };
    store.set("a.sms-staging/00000000-0000-4000-8000-000000000001", "older", {}, daysAgo(2));
    store.set(
      "a.sms-staging/00000000-0000-4000-8000-000000000002",
      "newer",
      { contentType: "text/x", tags },
      daysAgo(1),
    );
    const found = await recoverReplacements(store.asStore());
    expect(found.map(({ stagingKey, action }) => [stagingKey, action])).toEqual([
      ["a.sms-staging/00000000-0000-4000-8000-000000000002", "finished"],
      ["a.sms-staging/00000000-0000-4000-8000-000000000001", "removed"],
    ]);
    expect([...store.objects.keys()]).toEqual(["a"]);
    expect(store.text("a")).toBe("newer");
    expect(store.objects.get("a")).toMatchObject({ headers: { contentType: "text/x" }, tags });
  });

  it("leaves what is young, foreign or below another prefix, and touches nothing in a dry run", async () => {
    const store = new MemoryStore({ overwrite: "no" });
    store.set(
      "p/young.sms-staging/00000000-0000-4000-8000-000000000001",
      "x",
      {},
      { lastModified: new Date() },
    );
    store.set("p/old.sms-staging/00000000-0000-4000-8000-000000000001", "x", {}, daysAgo(1));
    store.set(stagingKeyFor("x".repeat(1024), uuid), "x", {}, daysAgo(1));
    store.set("q/old.sms-staging/00000000-0000-4000-8000-000000000001", "x", {}, daysAgo(1));
    const before = [...store.objects.keys()];
    const dry = await recoverReplacements(store.asStore(), { prefix: "p/", dryRun: true });
    expect([...store.objects.keys()]).toEqual(before);
    expect(dry.map(({ key, action }) => [key, action])).toEqual([
      ["p/young", "left"],
      ["p/old", "finished"],
    ]);
    const done = await recoverReplacements(store.asStore(), { olderThanMs: 60_000 });
    const left = done.filter(({ action }) => action === "left");
    expect(left.map(({ key }) => key)).toEqual(["p/young", undefined]);
    expect(store.text("p/old")).toBe("x");
    expect(store.text("q/old")).toBe("x");
  });

  it("keeps the staged bytes when the key was taken by another writer meanwhile", async () => {
    const store = new MemoryStore({ overwrite: "no" });
    store.set("a.sms-staging/00000000-0000-4000-8000-000000000001", "staged", {}, daysAgo(1));
    store.fault = (operation, key) => {
      if (operation !== "CopyObject") return;
      store.set(key, "another's");
      throw failure("PermissionDenied", { status: 403 });
    };
    await expect(recoverReplacements(store.asStore())).rejects.toMatchObject({
      code: "PermissionDenied",
    });
    expect(store.text("a")).toBe("another's");
    expect(store.text("a.sms-staging/00000000-0000-4000-8000-000000000001")).toBe("staged");
  });
});

describe("a replacement", () => {
  it("takes away what dead writers left beside its key, and no young bytes", async () => {
    const store = new MemoryStore({ overwrite: "no" });
    store.set("a", "old");
    // Not ours, whatever their directory is called.
    const strangers = ["a.sms-staging/notes.txt", "a.sms-staging/sub/deep.txt"];
    for (const key of strangers) store.set(key, "x", {}, daysAgo(1));
    store.set("a.sms-staging/00000000-0000-4000-8000-00000000000d", "x", {}, daysAgo(1));
    store.set(
      "a.sms-staging/00000000-0000-4000-8000-00000000000e",
      "x",
      {},
      { lastModified: new Date() },
    );
    store.fault = (operation, key) => {
      if (["PutObject", "CopyObject"].includes(operation) && store.objects.has(key)) {
        throw failure("PermissionDenied", { status: 403 });
      }
    };
    await uploadBytes(transferContext(store.asStore()), "new", "a");
    expect([...store.objects.keys()].toSorted()).toEqual([
      "a",
      "a.sms-staging/00000000-0000-4000-8000-00000000000e",
      ...strangers,
    ]);
  });

  it("knows its own copy when only the answer was lost", async () => {
    const store = new MemoryStore({ overwrite: "no" });
    store.withChecksum = false;
    store.set("a", "old");
    let lost = false;
    store.fault = (operation, key) => {
      const isWrite = operation === "PutObject" || operation === "CopyObject";
      if (isWrite && store.objects.has(key)) throw failure("PermissionDenied", { status: 403 });
      if (operation !== "CopyObject" || lost) return;
      lost = true;
      store.set(key, "new");
      throw failure("PermissionDenied", { status: 403 });
    };
    const context = transferContext(store.asStore());
    await expect(uploadBytes(context, "new", "a")).resolves.toMatchObject({ key: "a" });
    expect([...store.objects.keys()]).toEqual(["a"]);
  });

  it("leaves the object of a writer that was quicker, and says so", async () => {
    const store = new MemoryStore({ overwrite: "no" });
    store.set("a", "old");
    store.fault = (operation, key) => {
      if (operation === "CopyObject") store.set("a", "quicker");
      const isWrite = operation === "PutObject" || operation === "CopyObject";
      if (isWrite && store.objects.has(key)) throw failure("PermissionDenied", { status: 403 });
    };
    const upload = uploadBytes(transferContext(store.asStore()), "slower", "a");
    await expect(upload).rejects.toMatchObject({ code: "Conflict", retryable: true });
    expect([...store.objects.keys()]).toEqual(["a"]);
    expect(store.text("a")).toBe("quicker");
  });

  it("says so when a deletion took its new bytes along", async () => {
    const store = new MemoryStore({ overwrite: "no" });
    store.set("a", "old");
    store.fault = (operation, key) => {
      if (operation === "PutObject" && store.objects.has(key)) {
        throw failure("PermissionDenied", { status: 403 });
      }
      if (operation === "CopyObject") store.objects.clear();
    };
    const upload = uploadBytes(transferContext(store.asStore()), "new", "a");
    await expect(upload).rejects.toMatchObject({
      code: "Conflict",
      outcome: "applied",
      message: expect.stringContaining("was deleted meanwhile") as string,
      remedy: expect.stringContaining("Write it again") as string,
    });
  });

  it("deletes only the object that it has seen where the store can tell", async () => {
    const store = new MemoryStore({ overwrite: "no", conditionalDeletes: "yes" });
    store.set("a", "old");
    const { etag } = await store.headObject("a");
    store.fault = (operation, key) => {
      if (operation === "PutObject" && store.objects.has(key)) {
        throw failure("PermissionDenied", { status: 403 });
      }
    };
    await uploadBytes(transferContext(store.asStore()), "new", "a");
    expect(store.deletes[0]).toMatchObject({ ifMatch: etag });
  });

  it("is finished once the old object is deleted, though its caller stops it", async () => {
    const store = new MemoryStore({ overwrite: "no" });
    store.set("a", "old");
    const controller = new AbortController();
    store.fault = (operation, key) => {
      if (operation === "PutObject" && store.objects.has(key)) {
        throw failure("PermissionDenied", { status: 403 });
      }
      if (operation === "DeleteObject") controller.abort();
    };
    const { signal } = controller;
    await uploadBytes(transferContext(store.asStore()), "new", "a", { signal });
    expect(store.text("a")).toBe("new");
    expect([...store.objects.keys()]).toEqual(["a"]);
  });
});
