import { createDigest } from "../../src/client/create-digest.ts";
import { createS3Store } from "../../src/client/create-s3-store.ts";
import type { Dialect } from "../../src/client/dialects/dialect.ts";
import { awsDialect } from "../../src/client/dialects/aws.ts";
import { qumuloDialect } from "../../src/client/dialects/qumulo.ts";
import { s3Dialect } from "../../src/client/dialects/s3.ts";
import { createFileService } from "../../src/files/create-file-service.ts";
import { startTestServer } from "../../src/testing/start-test-server.ts";
import { fileServiceContract, type OpenedService } from "./file-service.contract.ts";

async function openEmbedded(dialect: Dialect): Promise<OpenedService> {
  const server = await startTestServer();
  const { endpoint, region, bucket, credentials } = server;
  const store = createS3Store({
    endpoint,
    region,
    bucket,
    dialect,
    credentials: () => Promise.resolve(credentials),
  });
  const service = createFileService(store, { createDigest });
  const close = async (): Promise<void> => {
    await service.close();
    await server.close();
  };
  return { service, store, close };
}

fileServiceContract("the embedded server", () => openEmbedded(s3Dialect));
fileServiceContract("the embedded server as AWS", () => openEmbedded(awsDialect));
// What Qumulo itself does differently is for its own personality; this is our side of it.
fileServiceContract("the embedded server as Qumulo", () => openEmbedded(qumuloDialect));
