export { startTestServer } from "./start-test-server.ts";
export type { TestServer, TestServerOptions, WorldSource } from "./start-test-server.ts";
export type { BucketSweep } from "../engine/lifecycle/lifecycle-sweeper.ts";
