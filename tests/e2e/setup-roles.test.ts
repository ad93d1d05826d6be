import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createAwsBucketAdmin } from "../../src/aws/bucket-admin.ts";
import { createS3Store } from "../../src/client/create-s3-store.ts";
import { s3Dialect } from "../../src/client/dialects/s3.ts";
import type { BucketAdmin } from "../../src/core/bucket-admin.ts";
import { createIdentitiesFile } from "../../src/server/identities/create-identities.ts";
import { startServer, type RunningServer } from "../../src/server/start-server.ts";
import { applyPlan } from "../../src/setup/apply.ts";
import {
  createDesiredState,
  type DesiredState,
  type PolicyWish,
} from "../../src/setup/desired-state.ts";
import { observe } from "../../src/setup/observe.ts";
import { planSetup } from "../../src/setup/plan.ts";
import { verifySetup, type Check, type VerifyReport } from "../../src/setup/verify.ts";
import { testCredentials } from "../../src/testing/test-credentials.ts";

// A role whose own policies allow nothing works with the bucket by the policy of the set-up alone.

const bucket = "sms-roles-a1b2c3d4";
const region = "us-east-1";
const tools = { sleep: (ms: number) => sleep(ms) };
const file = powerlessRole();
const { admin, sso } = testCredentials(file);

let server: RunningServer;
let bucketAdmin: BucketAdmin;

/** The identities of a first start, with nothing left to the role. */
function powerlessRole() {
  const identities = createIdentitiesFile(randomBytes, new Date());
  return {
    ...identities,
    accounts: identities.accounts.map((account) => ({
      ...account,
      roles: account.roles.map((role) => ({ ...role, access: "none" as const })),
    })),
  };
}

beforeEach(async () => {
  server = await startServer({ durability: "memory", region, identities: file });
  bucketAdmin = adminOf(admin);
});

afterEach(async () => {
  bucketAdmin.close();
  await server.close();
});

function adminOf(credentials: typeof sso): BucketAdmin {
  const endpointUrl = server.endpoint;
  return createAwsBucketAdmin({ region, endpointUrl, credentials: async () => credentials });
}

function desire(policy: Partial<PolicyWish>): DesiredState {
  return createDesiredState({ bucket, region, endpointUrl: server.endpoint, policy });
}

/** Set up by the administrator, for the role as its session's ARN tells it. */
async function setUpForRole(policy: Partial<PolicyWish>): Promise<DesiredState> {
  const role = adminOf(sso);
  const { arn } = await role.getCallerIdentity();
  role.close();
  const desired = desire({ principals: [arn], ...policy });
  const target = { admin: bucketAdmin };
  const plan = planSetup(desired, await observe(target, desired));
  const result = await applyPlan(plan, target, { tools });
  expect(result.succeeded).toBe(true);
  return desired;
}

/** The role's own view: what it may see of the settings, what it can do with files. */
async function verifyAsRole(desired: DesiredState): Promise<VerifyReport> {
  const role = adminOf(sso);
  const store = createS3Store({
    bucket,
    region,
    endpoint: server.endpoint,
    dialect: s3Dialect,
    credentials: async () => sso,
  });
  try {
    return await verifySetup(desired, { admin: role }, store, { tools, randomPart: "r" });
  } finally {
    await store.close();
    role.close();
  }
}

function statusOf(report: VerifyReport, name: string): Check["status"] | undefined {
  return report.checks.find((check) => check.name === name)?.status;
}

describe.each(["role-arn", "stable"] as const)("in the %s form", (form) => {
  it("least: every file operation of the guide, and no version for good", async () => {
    const report = await verifyAsRole(await setUpForRole({ access: "least", form }));
    const probes = report.checks.filter(({ kind }) => kind === "probe");
    expect(probes.filter(({ status }) => status !== "passed")).toEqual([]);
    expect(probes.at(-1)).toMatchObject({
      name: "clean-up",
      missing: ["s3:DeleteObjectVersion"],
    });
    expect(statusOf(report, "policy")).toBe("not-reached");
    expect(report.passed).toBe(true);
  });

  it("admin: sees the settings as well, and leaves nothing behind", async () => {
    const report = await verifyAsRole(await setUpForRole({ access: "admin", form }));
    expect(report.checks.flatMap(({ missing }) => missing)).toEqual([]);
    expect(statusOf(report, "policy")).toBe("passed");
    expect(report.passed).toBe(true);
  });
});

it("without an Allow the role gets nothing, and verify says what is missing", async () => {
  const report = await verifyAsRole(await setUpForRole({ access: "none" }));
  expect(report.passed).toBe(false);
  const upload = report.checks.find(({ name }) => name === "small-upload");
  expect(upload).toMatchObject({ status: "failed", missing: ["s3:PutObject"] });
  const missingFile = report.checks.find(({ name }) => name === "head-missing");
  // What S3 says of a GET is what is known; without that right it does not look whether the file is there.
  expect(missingFile).toMatchObject({ status: "failed", missing: ["s3:GetObject"] });
});
