import { afterAll, beforeAll, describe } from "vitest";
import { foreignStoreSuite } from "./foreign-store-suite.ts";
import { createForeignBucket, startRadosgw, type ForeignServer } from "./foreign-servers.ts";

describe("our client with Ceph's RADOS gateway", () => {
  let server: ForeignServer;
  beforeAll(async () => {
    server = await startRadosgw();
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  describe("object store", () => {
    foreignStoreSuite(() => createForeignBucket(server), {
      faults: {
        "replaces only what it has seen": "Ceph 16 compares the quotes of If-Match too",
      },
    });
  });
});
