import { afterAll, beforeAll, describe } from "vitest";
import { fileServiceContract } from "../contract/with-vitest.ts";
import { commandSuite } from "./command-suite.ts";
import { foreignStoreSuite } from "./foreign-store-suite.ts";
import { createForeignBucket, startRadosgw, type ForeignServer } from "./foreign-servers.ts";
import { openForeignService } from "./open-foreign-service.ts";
import { probeSuite } from "./probe-suite.ts";
import { syncSuite } from "./sync-suite.ts";

describe("our client with Ceph's RADOS gateway", () => {
  let server: ForeignServer;
  beforeAll(async () => {
    server = await startRadosgw();
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  describe("object store", () => {
    foreignStoreSuite(() => createForeignBucket(server));
  });

  fileServiceContract("Ceph's RADOS gateway", () => openForeignService(server));

  describe("the probe", () => {
    probeSuite(() => createForeignBucket(server), "ceph", {
      overwrite: "yes",
      conditionalWrites: "yes",
      writeConditionEtag: "bare",
      conditionalDeletes: "no",
      checksumHeaders: "no",
      serverSideEncryptionHeader: "no",
      orderedListing: "yes",
    });
  });

  describe("the command", () => {
    commandSuite(() => createForeignBucket(server));
    describe("trees and versions", () => {
      syncSuite(() => createForeignBucket(server), { files: 2000 });
    });
  });
});
