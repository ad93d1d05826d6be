import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDigest } from "../../src/client/create-digest.ts";
import { createS3Store } from "../../src/client/create-s3-store.ts";
import type { Dialect } from "../../src/client/dialects/dialect.ts";
import { awsDialect } from "../../src/client/dialects/aws.ts";
import { qumuloDialect } from "../../src/client/dialects/qumulo.ts";
import { s3Dialect } from "../../src/client/dialects/s3.ts";
import { openBucketAdmin } from "../../src/open/open-bucket-admin.ts";
import { resolveSettings } from "../../src/settings/resolve-settings.ts";
import { createFileService } from "../../src/files/create-file-service.ts";
import { createDirectoryStore } from "../../src/testing/stores/create-directory-store.ts";
import { createMemoryStore } from "../../src/testing/stores/create-memory-store.ts";
import { startTestServer, type TestServer } from "../../src/testing/start-test-server.ts";
import type { ContractSubject } from "../../src/testing/contract/contract-case.ts";
import { fileServiceContract } from "./with-vitest.ts";

interface ServerWish {
  readonly personality?: string;
  readonly versioned?: boolean;
}

async function openEmbedded(
  dialect: Dialect,
  { personality = "aws", versioned = false }: ServerWish = {},
): Promise<ContractSubject> {
  const server = await startTestServer({ personality });
  if (versioned) await keepVersions(server);
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

async function keepVersions(server: TestServer): Promise<void> {
  const { settings } = resolveSettings({ flags: {}, environment: server.env });
  const { admin } = await openBucketAdmin(settings, { expectedBucketOwner: server.accountId });
  await admin.put(server.bucket, "versioning", "Enabled");
  admin.close();
}

fileServiceContract("the embedded server", () => openEmbedded(s3Dialect));
fileServiceContract("the embedded server as AWS, with versions", () =>
  openEmbedded(awsDialect, { versioned: true }),
);
// Our side of Qumulo, on a store that does everything.
fileServiceContract("the embedded server as Qumulo", () => openEmbedded(qumuloDialect));

// As a probe has found it.
const probedQumulo: Dialect = {
  ...qumuloDialect,
  overwrite: { value: "no", evidence: "probed" },
  conditionalWrites: { value: "no", evidence: "probed" },
  conditionalDeletes: { value: "no", evidence: "probed" },
  userMetadata: { value: "yes", evidence: "probed" },
};
const etagOfThreeParts = /^"-[\w-]{22}"$/;

fileServiceContract(
  "the embedded server playing Qumulo",
  () => openEmbedded(qumuloDialect, { personality: "qumulo" }),
  { etagOfThreeParts },
);
fileServiceContract(
  "the embedded server playing Qumulo, probed",
  () => openEmbedded(probedQumulo, { personality: "qumulo" }),
  { etagOfThreeParts },
);
fileServiceContract(
  "the embedded server playing Qumulo of before 6.3",
  () => openEmbedded(qumuloDialect, { personality: "qumulo@6.2" }),
  { etagOfThreeParts },
);

function openMemory(versioned: boolean): Promise<ContractSubject> {
  const store = createMemoryStore({ versioned });
  const service = createFileService(store, { createDigest });
  return Promise.resolve({ service, store, close: () => service.close() });
}

fileServiceContract("a bucket in memory", () => openMemory(false));
fileServiceContract("a bucket in memory with versions", () => openMemory(true));

async function openDirectory(): Promise<ContractSubject> {
  const folder = await mkdtemp(join(tmpdir(), "sms-directory-"));
  const store = createDirectoryStore(folder, { flush: false });
  const service = createFileService(store, { createDigest });
  const close = async (): Promise<void> => {
    await service.close();
    await rm(folder, { recursive: true });
  };
  return { service, store, close };
}

fileServiceContract("a folder", openDirectory);
