import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createAwsBucketAdmin } from "../../src/aws/bucket-admin.ts";
import type { BucketAdmin } from "../../src/core/bucket-admin.ts";
import type { Credentials } from "../../src/core/credentials.ts";
import { parseDotenv } from "../../src/settings/parse-dotenv.ts";
import { writeDotenv } from "../../src/settings/write-dotenv.ts";
import { applyPlan, type ApplyResult, type ReplacedDocument } from "../../src/setup/apply.ts";
import type { EnvFile, SetupTarget } from "../../src/setup/aspect.ts";
import { createDesiredState, type DesiredState } from "../../src/setup/desired-state.ts";
import { observe } from "../../src/setup/observe.ts";
import { parsePlan } from "../../src/setup/parse-plan.ts";
import { planSetup, type SetupPlan } from "../../src/setup/plan.ts";
import { verifySetup, type VerifyReport } from "../../src/setup/verify.ts";
import { startTestServer, type TestServer } from "../../src/testing/start-test-server.ts";

// The guide's eight steps on the embedded server, through AWS's SDK and our own client.

const bucket = "sms-setup-a1b2c3d4";
const tools = { sleep: (ms: number) => sleep(ms) };

let folder: string;
let server: TestServer;
const admins: BucketAdmin[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sms-setup-"));
  server = await startTestServer();
});

