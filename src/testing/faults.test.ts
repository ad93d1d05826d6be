import {
  GetBucketPolicyCommand,
  GetObjectCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { isStorageError } from "../core/errors.ts";
import { openBucketAdmin } from "../open/open-bucket-admin.ts";
import { resolveSettings } from "../settings/resolve-settings.ts";
import type { FaultRule } from "../server/faults/fault-rule.ts";
import { startTestServer, type TestServer } from "./start-test-server.ts";

const bytes = Buffer.alloc(9_000_000, "abcdefg");

/** What our own client makes of a fault: that of `code`, or it notices nothing. */
async function outcomesOf(rule: FaultRule): Promise<Record<string, string>> {
  await using server = await startTestServer();
  const { service, faults } = server;
  await service.uploadBytes(bytes, "large");
  const calls: Record<string, () => Promise<unknown>> = {
    put: () => service.uploadBytes("small", "small"),
    parts: () => service.uploadBytes(bytes, "parts", { partSizeBytes: 5 * 1024 * 1024 }),
    get: () => service.getFileContents("large"),
    list: () => service.getListing(""),
    remove: () => service.deleteFile("small"),
  };
  const outcomes: Record<string, string> = {};
  for (const [name, run] of Object.entries(calls)) {
    faults.set([rule]);
    const failure = await run().then(
      () => undefined,
      (error: unknown) => error,
    );
    const injected = faults.counts()[0]?.injected ?? 0;
    const code = isStorageError(failure) ? failure.code : "fine";
    outcomes[name] = injected === 0 ? `${code}, not struck` : code;
  }
  faults.set([]);
  const parts = await service.getFileContents("parts");
  const isWhole = parts === null || bytes.equals(parts);
  return isWhole ? outcomes : { ...outcomes, parts: "other bytes" };
}

const fine = { put: "fine", parts: "fine", get: "fine", list: "fine", remove: "fine" };
const untouched = "fine, not struck";
const onlyGet = { ...fine, put: untouched, parts: untouched, list: untouched, remove: untouched };

test.each<[FaultRule, Record<string, string>]>([
  [{ fault: "slow-down", count: 2 }, fine],
  [{ fault: "internal-error", count: 2 }, fine],
  [
    { fault: "lost-answer", count: 2 },
    { ...fine, get: untouched, list: untouched },
  ],
  [{ fault: "latency", ms: 20, count: 1 }, fine],
  [
    { fault: "reset", count: 2 },
    { ...fine, remove: untouched },
  ],
  [
    { fault: "torn-answer", count: 2 },
    { ...onlyGet, list: "fine" },
  ],
  [{ fault: "damaged-bytes" }, { ...onlyGet, get: "IntegrityError" }],
  [
    { fault: "wrong-checksum" },
    // It completes uploads by the checksums that were told for its parts.
    {
      ...fine,
      parts: "InvalidArgument",
      get: "IntegrityError",
      list: untouched,
      remove: untouched,
    },
  ],
  [{ fault: "wrong-etag", operations: ["GetObject"] }, onlyGet],
  [{ fault: "clock-skew", seconds: 7200 }, fine],
  [{ fault: "clock-skew", seconds: -7200 }, fine],
])("%j, seen by FileService", async (rule, expected) => {
  expect(await outcomesOf(rule)).toEqual(expected);
});

test("an answer that got lost is of work that was done", async () => {
  await using server = await startTestServer({
    faults: [{ fault: "lost-answer", operations: ["PutObject"] }],
  });
  const put = server.store().putObject("k", Buffer.from("1"), { timeoutMs: 300 });
  await expect(put).rejects.toMatchObject({ code: "Timeout" });
  expect(await server.service.exists("k")).toBe(true);
});

function sdkOf({ endpoint, region, credentials }: TestServer): S3Client {
  return new S3Client({ endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1 });
}

test("a version that was just written is not found for a time", async () => {
  await using server = await startTestServer({ faults: [{ fault: "stale-read", count: 1 }] });
  const s3 = sdkOf(server);
  const Bucket = server.bucket;
  await server.service.uploadBytes("before", "old");
  const VersioningConfiguration = { Status: "Enabled" as const };
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  await server.service.uploadBytes("after", "new");
  expect(String(await server.service.getFileContents("old"))).toBe("before");
  await expect(s3.send(new GetObjectCommand({ Bucket, Key: "new" }))).rejects.toMatchObject({
    name: "NoSuchKey",
  });
  expect(String(await server.service.getFileContents("new"))).toBe("after");
  s3.destroy();
});

const tags = (server: TestServer) =>
  new PutBucketTaggingCommand({
    Bucket: server.bucket,
    Tagging: { TagSet: [{ Key: "a", Value: "1" }] },
  });

const ask = (server: TestServer, headers: Record<string, string>) =>
  new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
    const asked = request(`${server.endpoint}/${server.bucket}/k`, { headers }, (answer) => {
      let text = "";
      answer.on("data", (chunk: Buffer) => (text += chunk.toString()));
      answer.on("end", () => resolve({ status: answer.statusCode, text }));
    });
    asked.on("error", reject).end();
  });

