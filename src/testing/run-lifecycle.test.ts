import {
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketVersioningCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { startTestServer, type TestServer } from "./start-test-server.ts";

function sdkOf(server: TestServer): S3Client {
  const { endpoint, region, credentials } = server;
  return new S3Client({ endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1 });
}

test("a rule's whole life takes no time, and clients notice nothing of the clock", async () => {
  let today = new Date("2026-01-01T09:00:00Z");
  await using server = await startTestServer({ now: () => today });
  const Bucket = server.bucket;
  const s3 = sdkOf(server);
  await s3.send(
    new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }),
  );
  const rule = {
    ID: "purge",
    Status: "Enabled" as const,
    Filter: { Prefix: "test/" },
    Expiration: { Days: 7 },
    NoncurrentVersionExpiration: { NoncurrentDays: 1 },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
  };
  const LifecycleConfiguration = { Rules: [rule] };
  await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }));
  await server.service.uploadBytes("scratch", "test/a.txt");
  await server.service.uploadBytes("result", "production/a.txt");
  await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "test/big" }));
  const stored = await s3.send(new GetObjectCommand({ Bucket, Key: "test/a.txt" }));
  expect(stored.LastModified).toEqual(today);
  expect(stored.Expiration).toBe('expiry-date="Fri, 09 Jan 2026 00:00:00 GMT", rule-id="purge"');
  await stored.Body?.transformToString();

  const history: string[] = [];
  for (let day = 2; day <= 31; day += 1) {
    today = new Date(Date.UTC(2026, 0, day, 9));
    for (const swept of await server.runLifecycle()) {
      const { expired, noncurrentDeleted, markersRemoved, uploadsAborted } = swept;
      const counts = [expired, noncurrentDeleted, markersRemoved, uploadsAborted];
      if (counts.some((count) => count > 0)) history.push(`${day}: ${counts.join(" ")}`);
    }
  }
  expect(history).toEqual(["3: 0 0 0 1", "9: 1 0 0 0", "11: 0 1 0 0", "17: 0 0 1 0"]);
  const left = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  expect(left.Versions?.map(({ Key }) => Key)).toEqual(["production/a.txt"]);
  expect(left.DeleteMarkers).toBeUndefined();
  const uploads = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
  expect(uploads.Uploads).toBeUndefined();
  s3.destroy();
});

test("without rules, or with disabled ones, nothing happens and no bucket is told of", async () => {
  let today = new Date("2026-01-01T09:00:00Z");
  await using server = await startTestServer({ now: () => today });
  const s3 = sdkOf(server);
  const rule = { ID: "off", Status: "Disabled" as const, Filter: {}, Expiration: { Days: 1 } };
  const LifecycleConfiguration = { Rules: [rule] };
  const Bucket = server.bucket;
  await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }));
  await server.service.uploadBytes("kept", "a.txt");
  today = new Date("2027-01-01T09:00:00Z");
  expect(await server.runLifecycle()).toEqual([]);
  expect(await server.service.exists("a.txt")).toBe(true);
  s3.destroy();
});
