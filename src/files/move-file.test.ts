import { expect, it } from "vitest";
import { StorageError } from "../core/errors.ts";
import { MemoryStore } from "../transfer/testing-fixtures/memory-store.ts";
import { createFileService } from "./create-file-service.ts";

function open() {
  const store = new MemoryStore();
  store.set("a", "old");
  return { store, service: createFileService(store.asStore()) };
}

const textOf = (store: MemoryStore, key: string) => store.objects.get(key)?.bytes.toString();

it.each(["CopyObject", "HeadObject", "DeleteObject"])(
  "loses nothing when %s fails",
  async (failing) => {
    const { store, service } = open();
    store.fault = (operation) => {
      if (operation === failing) throw new StorageError("Unavailable", "out of order");
    };
    await expect(service.move("a", "b")).rejects.toMatchObject({ code: "Unavailable" });
    expect(textOf(store, "a")).toBe("old");
    expect([undefined, "old"]).toContain(textOf(store, "b"));
  },
);

it("says that both are there when the first cannot be deleted", async () => {
  const { store, service } = open();
  store.fault = (operation) => {
    if (operation === "DeleteObject") throw new StorageError("PermissionDenied", "Access Denied");
  };
  await expect(service.move("a", "b")).rejects.toMatchObject({
    code: "PermissionDenied",
    operation: "move",
    outcome: "applied",
    message: "move: b was written, but a could not be deleted, so both are there: Access Denied",
  });
  expect(textOf(store, "b")).toBe("old");
});

it("keeps what was written to the source meanwhile", async () => {
  const { store, service } = open();
  store.fault = (operation, key) => {
    if (operation === "HeadObject" && key === "b") store.set("a", "newer");
  };
  await expect(service.move("a", "b")).rejects.toMatchObject({ code: "Conflict" });
  expect(textOf(store, "a")).toBe("newer");
  expect(textOf(store, "b")).toBe("old");
});