afterEach(async () => {
  for (const admin of admins.splice(0)) admin.close();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

function adminOf(credentials: Credentials = server.ssoCredentials): BucketAdmin {
  const admin = createAwsBucketAdmin({
    region: server.region,
    endpointUrl: server.endpoint,
    credentials: () => Promise.resolve(credentials),
    expectedBucketOwner: server.accountId,
  });
  admins.push(admin);
  return admin;
}

/** As the command line composes it. */
function envFileAt(path: string): EnvFile {
  return {
    path,
    read: async (names) => {
      const text = await readFile(path, "utf8").catch(() => "");
      const entries = parseDotenv(text).entries.filter(({ name }) => names.includes(name));
      return Object.fromEntries(entries.map(({ name, value }) => [name, value]));
    },
    write: async (values) => {
      await writeDotenv(path, values);
    },
  };
}

function desire(change: Partial<DesiredState> = {}): DesiredState {
  return createDesiredState({
    bucket,
    region: server.region,
    endpointUrl: server.endpoint,
    ...change,
  });
}

async function plan(target: SetupTarget, desired = desire()): Promise<SetupPlan> {
  return planSetup(desired, await observe(target, desired));
}

async function setUp(target: SetupTarget, desired = desire()): Promise<ApplyResult> {
  return applyPlan(await plan(target, desired), target, { tools });
}

async function verify(target: SetupTarget, desired = desire()): Promise<VerifyReport> {
  const randomPart = Math.random().toString(36).slice(2);
  return verifySetup(desired, target, server.store(bucket), { tools, randomPart });
}

function outcomes(result: ApplyResult): string[] {
  return result.steps.map(({ aspect, outcome }) => `${aspect} ${outcome}`);
}

describe("from nothing to a verified bucket", () => {
  it("plans, applies a plan that was saved, verifies, and then has nothing to do", async () => {
    const path = join(folder, ".env");
    await writeFile(path, "# mine\nOTHER=1\nSTORAGE_S3_BUCKET=old # was\n");
    const target = { admin: adminOf(), envFile: envFileAt(path) };

    const saved = parsePlan(JSON.stringify(await plan(target)));
    expect(saved.summary.blockers).toEqual([]);
    const result = await applyPlan(saved, target, { tools });
    expect(outcomes(result)).toEqual([
      "bucket applied",
      "public-access-block already",
      "ownership already",
      "encryption already",
      "versioning applied",
      "policy applied",
      "lifecycle applied",
      "env-file applied",
    ]);

    const report = await verify(target);
    expect(report.checks.filter(({ status }) => status !== "passed")).toEqual([]);
    const { versions } = await server.store(bucket).listObjectVersions({});
    expect(versions).toEqual([]);
    const { uploads } = await server.store(bucket).listMultipartUploads({});
    expect(uploads).toEqual([]);

    const text = await readFile(path, "utf8");
    expect(text).toContain("# mine\nOTHER=1\n");
    expect(text).toContain(`STORAGE_S3_BUCKET=${bucket} # was\n`);
    expect(text).toContain(`STORAGE_S3_ENDPOINT_URL=${server.endpoint}\n`);
    expect((await stat(path)).mode & 0o777).toBe(0o600);

    const again = await plan(target);
    expect(again.summary).toMatchObject({ upToDate: true, add: 0, change: 0, remove: 0 });
    expect(outcomes(await applyPlan(again, target, { tools }))).toEqual(
      again.aspects.map(({ aspect }) => `${aspect} same`),
    );
  });

  it("names the SSO role by the ARN that IAM gives, and the role alone can work with it", async () => {
    const admin = adminOf();
    await setUp({ admin });
    const { Statement } = JSON.parse((await admin.read(bucket, "policy")) ?? "") as {
      Statement: { Principal: { AWS: string } }[];
    };
    const { arn } = await admin.getCallerIdentity();
    const roleName = arn.split("/")[1];
    expect(Statement[0]?.Principal.AWS).toBe(
      `arn:aws:iam::${server.accountId}:role/aws-reserved/sso.amazonaws.com/${roleName}`,
    );
  });

  it.each(["stable", "role-arn"] as const)("the %s form is stored and settles", async (form) => {
    const target = { admin: adminOf() };
    const desired = createDesiredState({ ...desire(), policy: { form } });
    expect((await setUp(target, desired)).succeeded).toBe(true);
    expect((await plan(target, desired)).summary.upToDate).toBe(true);
    expect(await target.admin.read(bucket, "policyStatus")).toEqual({ isPublic: false });
  });
});

describe("a bucket that has a life already", () => {
  const theirPolicy = `{ "Version":"2012-10-17", "Statement": [ {"Sid":"Theirs", "Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::${bucket}/shared/*"} ] }`;
  const theirRule = {
    ID: "theirs",
    Status: "Enabled",
    Filter: { Prefix: "logs/" },
    Expiration: { Days: 90 },
  } as const;

  beforeEach(async () => {
    await server.createBucket(bucket);
    const admin = adminOf(server.credentials);
    await admin.put(bucket, "policy", theirPolicy);
    await admin.put(bucket, "lifecycle", { Rules: [theirRule] });
  });

  it("keeps other people's statements and rules, and a copy of what it replaces", async () => {
    const admin = adminOf();
    const target = { admin };
    const kept: ReplacedDocument[] = [];
    const backup = async (replaced: ReplacedDocument) => {
      kept.push(replaced);
      return replaced.aspect;
    };
    const drawn = await plan(target);
    expect(drawn.aspects.flatMap((aspect) => aspect.kept)).toEqual([
      "Statement Theirs",
      "Rule theirs",
    ]);
    const result = await applyPlan(drawn, target, { tools, backup });
    expect(result.succeeded).toBe(true);
    expect(kept.map(({ aspect }) => aspect)).toEqual(["policy", "lifecycle"]);
    expect(kept[0]?.document).toBe(theirPolicy);
    const theirs = theirPolicy.slice(theirPolicy.indexOf('{"Sid"'), theirPolicy.indexOf(" ] }"));
    expect(await admin.read(bucket, "policy")).toContain(theirs);
    expect((await admin.read(bucket, "lifecycle"))?.Rules[0]).toEqual(theirRule);
    expect((await verify(target)).passed).toBe(true);
    expect((await plan(target)).summary.upToDate).toBe(true);
  });

  it("refuses a plan that is stale and changes nothing", async () => {
    const target = { admin: adminOf() };
    const drawn = await plan(target);
    await target.admin.put(bucket, "versioning", "Suspended");
    await expect(applyPlan(drawn, target, { tools })).rejects.toMatchObject({ code: "Conflict" });
    expect(await target.admin.read(bucket, "policy")).toBe(theirPolicy);
  });

  it("shows what verify would have missed when a setting is taken back", async () => {
    const target = { admin: adminOf() };
    await setUp(target);
    await target.admin.remove(bucket, "lifecycle");
    const report = await verify(target);
    expect(report.passed).toBe(false);
    expect(report.checks.filter(({ status }) => status === "failed")).toMatchObject([
      { name: "lifecycle", detail: expect.stringContaining("sms-storage-test-files") as unknown },
    ]);
  });
});

it("a bucket of another owner is refused, not adopted and not made", async () => {
  await server.createBucket(bucket);
  const stranger = createAwsBucketAdmin({
    region: server.region,
    endpointUrl: server.endpoint,
    credentials: () => Promise.resolve(server.credentials),
    expectedBucketOwner: "999988887777",
  });
  admins.push(stranger);
  const drawn = await plan({ admin: stranger });
  expect(drawn.summary.blockers.map(({ code }) => code)).toEqual(["bucket-forbidden"]);
  await expect(applyPlan(drawn, { admin: stranger }, { tools })).rejects.toMatchObject({
    code: "PermissionDenied",
  });
});

it("a region other than the server's gets its LocationConstraint, us-east-1 gets none", async () => {
  const west = createDesiredState({ bucket, region: "us-west-2", endpointUrl: server.endpoint });
  const admin = createAwsBucketAdmin({
    region: "us-west-2",
    endpointUrl: server.endpoint,
    credentials: () => Promise.resolve(server.ssoCredentials),
  });
  admins.push(admin);
  expect((await setUp({ admin }, west)).succeeded).toBe(true);
  expect(await admin.headBucket(bucket)).toEqual({ state: "present", region: "us-west-2" });
});
