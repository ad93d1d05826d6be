import { expect, it } from "vitest";
import { MemoryStore } from "../transfer/testing-fixtures/memory-store.ts";
import { createFileService } from "./create-file-service.ts";

it("of another method is no option of a link", async () => {
  const service = createFileService(new MemoryStore().asStore());
  for (const [options, words] of [
    [{ method: "PUT", versionId: "v" }, "versionId has no effect on a link for PUT"],
    [{ method: "PUT", answer: {} }, "answer has no effect on a link for PUT"],
    [{ contentType: "text/plain" }, "contentType has no effect on a link for GET"],
    [{ method: "HEAD", contentType: "text/plain" }, "contentType has no effect on a link for HEAD"],
    [{ method: "DELETE", answer: {} }, "answer has no effect on a link for DELETE"],
    [{ method: "DELETE", contentType: "a/b" }, "contentType has no effect on a link for DELETE"],
  ] as const) {
    await expect(service.signedUrl("a", options)).rejects.toMatchObject({
      code: "InvalidArgument",
      message: `signedUrl: the option ${words}.`,
    });
  }
});
