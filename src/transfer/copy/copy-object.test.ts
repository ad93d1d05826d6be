import { beforeEach, describe, expect, it } from "vitest";
import { s3Limits } from "../../core/limits.ts";
import { failure, MemoryStore } from "../testing-fixtures/memory-store.ts";
import { transferContext } from "../transfer-context.ts";
import type { CopyFileOptions } from "../transfer-options.ts";
import { copyObject } from "./copy-object.ts";

const stored = {
  contentType: "text/csv",
  cacheControl: "no-cache",
  metadata: { mtime: "1700000000.5", run: "7" },
  storageClass: "STANDARD_IA",
  tags: { project: "x", empty: "" },
};
let store: MemoryStore;

beforeEach(() => {
  store = new MemoryStore();
  store.set("a", "once", stored);
});

const copy = (from: string, to: string, options?: CopyFileOptions) =>
  copyObject(transferContext(store.asStore()), from, to, options);
const said = (key: string) => {
  const { headers, tags } = store.objects.get(key) ?? {};
  return { ...headers, tags };
};

describe("copyObject", () => {
  it("looks for the target itself where conditions of copies may count for nothing", async () => {
    store = new MemoryStore({ conditionalWrites: "unknown" });
    store.set("a", "new", stored);
    store.set("b", "old");
    await expect(copy("a", "b", { ifAbsent: true })).rejects.toMatchObject({
      code: "AlreadyExists",
      key: "b",
    });
    expect(store.copies).toEqual([]);
    await copy("a", "c", { ifAbsent: true });
    expect(store.objects.has("c")).toBe(true);
  });

  it("keeps headers, metadata, tags and storage class, and lets the store take them over", async () => {
    await copy("a", "b");
    expect(said("b")).toEqual(stored);
    expect(store.copies[0]?.metadataDirective).toBeUndefined();
  });

  it("changes what it is told and keeps the rest", async () => {
    const metadata = { run: "8", more: "1" };
    await copy("a", "b", { contentType: "text/plain", metadata });
    expect(said("b")).toEqual({
      ...stored,
      contentType: "text/plain",
      metadata: { ...stored.metadata, ...metadata },
    });
    await copy("a", "c", { tags: { other: "y" }, storageClass: "STANDARD" });
    expect(said("c")).toEqual({ ...stored, tags: { other: "y" }, storageClass: "STANDARD" });
    expect(store.copies[1]?.metadataDirective).toBeUndefined();
  });

  it("writes all headers anew onto the object itself, where S3 takes no copy that changes none", async () => {
    await copy("a", "a", { tags: { other: "y" } });
    expect(said("a")).toEqual({ ...stored, tags: { other: "y" } });
    expect(store.copies[0]).toMatchObject({ metadataDirective: "REPLACE", ...stored, tags: {} });
  });

  it("asks for no class that a store has by itself", async () => {
    store.set("a", "once", { storageClass: "EXPRESS_ONEZONE" });
    await copy("a", "b");
    expect(said("b")).toEqual({ tags: {} });
  });
});

it("asks for nothing that the listing told, unless headers are written anew", async () => {
  const listed = { sizeBytes: 4, lastModified: new Date(0), storageClass: "STANDARD_IA" };
  const known = { ...listed, etag: store.objects.get("a")?.etag ?? "" };
  const context = transferContext(store.asStore());
  expect(await copyObject(context, "a", "b", {}, known)).toMatchObject({ sizeBytes: 4 });
  expect(store.log).toEqual(["CopyObject b"]);
  expect(said("b")).toEqual(stored);
  await copyObject(context, "a", "c", { cacheControl: "max-age=1" }, known);
  expect(store.log).toContain("HeadObject a");
  expect(said("c")).toEqual({ ...stored, cacheControl: "max-age=1" });
});

it("copies no other object than the one that it looked at", async () => {
  store.fault = (operation) => {
    if (operation === "CopyObject") store.set("a", "of somebody else");
  };
  await expect(copy("a", "b")).rejects.toMatchObject({ code: "PreconditionFailed" });
  expect(store.text("b")).toBeUndefined();
});

describe("copyObject above 5 GiB", () => {
  const manyBytes = s3Limits.singleCopyBytes + 1;

  it("keeps and changes the same as below", async () => {
    store.set("a", "once", stored, { sizeBytes: manyBytes });
    await copy("a", "b");
    expect(said("b")).toEqual(stored);
    expect(store.text("b")).toBe("once");
    await copy("a", "c", { cacheControl: "max-age=60", tags: {} });
    expect(said("c")).toEqual({ ...stored, cacheControl: "max-age=60", tags: {} });
    expect(store.log.filter((call) => call.startsWith("GetObjectTagging"))).toHaveLength(1);
  });

  it("copies without tags where the store has none, and not at all where it may not read them", async () => {
    store.set("a", "once", stored, { sizeBytes: manyBytes });
    store.fault = (operation) => {
      if (operation === "GetObjectTagging") throw failure("NotSupported");
    };
    await copy("a", "b");
    expect(said("b")).toMatchObject({ tags: {}, metadata: stored.metadata });
    store.fault = (operation) => {
      if (operation === "GetObjectTagging") throw failure("PermissionDenied");
    };
    await expect(copy("a", "c")).rejects.toMatchObject({ code: "PermissionDenied" });
    expect(store.text("c")).toBeUndefined();
  });
});

it("proves a copy in parts by the source's checksum where that is of all bytes", async () => {
  const many = { sizeBytes: s3Limits.singleCopyBytes + 1 };
  const crc = { algorithm: "CRC64NVME", type: "FULL_OBJECT", value: "abc" } as const;
  store.set("a", "once", {}, { ...many, checksum: crc });
  await copy("a", "b");
  store.set("a", "once", {}, { ...many, checksum: { ...crc, algorithm: "SHA256" } });
  await copy("a", "c");
  const [first, second] = [...store.stored.values()];
  expect(first).toMatchObject({ checksumAlgorithm: "CRC64NVME", checksumType: "FULL_OBJECT" });
  // In parts, S3 makes digests of digests alone.
  expect(second).toMatchObject({ checksumAlgorithm: "SHA256", checksumType: "COMPOSITE" });
  expect(store.completions).toEqual([
    expect.objectContaining({ checksum: crc }),
    expect.not.objectContaining({ checksum: expect.anything() }),
  ]);
});

describe("the encryption of a copy onto itself", () => {
  it("stays what it is unless another is asked for", async () => {
    store.set("a", "once", {}, { encryption: "aws:kms", kmsKeyId: "key-1" });
    await copy("a", "b");
    await copy("a", "a", { cacheControl: "x" });
    store.set("a", "once", {}, { encryption: "aws:kms", kmsKeyId: "key-1" });
    await copy("a", "a", { sse: "AES256" });
    expect(store.copies.map(({ encryption }) => encryption)).toEqual([
      "AES256",
      { kmsKeyId: "key-1" },
      "AES256",
    ]);
  });

  it("is refused where it cannot be asked for again", async () => {
    store.set("a", "once", {}, { encryption: "aws:kms:dsse" });
    await expect(copy("a", "a", { cacheControl: "x" })).rejects.toMatchObject({
      code: "NotSupported",
    });
  });
});
