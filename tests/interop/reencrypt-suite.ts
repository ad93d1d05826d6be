import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateBucketCommand,
  HeadObjectCommand,
  PutBucketOwnershipControlsCommand,
  PutObjectAclCommand,
  GetObjectAclCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ForeignBucket } from "./foreign-store-suite.ts";
import { ownCommand } from "./own-server.ts";
import { runCommand } from "./run-command.ts";

const keyArn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555";
const allUsers = "http://acs.amazonaws.com/groups/global/AllUsers";

/** Moving objects from KMS to SSE-S3 on a server that others wrote, and that has locks and ACLs. */
export function reencryptSuite(open: () => Promise<ForeignBucket>): void {
  let place: ForeignBucket;
  let s3: S3Client;
  let folder: string;

  beforeAll(async () => {
    place = await open();
    folder = await mkdtemp(join(tmpdir(), "interop-reencrypt-"));
    const { endpoint, region, credentials } = place;
    s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  });
  afterAll(async () => {
    s3?.destroy();
    await rm(folder, { recursive: true, force: true });
  });

  const run = (...args: string[]) =>
    runCommand(process.execPath, [...ownCommand, "re-encrypt", ...args], {
      cwd: folder,
      env: {
        PATH: process.env["PATH"] ?? "",
        HOME: folder,
        STORAGE_S3_REGION: place.region,
        STORAGE_S3_ENDPOINT_URL: place.endpoint,
        STORAGE_S3_ACCESS_KEY_ID: place.credentials.accessKeyId,
        STORAGE_S3_SECRET_ACCESS_KEY: place.credentials.secretAccessKey,
      },
    });
  const underKms = { Body: "bytes", ServerSideEncryption: "aws:kms", SSEKMSKeyId: keyArn } as const;

  it("moves what is under KMS, with metadata and class, and finds nothing again", async () => {
    const Bucket = place.bucket;
    const more = { Metadata: { mtime: "1.5" }, StorageClass: "STANDARD_IA" } as const;
    await s3.send(new PutObjectCommand({ Bucket, Key: "kms/a b", ...underKms, ...more }));
    await s3.send(new PutObjectCommand({ Bucket, Key: "kms/plain", Body: "bytes" }));
    const done = await run("--yes", `s3://${Bucket}/kms/`);
    expect(done.stderr).toContain("1 copied");
    expect(done).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(keyArn) });
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "kms/a b" }));
    expect(head).toMatchObject({ ServerSideEncryption: "AES256", ...more });
    const again = await run("--yes", `s3://${Bucket}/kms/`);
    expect(again).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining("nothing to copy"),
    });
  });

  it("keeps retention and legal hold", async () => {
    const Bucket = `${place.bucket}-locked`;
    await s3.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
    const lock = {
      ObjectLockMode: "GOVERNANCE",
      ObjectLockRetainUntilDate: new Date("2099-01-01T00:00:00Z"),
      ObjectLockLegalHoldStatus: "ON",
    } as const;
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", ...underKms, ...lock }));
    const before = await s3.send(new HeadObjectCommand({ Bucket, Key: "k" }));
    const done = await run("--yes", `s3://${Bucket}/`);
    expect(done.stderr).toContain("1 copied");
    const after = await s3.send(new HeadObjectCommand({ Bucket, Key: "k" }));
    expect(after).toMatchObject({ ServerSideEncryption: "AES256", ...lock });
    expect(after.VersionId).not.toBe(before.VersionId);
  });

  it("keeps the ACL where ACLs count", async () => {
    const Bucket = `${place.bucket}-acls`;
    await s3.send(new CreateBucketCommand({ Bucket }));
    const OwnershipControls = { Rules: [{ ObjectOwnership: "ObjectWriter" as const }] };
    await s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls }));
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", ...underKms }));
    await s3.send(new PutObjectAclCommand({ Bucket, Key: "k", ACL: "public-read" }));
    const done = await run("--yes", `s3://${Bucket}/`);
    expect(done.stdout).toContain("1 GetObjectAcl");
    expect(done.stderr).toContain("1 copied");
    const { Grants = [] } = await s3.send(new GetObjectAclCommand({ Bucket, Key: "k" }));
    const granted = Grants.map(({ Grantee, Permission }) => [Grantee?.URI, Permission]);
    expect(granted).toContainEqual([allUsers, "READ"]);
  });
}
