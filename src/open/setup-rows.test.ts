import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { getSettings } from "../settings/get-settings.ts";
import { createDesiredState, type DesiredStateInput } from "../setup/desired-state.ts";
import type { SetupPlan } from "../setup/plan.ts";
import { startTestServer, type TestServer } from "../testing/start-test-server.ts";
import { openBucketAdmin } from "./open-bucket-admin.ts";
import { openSetupSession, type SetupSession } from "./setup-session.ts";

const bucket = "rows-of-a-set-up";
const stranger = "arn:aws:iam::999999999999:role/lab";
let server: TestServer;
let folder: string;
let session: SetupSession;
let underWay = 0;
let mostUnderWay = 0;
const puts = new Map<string, number>();

async function open(options: Parameters<typeof startTestServer>[0] = {}): Promise<void> {
  server = await startTestServer(options);
  session = await openSetupSession({
    settings: getSettings({ environment: server.env, envFile: false }),
    backupFolder: folder,
    onExchange: (event) => {
      if (event.type === "request" && event.method === "PUT") {
        puts.set(event.operation, (puts.get(event.operation) ?? 0) + 1);
      }
      underWay += event.type === "request" ? 1 : 0;
      mostUnderWay = Math.max(mostUnderWay, underWay);
      if (event.type === "answer" || event.type === "no-answer") underWay -= 1;
    },
  });
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "setup-rows-"));
  [underWay, mostUnderWay] = [0, 0];
  puts.clear();
});
afterEach(async () => {
  session.close();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const wish = (more: Partial<DesiredStateInput> = {}) =>
  createDesiredState({
    bucket,
    region: server.region,
    endpointUrl: server.endpoint,
    ownerAccountId: server.accountId,
    envFile: "unmanaged",
    policy: { principals: [stranger], tlsOnly: false },
    ...more,
  });

async function apply(more: Partial<DesiredStateInput> = {}): Promise<SetupPlan> {
  const plan = await session.plan(wish(more));
  const { succeeded, steps } = await session.apply(plan);
  expect({ succeeded, errors: steps.flatMap(({ error }) => error?.message ?? []) }).toEqual({
    succeeded: true,
    errors: [],
  });
  return plan;
}

const itemsOf = (plan: SetupPlan) =>
  plan.aspects.flatMap(({ changes }) => changes.map(({ item }) => item));

it("a setting can be managed, then left alone, then reset", async () => {
  await open();
  await apply();
  const names = [
    "publicAccessBlock",
    "ownership",
    "encryption",
    "versioning",
    "policy",
    "lifecycle",
  ] as const;
  const all = (standing: "unmanaged" | "reset") =>
    Object.fromEntries(names.map((name) => [name, standing]));
  const alone = await session.plan(wish(all("unmanaged")));
  expect(alone.summary.upToDate).toBe(true);
  expect(alone.aspects.filter(({ status }) => status === "unmanaged")).toHaveLength(7);
  expect(itemsOf(await apply(all("reset")))).toEqual([
    "Public access block",
    "ObjectOwnership",
    "Status",
    "Statement SmsStorageBucket",
    "Statement SmsStorageObjects",
    "Rule sms-storage-test-files",
    "Rule sms-storage-clean-up",
  ]);
  const { admin } = await openBucketAdmin(getSettings({ environment: server.env, envFile: false }));
  const found = await Promise.all([
    admin.read(bucket, "publicAccessBlock"),
    admin.read(bucket, "ownership"),
    admin.read(bucket, "versioning"),
    admin.read(bucket, "policy"),
    admin.read(bucket, "lifecycle"),
  ]);
  expect(found).toEqual([undefined, undefined, "Suspended", undefined, undefined]);
  expect((await session.plan(wish(all("reset")))).summary.upToDate).toBe(true);
  // And managed again.
  await apply();
  expect((await session.plan(wish())).summary.upToDate).toBe(true);
  admin.close();
});

it("in the partition of the European sovereign cloud, ARNs and addresses are its own", async () => {
  const region = "eusc-de-east-1";
  await open({ region });
  const principals = ["arn:aws-eusc:iam::999999999999:role/lab"];
  const plan = await apply({ policy: { principals, tlsOnly: false } });
  const policy = plan.aspects.find(({ aspect }) => aspect === "policy");
  expect(JSON.stringify(policy?.document)).toContain(`arn:aws-eusc:s3:::${bucket}/*`);
  expect(JSON.stringify(policy?.document)).not.toContain("arn:aws:");
  const report = await session.verify(wish({ policy: { principals, tlsOnly: false } }));
  expect(report.checks.filter(({ status }) => status === "failed")).toEqual([]);
});

it("another change under way is waited for, one call at a time", async () => {
  await open();
  server.faults.set([{ fault: "operation-aborted", operations: ["PutBucketPolicy"], count: 2 }]);
  await apply();
  expect(puts.get("PutBucketPolicy")).toBe(3);
  expect(mostUnderWay).toBe(1);
});

it("suspended versioning is a wish like any other: set up, verified, and nothing is left behind", async () => {
  await open();
  await apply();
  const suspended = { versioning: "Suspended" } as const;
  await apply(suspended);
  const report = await session.verify(wish(suspended), { patient: false });
  expect(report.checks.filter(({ status }) => status === "failed")).toEqual([]);
  // Delete markers are among them.
  expect((await server.store(bucket).listObjectVersions({})).versions).toEqual([]);
  expect((await session.plan(wish(suspended))).summary.upToDate).toBe(true);
});
