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

it("of the whole bucket has keys as they are", async () => {
  const zarr = zarrStore(files, "");
  expect(await zarr.get("/exp/a.zarr/zarr.json")).toBeDefined();
});
