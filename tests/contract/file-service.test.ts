import { createDigest } from "../../src/client/create-digest.ts";
import { createFileService } from "../../src/files/create-file-service.ts";
import { startTestServer } from "../../src/testing/start-test-server.ts";
import { fileServiceContract } from "./file-service.contract.ts";

fileServiceContract("the embedded server", async () => {
  const server = await startTestServer();
  const store = server.store();
  const service = createFileService(store, { createDigest });
  const close = async (): Promise<void> => {
    await service.close();
    await server.close();
  };
  return { service, store, close };
});
