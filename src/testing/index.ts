export { injectFaults } from "../wrappers/inject-faults.ts";
export type { InjectFaultsOptions, StoreFault, StoreFaultRule } from "../wrappers/inject-faults.ts";
export { createDirectoryStore } from "./stores/create-directory-store.ts";
export type { DirectoryStoreOptions } from "./stores/create-directory-store.ts";
export { createMemoryStore } from "./stores/create-memory-store.ts";
export type { MemoryStoreOptions } from "./stores/create-memory-store.ts";
export { startTestServer } from "./start-test-server.ts";
export type { StoreCall } from "../wrappers/around-calls.ts";
export type { CallName } from "../server/faults/fault-kinds.ts";
export type { OtherServiceName } from "../server/other-services.ts";
export type { S3OperationName } from "../protocol/operations.ts";
export type { FaultRule, FaultSettings } from "../server/faults/fault-rule.ts";
export type { FaultCount } from "../server/faults/faults.ts";
export type {
  TestFaults,
  TestServer,
  TestServerOptions,
  TestSnapshot,
  WorldSource,
} from "./start-test-server.ts";
export type { BucketSweep } from "../engine/lifecycle/lifecycle-sweeper.ts";
export { createTokenIssuer } from "../server/sts/web-identity/token-issuer.ts";
export type { TokenIssuer, TokenIssuerOptions } from "../server/sts/web-identity/token-issuer.ts";
