import { expect, it } from "vitest";
import { failure, MemoryStore } from "../testing-fixtures/memory-store.ts";
import { neededHead } from "./explained-head.ts";

/** A HEAD says 404 and no more; what a GET says is given. */
function storeWhoseGetSays(said: Error) {
  const store = new MemoryStore();
  store.fault = (operation) => {
    if (operation === "HeadObject") throw failure("NotFound", { key: "a", status: 404 });
    if (operation === "GetObject") throw said;
  };
  return store;
}

it("says that the bucket is missing, where that is what a 404 means", async () => {
  const noBucket = failure("NotFound", { s3Code: "NoSuchBucket", status: 404 });
  const store = storeWhoseGetSays(noBucket);
  await expect(neededHead(store.asStore(), "a")).rejects.toBe(noBucket);
});

it.each([
  ["the key", failure("NotFound", { s3Code: "NoSuchKey", status: 404 })],
  ["nothing, since it may not be read", failure("PermissionDenied", { status: 403 })],
])("keeps to the 404 where a GET tells of %s", async (_what, said) => {
  const store = storeWhoseGetSays(said);
  await expect(neededHead(store.asStore(), "a")).rejects.toMatchObject({
    code: "NotFound",
    status: 404,
  });
});
