import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { ExchangeEvent } from "../core/exchange-event.ts";
import { isStorageError } from "../core/errors.ts";
import { getSettings } from "../settings/get-settings.ts";
import { createDesiredState, type DesiredStateInput } from "../setup/desired-state.ts";
import { startTestServer, type TestServer } from "../testing/start-test-server.ts";
import { openBucketAdmin } from "./open-bucket-admin.ts";
import { openBucketService } from "./open-bucket-service.ts";
import { openSetupSession, type SetupSession } from "./setup-session.ts";

// What goes wrong while a bucket is set up, seen on the wire: a clear finding, and nothing written that the
// plan did not show.

let server: TestServer;
let folder: string;
let session: SetupSession;
let writes: string[] = [];
let count = 0;

beforeAll(async () => {
  server = await startTestServer();
  folder = await mkdtemp(join(tmpdir(), "setup-bad-input-"));
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const settings = (more: Record<string, string> = {}) =>
  getSettings({ environment: { ...server.env, ...more }, envFile: false });

async function open(more: { retrySeconds?: string; owner?: string } = {}): Promise<SetupSession> {
  const { owner, retrySeconds = "20" } = more;
  return openSetupSession({
    settings: settings({ STORAGE_RETRY_SECONDS: retrySeconds }),
    backupFolder: folder,
    ...(owner !== undefined && { owner }),
    onExchange: (event: ExchangeEvent) => note(event),
  });
}

/** All that could change something; questions to STS and IAM are posts too. */
function note(event: ExchangeEvent): void {
  if (event.type !== "request" || !["PUT", "POST", "DELETE"].includes(event.method)) return;
  const { pathname, search } = new URL(event.url);
  if (pathname !== "/") writes.push(`${event.method} ${pathname}${search}`);
}

beforeEach(async () => {
  count += 1;
  writes = [];
  server.faults.set([]);
  session = await open();
  return () => session.close();
});

const bucket = () => `bad-input-${count}`;
const wish = (more: Partial<DesiredStateInput> = {}) =>
  createDesiredState({
    bucket: bucket(),
    region: server.region,
    endpointUrl: server.endpoint,
    ownerAccountId: server.accountId,
    envFile: "unmanaged",
    policy: { principals: [`arn:aws:iam::999999999999:role/lab`] },
    ...more,
  });

async function admin() {
  const opened = await openBucketAdmin(settings());
  return opened.admin;
}

it("a second apply sends no write at all", async () => {
  const first = await session.plan(wish());
  expect((await session.apply(first)).succeeded).toBe(true);
  // The others are so on a new bucket already.
  expect(writes).toEqual([
    `PUT /${bucket()}/`,
    `PUT /${bucket()}/?versioning=`,
    `PUT /${bucket()}/?policy=`,
    `PUT /${bucket()}/?lifecycle=`,
  ]);
  writes = [];
  const second = await session.plan(wish());
  expect(second.summary.upToDate).toBe(true);
  expect((await session.apply(second)).succeeded).toBe(true);
  expect(writes).toEqual([]);
});

it("a throttled control plane is waited out, or named, and nothing is half done", async () => {
  server.faults.set([{ fault: "slow-down", operations: ["GetBucketPolicy"], count: 2 }]);
  await (await admin()).createBucket({ bucket: bucket(), region: server.region });
  const plan = await session.plan(wish());
  expect(server.faults.counts()[0]).toMatchObject({ injected: 2 });
  server.faults.set([{ fault: "slow-down", operations: ["GetBucketPolicy"] }]);
  const hasty = await open({ retrySeconds: "0" });
  await expect(hasty.plan(wish())).rejects.toMatchObject({ code: "Throttled", retryable: true });
  server.faults.set([{ fault: "slow-down", operations: ["PutBucketPolicy"] }]);
  const { steps, succeeded } = await hasty.apply(plan);
  expect(succeeded).toBe(false);
  const outcomes = new Map(steps.map(({ aspect, outcome }) => [aspect, outcome]));
  expect(outcomes.get("policy")).toBe("failed");
  expect(outcomes.get("lifecycle")).toBe("not-reached");
  hasty.close();
  // A later run goes on from there.
  server.faults.set([]);
  expect((await session.apply(await session.plan(wish()))).succeeded).toBe(true);
});

it("a bucket that is gone between plan and apply makes the plan stale", async () => {
  const control = await admin();
  await control.createBucket({ bucket: bucket(), region: server.region });
  const plan = await session.plan(wish());
  await remove(bucket());
  await expect(session.apply(plan)).rejects.toMatchObject({ code: "Conflict" });
  expect(writes).toEqual([]);
});

it("a bucket that is gone in the middle ends the apply, and is not made again", async () => {
  const control = await admin();
  await control.createBucket({ bucket: bucket(), region: server.region });
  const plan = await session.plan(wish());
  let isGone: Promise<void> | undefined;
  const { steps, succeeded } = await session.apply(plan, (event) => {
    if (event.type === "step-started" && event.aspect === "policy") isGone = remove(bucket());
  });
  await isGone;
  expect(succeeded).toBe(false);
  const failed = steps.find(({ outcome }) => outcome === "failed");
  expect(failed?.error?.remedy).toBeTruthy();
  expect(isStorageError(failed?.error, "NotFound", "Conflict")).toBe(true);
  expect(writes).not.toContain(`PUT /${bucket()}/`);
  expect((await control.headBucket(bucket())).state).toBe("absent");
});

it("another account, and another region, are said and never written to", async () => {
  const other = await open({ owner: "999999999999" });
  const plan = await other.plan(wish({ ownerAccountId: "999999999999" }));
  expect(plan.summary.blockers.map(({ code }) => code)).toContain("owner");
  await expect(other.apply(plan)).rejects.toMatchObject({ code: "ConfigurationError" });
  other.close();
  const elsewhere = await session.plan(wish({ bucket: server.bucket, region: "eu-west-1" }));
  expect(elsewhere.summary.blockers.map(({ code }) => code)).toEqual(["bucket-elsewhere"]);
  expect(() => wish({ region: "mars-north-1", endpointUrl: undefined })).toThrow("no region");
  expect(writes).toEqual([]);
});

it("a policy that would be over 20 KiB, and a rule over 1,000, are found while planning", async () => {
  const control = await admin();
  await control.createBucket({ bucket: bucket(), region: server.region });
  const statement = (size: number) => ({
    Sid: "Theirs",
    Effect: "Deny",
    Principal: { AWS: `arn:aws:iam::${server.accountId}:root` },
    Action: "s3:PutObject",
    Resource: `arn:aws:s3:::${bucket()}/${"x".repeat(900)}`,
    Condition: { StringEquals: { "aws:UserAgent": "y".repeat(size) } },
  });
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement(18_900)] });
  await control.put(bucket(), "policy", policy);
  await control.put(bucket(), "lifecycle", {
    Rules: Array.from({ length: 1000 }, (_, index) => ({
      ID: `theirs-${index}`,
      Status: "Enabled" as const,
      Filter: { Prefix: `theirs/${index}/` },
      Expiration: { Days: 400 },
    })),
  });
  writes = [];
  const plan = await session.plan(wish());
  expect(plan.summary.blockers.map(({ code }) => code).sort()).toEqual(["too-large", "too-large"]);
  expect(plan.summary.blockers.map(({ message }) => message).join(" ")).toMatch(
    /20 KiB.*1002|1002.*20 KiB/,
  );
  await expect(session.apply(plan)).rejects.toMatchObject({ code: "ConfigurationError" });
  expect(writes).toEqual([]);
  expect(await control.read(bucket(), "policy")).toBe(policy);
});

async function remove(name: string): Promise<void> {
  const service = openBucketService(settings());
  await service.deleteBucket(name);
  await service.close();
}
