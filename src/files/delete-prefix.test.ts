import { expect, it } from "vitest";
import { MemoryStore } from "../transfer/testing-fixtures/memory-store.ts";
import { createFileService } from "./create-file-service.ts";

function filled(count: number): MemoryStore {
  const store = new MemoryStore();
  for (let n = 0; n < count; n += 1) store.set(`d/${String(n).padStart(5, "0")}`, "x");
  store.set("d2", "x");
  return store;
}

it("tells what could not be deleted, by file", async () => {
  const store = filled(3);
  store.fault = (operation) => {
    if (operation === "DeleteObjects") throw new Error("no connection");
  };
  const service = createFileService(store.asStore());
  await expect(service.deletePrefix("d")).rejects.toMatchObject({ code: "Unknown" });
  expect(store.objects.size).toBe(4);
});

it("deletes by the thousand, what was there when it began", async () => {
  const store = filled(2345);
  let deletes = 0;
  store.fault = (operation) => {
    if (operation !== "DeleteObjects") return;
    deletes += 1;
    store.set(`d/late-${deletes}`, "x");
  };
  const service = createFileService(store.asStore());
  const done: number[] = [];
  const result = await service.deletePrefix("d", {
    onProgress: (progress) => void done.push(progress.done),
  });
  expect(result).toMatchObject({ objects: 2345, bytes: 2345, deleted: 2345, failed: 0 });
  expect(done.at(-1)).toBe(2345);
  expect([...store.objects.keys()].toSorted()).toEqual(["d/late-1", "d/late-2", "d/late-3", "d2"]);
});

it("does not list all of what is too much", async () => {
  const store = filled(2500);
  const service = createFileService(store.asStore());
  const refused = service.deletePrefix("d", { maxObjects: 10 });
  await expect(refused).rejects.toMatchObject({ code: "InvalidArgument" });
  // One more is asked for ahead.
  expect(store.log.filter((line) => line.startsWith("ListObjects")).length).toBeLessThan(3);
  expect(store.objects.size).toBe(2501);
});

it("is stopped by its signal before anything is deleted", async () => {
  const store = filled(3);
  const controller = new AbortController();
  const service = createFileService(store.asStore());
  const stopped = service.deletePrefix("d", {
    signal: controller.signal,
    confirm: () => {
      controller.abort();
      return true;
    },
  });
  await expect(stopped).rejects.toMatchObject({ code: "Aborted" });
  expect(store.objects.size).toBe(4);
});

it.each(["yes", 1, {}, undefined, null, "false"])(
  "takes %j for no confirmation",
  async (answer) => {
    const store = filled(3);
    const service = createFileService(store.asStore());
    const asked = service.deletePrefix("d", { confirm: () => answer as never });
    await expect(asked).rejects.toMatchObject({
      code: "InvalidArgument",
      message: expect.stringContaining("the answer of confirm must be true or false") as unknown,
    });
    expect(store.objects.size).toBe(4);
  },
);
