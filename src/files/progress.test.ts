import { beforeEach, expect, it } from "vitest";
import { MemoryStore } from "../transfer/testing-fixtures/memory-store.ts";
import { createFileService } from "./create-file-service.ts";
import type { FileService } from "./file-service.ts";

let store: MemoryStore;
let files: FileService;
let told: unknown[];
const onProgress = (progress: unknown): unknown => told.push(progress);

beforeEach(() => {
  store = new MemoryStore();
  files = createFileService(store.asStore());
  told = [];
});

it("is told of a whole object that is read", async () => {
  store.set("a", "0123456789");
  store.bodyOf = async function* (bytes) {
    for (let at = 0; at < bytes.length; at += 4) yield bytes.subarray(at, at + 4);
  };
  await files.getFileContents("a", { onProgress });
  const counts = [4, 8, 10].map((doneBytes) => ({ doneBytes, totalBytes: 10 }));
  expect(told).toEqual(counts);
});

it("is told of a copy and a move", async () => {
  store.set("a", "0123456789");
  await files.copy("a", "b", { onProgress });
  await files.move("b", "c", { onProgress });
  expect(told).toEqual([
    { doneBytes: 10, totalBytes: 10 },
    { doneBytes: 10, totalBytes: 10 },
  ]);
});

it("is told of files that are deleted, each once", async () => {
  const keys = Array.from({ length: 2500 }, (_, index) => `k${index}`);
  for (const key of keys) store.set(key, "x");
  await files.deleteMany([...keys, "k1"], { onProgress });
  expect(told).toHaveLength(3);
  expect(told.at(-1)).toEqual({ done: 2500, total: 2500 });
});
