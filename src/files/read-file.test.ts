import { expect, it } from "vitest";
import type { ObjectStore } from "../core/object-store.ts";
import { MemoryStore } from "../transfer/testing-fixtures/memory-store.ts";
import { createFileService } from "./create-file-service.ts";

/** A store that counts bodies which are read to their end or left. */
function watched() {
  const memory = new MemoryStore();
  memory.set("a", "contents");
  const store = memory.asStore();
  const read = store.getObject.bind(store);
  const seen = { over: 0 };
  const getObject: ObjectStore["getObject"] = async (...args) => {
    const result = await read(...args);
    const body = {
      [Symbol.asyncIterator]: () => {
        const chunks = result.body[Symbol.asyncIterator]();
        return {
          next: () => chunks.next(),
          return: async () => {
            seen.over += 1;
            await chunks.return?.();
            return { done: true as const, value: undefined };
          },
        };
      },
    };
    return { ...result, body };
  };
  return { service: createFileService(Object.assign(store, { getObject })), seen };
}

it.each([
  ["", {}],
  [", whose progress is told", { onProgress: () => undefined }],
])("leaves the store's body when its own is left before the first chunk%s", async (_, options) => {
  const { service, seen } = watched();
  await (await service.read("a", options)).body[Symbol.asyncIterator]().return?.();
  expect(seen.over).toBe(1);
  await (await service.read("a", options)).stream().cancel();
  expect(seen.over).toBe(2);
});
