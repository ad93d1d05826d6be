import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { createDigest } from "../../src/client/create-digest.ts";
import type { ObjectStore } from "../../src/core/object-store.ts";
import { createFileService } from "../../src/files/create-file-service.ts";
import type { ContractSubject } from "../../src/testing/contract/contract-case.ts";
import { startTestServer } from "../../src/testing/start-test-server.ts";
import { createMemoryStore } from "../../src/testing/stores/create-memory-store.ts";
import { cacheReads } from "../../src/wrappers/cache-reads.ts";
import { injectFaults } from "../../src/wrappers/inject-faults.ts";
import { limitConcurrency } from "../../src/wrappers/limit-concurrency.ts";
import { observe } from "../../src/wrappers/observe.ts";
import { readOnly } from "../../src/wrappers/read-only.ts";
import { traceCalls } from "../../src/wrappers/trace-calls.ts";
import { withPrefix } from "../../src/wrappers/with-prefix.ts";
import { fileServiceContract } from "./with-vitest.ts";

type Wrap = (store: ObjectStore, folder: string) => ObjectStore;

/** The contract on a bucket in memory with versions, through a wrapper. */
async function open(wrap: Wrap): Promise<ContractSubject> {
  const folder = await mkdtemp(join(tmpdir(), "sms-wrapper-"));
  const store = wrap(createMemoryStore({ versioned: true }), folder);
  const service = createFileService(store, { createDigest });
  const close = async (): Promise<void> => {
    await service.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { service, store, close };
}

fileServiceContract("limitConcurrency", () => open((store) => limitConcurrency(store, 2)));
fileServiceContract("withPrefix", () => open((store) => withPrefix(store, "team/a")));
fileServiceContract("readOnly", () => open(readOnly));
fileServiceContract("cacheReads", () =>
  open((store, folder) => cacheReads(store, { folder: join(folder, "cache") })),
);
fileServiceContract("observe", () => open((store) => observe(store, { ended: () => undefined })));
fileServiceContract("traceCalls", () =>
  open((store) => traceCalls(store, { tracer: new BasicTracerProvider().getTracer("test") })),
);
fileServiceContract("injectFaults, with delays and torn bodies", () =>
  open((store) =>
    injectFaults(store, [
      { fault: "delay", rate: 0.05, ms: 1 },
      { fault: "reset-body", rate: 0.2, afterBytes: 1000 },
    ]),
  ),
);

async function openAll(): Promise<ContractSubject> {
  const server = await startTestServer();
  const folder = await mkdtemp(join(tmpdir(), "sms-wrappers-"));
  const below = withPrefix(limitConcurrency(server.store(), 4), "team/a/");
  const store = observe(cacheReads(below, { folder }), { ended: () => undefined });
  const service = createFileService(store, { createDigest });
  const close = async (): Promise<void> => {
    await service.close();
    await server.close();
    await rm(folder, { recursive: true });
  };
  return { service, store, close };
}

fileServiceContract("all wrappers together, on the embedded server", openAll);
