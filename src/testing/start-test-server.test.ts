import {
  GetBucketOwnershipControlsCommand,
  PutBucketAclCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { isStorageError } from "../core/errors.ts";
import { createS3Store } from "../client/create-s3-store.ts";
import { s3Dialect } from "../client/dialects/s3.ts";
import { openStorage } from "../open/open-storage.ts";
import { resolveSettings } from "../settings/resolve-settings.ts";
import { startTestServer } from "./start-test-server.ts";

describe("startTestServer", () => {
  it("is ready, with a bucket and a service", async () => {
    await using server = await startTestServer();
    await server.service.uploadBytes("hello", "a/b.txt");
    expect(await server.service.getFileContents("a/b.txt")).toEqual(Buffer.from("hello"));
    expect(await server.service.getFileContents("a/none.txt")).toBeNull();
  });

  it("gives settings that lead to it", async () => {
    await using server = await startTestServer({ region: "us-gov-west-1", bucket: "sims" });
    const { settings, problems } = resolveSettings({ flags: {}, environment: server.env });
    expect(problems).toEqual([]);
    await using storage = await openStorage(settings);
    await storage.uploadBytes("x", "x.txt");
    const [item] = await server.service.getListing("");
    expect(item).toMatchObject({ Key: "x.txt", Size: 1 });
  });

  it("knows its keys and no others", async () => {
    await using server = await startTestServer();
    await using other = await startTestServer();
    expect(other.credentials).not.toEqual(server.credentials);
    const as = (credentials: typeof server.credentials) =>
      createS3Store({
        bucket: server.bucket,
        region: server.region,
        endpoint: server.endpoint,
        dialect: s3Dialect,
        credentials: () => Promise.resolve(credentials),
      });
    await as(server.ssoCredentials).putObject("by-role", Buffer.from("1"));
    const refused = await as(other.credentials)
      .headObject("by-role")
      .catch((error: unknown) => error);
    expect(isStorageError(refused, "Unauthenticated", "PermissionDenied")).toBe(true);
  });

  it("makes buckets whose owner owns all objects, as S3 does", async () => {
    await using server = await startTestServer();
    await server.createBucket("second");
    const { endpoint, region, credentials } = server;
    const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
    for (const Bucket of [server.bucket, "second"]) {
      const { OwnershipControls } = await client.send(
        new GetBucketOwnershipControlsCommand({ Bucket }),
      );
      expect(OwnershipControls?.Rules).toEqual([{ ObjectOwnership: "BucketOwnerEnforced" }]);
      const acl = client.send(new PutBucketAclCommand({ Bucket, ACL: "public-read" }));
      await expect(acl).rejects.toMatchObject({ name: "AccessControlListNotSupported" });
    }
    client.destroy();
  });

  it("makes further buckets, and is gone when closed", async () => {
    const server = await startTestServer();
    await server.createBucket("second");
    await server.store("second").putObject("k", Buffer.from("1"));
    expect(await server.service.exists("k")).toBe(false);
    const port = Number(new URL(server.endpoint).port);
    await server.close();
    await server.close();
    const reached = await new Promise((resolve) => {
      connect(port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false));
    });
    expect(reached).toBe(false);
  });
});