const keyOf = ({ credentials }: TestServer) =>
  `${credentials.accessKeyId}:${credentials.secretAccessKey}`;

describe("the control plane", () => {
  test("changes that follow each other meet OperationAborted, and ours waits it out", async () => {
    await using server = await startTestServer({
      faults: [{ fault: "operation-aborted", withinMs: 60_000, count: 2 }],
    });
    const s3 = sdkOf(server);
    await s3.send(tags(server));
    await expect(s3.send(tags(server))).rejects.toMatchObject({
      name: "OperationAborted",
      $metadata: { httpStatusCode: 409 },
    });
    const { settings } = resolveSettings({ flags: {}, environment: server.env });
    const { admin } = await openBucketAdmin(settings, { expectedBucketOwner: server.accountId });
    await admin.put(server.bucket, "versioning", "Enabled");
    admin.close();
    expect(server.faults.counts()).toEqual([
      { fault: "operation-aborted", matched: 3, injected: 2 },
    ]);
    s3.destroy();
  });

  test("it is throttled, while objects are served", async () => {
    await using server = await startTestServer({
      faults: [{ fault: "throttled-control-plane", perSecond: 0 }],
    });
    const s3 = sdkOf(server);
    const asked = s3.send(new GetBucketPolicyCommand({ Bucket: server.bucket }));
    await expect(asked).rejects.toMatchObject({ name: "SlowDown" });
    await server.service.uploadBytes("1", "k");
    s3.destroy();
  });
});

describe("a request that asks for a fault of its own", () => {
  test("gets it with an administrator's key, for itself alone", async () => {
    await using server = await startTestServer();
    const key = { "x-sms-fault-key": keyOf(server) };
    const slow = await ask(server, { "x-sms-fault": "slow-down", ...key });
    expect(slow).toMatchObject({ status: 503, text: expect.stringContaining("SlowDown") });
    expect((await ask(server, {})).status).toBe(403);
    const begun = performance.now();
    await ask(server, { "x-sms-fault": "latency; ms=120", ...key });
    expect(performance.now() - begun).toBeGreaterThan(115);
  });

  test("is refused without it, and for a fault that there is not", async () => {
    await using server = await startTestServer();
    const { accessKeyId, secretAccessKey } = server.ssoCredentials;
    for (const key of ["", "AKIA:x", `${keyOf(server)}x`, `${accessKeyId}:${secretAccessKey}`]) {
      const refused = await ask(server, { "x-sms-fault": "slow-down", "x-sms-fault-key": key });
      expect(refused).toMatchObject({
        status: 403,
        text: expect.stringContaining("needs x-sms-fault-key"),
      });
    }
    const key = { "x-sms-fault-key": keyOf(server) };
    const unknown = await ask(server, { "x-sms-fault": "slowdown", ...key });
    expect(unknown).toMatchObject({ status: 400, text: expect.stringContaining("slow-down") });
    const impossible = await ask(server, { "x-sms-fault": "lost-answer", ...key });
    expect(impossible.text).toContain("cannot strike GetObject");
  });

  test("is not heard where the server was started without", async () => {
    await using server = await startTestServer({ faults: { rules: [], byHeader: false } });
    const key = { "x-sms-fault-key": keyOf(server) };
    const answer = await ask(server, { "x-sms-fault": "slow-down", ...key });
    expect(answer.status).toBe(403);
  });
});

test("a rule that cannot be is told at once", async () => {
  const faults = [{ fault: "slow" }] as unknown as readonly FaultRule[];
  await expect(startTestServer({ faults })).rejects.toMatchObject({
    code: "ConfigurationError",
    message: "startTestServer: faults: rule 1 asks for slow, which is no fault.",
  });
});
