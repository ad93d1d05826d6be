import { expect, it } from "vitest";
import { failure, MemoryStore } from "../transfer/testing-fixtures/memory-store.ts";
import { createFileService } from "./create-file-service.ts";
import { zarrStore } from "./zarr-store.ts";

const store = new MemoryStore();
store.set("exp/a.zarr/zarr.json", "{}");
store.set("exp/a.zarr/c/0/0", "0123456789");
const files = createFileService(store.asStore());

it.each(["exp/a.zarr", "exp/a.zarr/"])("reads what is below %s", async (path) => {
  const zarr = zarrStore(files, path);
  expect(Buffer.from((await zarr.get("/zarr.json")) ?? []).toString()).toBe("{}");
  const range = { offset: 2, length: 3 };
  expect(Buffer.from((await zarr.getRange("/c/0/0", range)) ?? []).toString()).toBe("234");
});

it("has no chunk where there is none, and says so where it may not look", async () => {
  const zarr = zarrStore(files, "exp/a.zarr");
  expect(await zarr.get("/c/0/1")).toBeUndefined();
  expect(await zarr.getRange("/c/0/1", { offset: 0, length: 1 })).toBeUndefined();
  store.fault = (operation) => {
    if (operation === "GetObject") throw failure("PermissionDenied");
  };
  await expect(zarr.get("/zarr.json")).rejects.toMatchObject({ code: "PermissionDenied" });
  await expect(zarr.getRange("/c/0/0", { offset: 0, length: 1 })).rejects.toMatchObject({
    code: "PermissionDenied",
  });
  store.fault = () => undefined;
});

it.each([
  [{ suffixLength: 4 }, { suffixLength: 4 }],
  [
    { offset: 3, length: 4 },
    { first: 3, last: 6 },
  ],
])("asks for %j of a shard, and no more", async (range, asked) => {
  const ranges: unknown[] = [];
  const zarr = zarrStore(
    {
      getFileContents: () => Promise.resolve(null),
      read: (path, options) => {
        ranges.push(options?.range);
        return files.read(path);
      },
    },
    "exp/a.zarr",
  );
  await zarr.getRange("/c/0/0", range);
  expect(ranges).toEqual([asked]);
});

it("takes a bucket that is not there for no chunk that was never written", async () => {
  const zarr = zarrStore(files, "exp/a.zarr");
  store.fault = (operation) => {
    if (operation === "GetObject") throw failure("NotFound", { s3Code: "NoSuchBucket" });
  };
  const missing = { code: "NotFound", s3Code: "NoSuchBucket" };
  await expect(zarr.getRange("/c/0/1", { offset: 0, length: 1 })).rejects.toMatchObject(missing);
  await expect(zarr.get("/c/0/1")).rejects.toMatchObject(missing);
  store.fault = () => undefined;
});

it("stops with the signal of the reader, whose other options mean nothing here", async () => {
  const zarr = zarrStore(files, "exp/a.zarr");
  const options = { signal: AbortSignal.abort(), cache: "no-store" };
  const range = { offset: 0, length: 1 };
  await expect(zarr.get("/c/0/0", options)).rejects.toMatchObject({ code: "Aborted" });
  await expect(zarr.getRange("/c/0/0", range, options)).rejects.toMatchObject({ code: "Aborted" });
});

it("of the whole bucket has keys as they are", async () => {
  const zarr = zarrStore(files, "");
  expect(await zarr.get("/exp/a.zarr/zarr.json")).toBeDefined();
});
