import { afterAll, beforeAll, describe } from "vitest";
import { fileServiceContract } from "../contract/with-vitest.ts";
import { commandSuite } from "./command-suite.ts";
import { foreignStoreSuite } from "./foreign-store-suite.ts";
import { createForeignBucket, startMoto, type ForeignServer } from "./foreign-servers.ts";
import { openForeignService } from "./open-foreign-service.ts";
import { probeSuite } from "./probe-suite.ts";
import { reencryptSuite } from "./reencrypt-suite.ts";
import { syncSuite } from "./sync-suite.ts";

describe("our client with moto's server", () => {
  let server: ForeignServer;
  beforeAll(async () => {
    server = await startMoto();
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  describe("object store", () => {
    foreignStoreSuite(() => createForeignBucket(server), {
      faults: {
        "is told that its secret is wrong": "moto checks no signatures",
      },
    });
  });

  fileServiceContract("moto's server", () => openForeignService(server));

  describe("the probe", () => {
    probeSuite(() => createForeignBucket(server), "s3", {
      overwrite: "yes",
      conditionalWrites: "yes",
      checksumHeaders: "no",
      objectTags: "yes",
    });
  });

  describe("the command", () => {
    commandSuite(() => createForeignBucket(server));
    describe("from KMS to SSE-S3", () => {
      reencryptSuite(() => createForeignBucket(server));
    });
    describe("trees and versions", () => {
      syncSuite(() => createForeignBucket(server), { files: 300 });
    });
  });
});
