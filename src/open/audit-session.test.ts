import { afterAll, beforeAll, expect, it } from "vitest";
import type { AuditContext } from "../checks/audit/audit-rule.ts";
import { judgeFacts } from "../checks/audit/run-audit.ts";
import type { Finding } from "../checks/finding.ts";
import { getSettings } from "../settings/get-settings.ts";
import { startTestServer, type TestServer } from "../testing/start-test-server.ts";
import { observeForAudit } from "./audit-session.ts";

// Whose a bucket is that is refused as the account's own.

const lab = "111122223333";
const guest = "444455556666";
const administrator = "arn:aws:iam::aws:policy/AdministratorAccess";
const statement = (more: object) => ({
  Version: "2012-10-17",
  Statement: [{ Principal: "*", Action: "s3:ListBucket", ...more }],
});
const on = (bucket: string) => ({ Resource: `arn:aws:s3:::${bucket}` });
const world = {
  version: 1,
  accounts: {
    [lab]: {
      users: { admin: { accessKeys: [{}], attached: [administrator] } },
      buckets: {
        "lab-own": {},
        "lab-shut": { policy: statement({ Effect: "Deny", ...on("lab-shut") }) },
      },
    },
    [guest]: {
      buckets: {
        "guest-open": {
          policy: statement({ Effect: "Allow", Principal: { AWS: lab }, ...on("guest-open") }),
        },
        "guest-shut": {},
      },
    },
  },
};

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ world });
});

afterAll(() => server.close());

async function ownership(bucket: string): Promise<Finding | undefined> {
  const { accessKeyId, secretAccessKey } = server.credentialsOf(lab, "admin");
  const settings = getSettings({
    environment: {
      STORAGE_S3_ENDPOINT_URL: server.endpoint,
      STORAGE_S3_REGION: server.region,
      STORAGE_S3_ACCESS_KEY_ID: accessKeyId,
      STORAGE_S3_SECRET_ACCESS_KEY: secretAccessKey,
    },
    envFile: false,
  });
  const { facts, place } = await observeForAudit({
    settings,
    bucket,
    envFile: undefined,
    environment: {},
  });
  const context: AuditContext = {
    ...place,
    trustedAccounts: [],
    expectsKms: false,
    testPrefix: "test/",
    testDays: 7,
  };
  return judgeFacts(facts, context, { today: "2026-11-27" }).find(({ id }) => id === "OWN-2");
}

it("passes for the account's own, and fails for one that answers without an owner only", async () => {
  expect(await ownership("lab-own")).toMatchObject({ status: "pass", saw: `it belongs to ${lab}` });
  expect(await ownership("guest-open")).toMatchObject({ status: "fail", severity: "critical" });
});

it.each(["guest-shut", "lab-shut"])(
  "a refusal of %s proves no owner, the account's or another",
  async (bucket) => {
    const found = await ownership(bucket);
    expect(found).toMatchObject({ status: "unknown" });
    expect(found?.saw).toMatch(/^whose it is does not show: .*write nothing until/);
  },
);
