import { expect, it } from "vitest";
import { createFileService } from "./create-file-service.ts";
import { failure, MemoryStore } from "../transfer/testing-fixtures/memory-store.ts";

/** As S3 answers an expired token: by a name, but not to a HEAD. */
function storeWithExpiredToken(): MemoryStore {
  const store = new MemoryStore();
  store.fault = (operation) => {
    if (operation === "HeadObject") throw failure("InvalidArgument", { status: 400 });
    throw failure("Unauthenticated", { status: 400, s3Code: "ExpiredToken" });
  };
  return store;
}

it("a bare 400 of a HEAD is explained by a GET", async () => {
  const service = createFileService(storeWithExpiredToken().asStore());
  for (const ask of [service.stat("a"), service.exists("a"), service.getModifiedDate("a")]) {
    await expect(ask).rejects.toMatchObject({ code: "Unauthenticated", s3Code: "ExpiredToken" });
  }
});

it("stays what it is when the GET has nothing to object to", async () => {
  const store = new MemoryStore();
  const service = createFileService(store.asStore());
  await service.uploadBytes("x", "a");
  store.fault = (operation) => {
    if (operation === "HeadObject") throw failure("InvalidArgument", { status: 400 });
  };
  await expect(service.stat("a")).rejects.toMatchObject({ code: "InvalidArgument", status: 400 });
});
