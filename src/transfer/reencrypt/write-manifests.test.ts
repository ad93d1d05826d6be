import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { s3Limits } from "../../core/limits.ts";
import { batchCommands, permissionPolicy, type BatchPlace } from "./batch-job.ts";
import type { Candidate } from "./candidate.ts";
import { writeManifests } from "./write-manifests.ts";

const place: BatchPlace = {
  accountId: "111122223333",
  partition: "aws-us-gov",
  region: "us-gov-west-1",
  bucket: "bkt",
  folder: "jobs/1/",
  roleName: "re-encrypt",
  kmsKeys: ["arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/1"],
  scannedAt: new Date("2026-11-27T00:00:00Z"),
};
const candidates: readonly Candidate[] = [
  { key: "a,b/ü \n\"'", sizeBytes: 1, storageClass: "STANDARD" },
  { key: "cold", sizeBytes: 1, storageClass: "GLACIER_IR" },
  { key: "c", sizeBytes: 1, storageClass: "STANDARD" },
  { key: "large", sizeBytes: s3Limits.singleCopyBytes + 1, storageClass: "STANDARD" },
  { key: "locked", sizeBytes: 1, storageClass: "STANDARD", isSpecial: true },
  { key: "untold", sizeBytes: 1 },
  { key: "odd", sizeBytes: 1, storageClass: "../x" },
];

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "manifests-"));
});
afterAll(() => rm(base, { recursive: true, force: true }));

async function* all(): AsyncGenerator<Candidate> {
  yield* candidates;
}
const text = (name: string) => readFile(join(base, "job", name), "utf8");
const json = async (name: string) => JSON.parse(await text(name)) as Record<string, unknown>;

describe("what is written for S3 Batch Operations", () => {
  it("has a manifest and a job for each storage class, and a list of what no job can do", async () => {
    const { manifests, leftover } = await writeManifests(all(), place, join(base, "job"));
    expect(manifests.map(({ storageClass, objects }) => [storageClass, objects])).toEqual([
      ["STANDARD", 2],
      ["GLACIER_IR", 1],
    ]);
    expect(await text("manifest-STANDARD.csv")).toBe("bkt,a%2Cb/%C3%BC%20%0A%22'\nbkt,c\n");
    expect(await text("leftover.csv")).toBe("bkt,large\nbkt,locked\nbkt,untold\nbkt,odd\n");
    expect(leftover).toEqual({ file: join(base, "job/leftover.csv"), objects: 4 });
    expect((await readdir(join(base, "job"))).toSorted()).toEqual([
      "job-GLACIER_IR.json",
      "job-STANDARD.json",
      "leftover.csv",
      "manifest-GLACIER_IR.csv",
      "manifest-STANDARD.csv",
      "role-permissions.json",
      "role-trust.json",
    ]);
  });

  it("names the manifest by the ETag that it will have, in the bucket's partition", async () => {
    const etag = createHash("md5")
      .update(await text("manifest-STANDARD.csv"))
      .digest("hex");
    expect(await json("job-STANDARD.json")).toMatchObject({
      AccountId: "111122223333",
      ConfirmationRequired: true,
      Operation: {
        S3PutObjectCopy: {
          TargetResource: "arn:aws-us-gov:s3:::bkt",
          MetadataDirective: "COPY",
          StorageClass: "STANDARD",
          UnModifiedSinceConstraint: "2026-11-27T00:00:00.000Z",
        },
      },
      Manifest: {
        Location: {
          ObjectArn: "arn:aws-us-gov:s3:::bkt/jobs/1/manifest-STANDARD.csv",
          ETag: etag,
        },
      },
      RoleArn: "arn:aws-us-gov:iam::111122223333:role/re-encrypt",
    });
  });

  it("lets the role do no more than that, for this account alone", async () => {
    expect(await json("role-trust.json")).toMatchObject({
      Statement: [{ Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } } }],
    });
    expect(JSON.stringify(permissionPolicy({ ...place, kmsKeys: [] }))).toContain(
      "arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/*",
    );
    expect(JSON.stringify(await json("role-permissions.json"))).not.toContain(":key/*");
  });

  it("goes to a new folder alone", async () => {
    await expect(writeManifests(all(), place, join(base, "job"))).rejects.toMatchObject({
      code: "InvalidArgument",
      message: expect.stringContaining("is there already"),
    });
  });
});

it("prints commands in which no name is anything but a word", () => {
  const odd = { ...place, folder: "a b/$(x)/'y'/", roleName: "r;x" };
  const commands = batchCommands(odd, [{ storageClass: "STANDARD", etag: "e", objects: 1 }]);
  expect(commands[0]).toContain("--role-name 'r;x'");
  expect(commands[2]).toContain(`--key 'a b/$(x)/'\\''y'\\''/manifest-STANDARD.csv'`);
});
