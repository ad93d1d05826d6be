import {
  DeleteObjectCommand,
  GetBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { STSClient, AssumeRoleCommand } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type AccessExplanation, explainAccess } from "../checks/explain/explain-access.ts";
import { isStorageError } from "../core/errors.ts";
import { getSettings } from "../settings/get-settings.ts";
import { startTestServer, type TestServer } from "../testing/start-test-server.ts";
import { observeForAudit } from "./audit-session.ts";
import { observeAccess } from "./explain-session.ts";

// Policies of an organisation, read by those who may, and what the server does by them.

const management = "000011112222";
const lab = "111122223333";
const guest = "222233334444";
const bucket = "organised-sims";
const allOf = `arn:aws:s3:::${bucket}/*`;
const policy = (...Statement: unknown[]) => ({ Version: "2012-10-17", Statement });
const allow = (Action: unknown, Resource: unknown = "*") => ({ Effect: "Allow", Action, Resource });
const administrator = "arn:aws:iam::aws:policy/AdministratorAccess";
const trust = (AWS: string) =>
  policy({ Effect: "Allow", Principal: { AWS }, Action: "sts:AssumeRole" });
const linked = "AWSServiceRoleForLab";

const world = (delegated: readonly string[]) => ({
  version: 1,
  accounts: {
    [management]: { users: { chief: { accessKeys: [{}], attached: [administrator] } } },
    [lab]: {
      root: { accessKeys: [{}] },
      users: { admin: { accessKeys: [{}], attached: [administrator] } },
      roles: {
        Scientist: { trust: trust(lab), policies: { own: policy(allow("s3:*")) } },
        [linked]: {
          path: "/aws-service-role/lab.amazonaws.com/",
          trust: trust(lab),
          policies: { own: policy(allow("s3:*")) },
        },
      },
      buckets: {
        [bucket]: {
          policy: policy({
            Sid: "Others",
            Effect: "Allow",
            Principal: { AWS: [management, guest] },
            Action: "s3:PutObject",
            Resource: allOf,
          }),
        },
      },
    },
    [guest]: { users: { visitor: { accessKeys: [{}], attached: [administrator] } } },
  },
  organization: {
    id: "o-a1b2c3d4e5",
    managementAccount: management,
    delegatedAdministrators: delegated,
    units: {
      science: { serviceControlPolicies: ["FullAWSAccess", "no-root"] },
      wet: { parent: "science", serviceControlPolicies: ["not-raw"] },
    },
    accounts: {
      [lab]: { unit: "wet", resourceControlPolicies: ["RCPFullAWSAccess", "kept"] },
      [guest]: { serviceControlPolicies: ["only-kms"] },
    },
    serviceControlPolicies: {
      "no-root": policy({
        Sid: "NoRoot",
        Effect: "Deny",
        Action: "s3:PutObject",
        Resource: "*",
        Condition: { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:root" } },
      }),
      "not-raw": policy(
        { ...allow("*"), Sid: "All" },
        {
          Sid: "NotRaw",
          Effect: "Deny",
          Action: "s3:PutObject",
          Resource: `arn:aws:s3:::${bucket}/raw/*`,
        },
      ),
      "only-kms": policy(allow("kms:*")),
    },
    resourceControlPolicies: {
      kept: policy({
        Sid: "Kept",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:DeleteObject",
        Resource: `arn:aws:s3:::${bucket}/kept/*`,
      }),
    },
  },
});

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ world: world([lab]) });
});
afterAll(() => server[Symbol.asyncDispose]());

interface Asked {
  readonly as: string;
  readonly action?: "s3:PutObject" | "s3:DeleteObject" | "s3:GetBucketPolicy";
  readonly key?: string;
}

async function explain({
  as,
  action = "s3:PutObject",
  key = "a",
}: Asked): Promise<AccessExplanation> {
  const { accessKeyId, secretAccessKey } = server.credentialsOf(lab, "admin");
  const environment = {
    ...server.env,
    STORAGE_S3_ACCESS_KEY_ID: accessKeyId,
    STORAGE_S3_SECRET_ACCESS_KEY: secretAccessKey,
    STORAGE_S3_BUCKET: bucket,
  };
  const settings = getSettings({ environment, envFile: false });
  const wish = { bucket, key, action, as, context: new Map(), sessionPolicy: undefined };
  const { facts, place } = await observeAccess({ settings, wish, owner: lab });
  return explainAccess(wish, facts, place);
}

const root = `arn:aws:iam::${lab}:root`;
const chief = `arn:aws:iam::${management}:user/chief`;
const visitor = `arn:aws:iam::${guest}:user/visitor`;

async function keysOf(as: string) {
  if (as === root) return server.credentialsOf(lab);
  if (as === chief) return server.credentialsOf(management, "chief");
  if (as === visitor) return server.credentialsOf(guest, "visitor");
  const { endpoint, region } = server;
  const sts = new STSClient({ endpoint, region, credentials: server.credentialsOf(lab, "admin") });
  const path = as === linked ? "aws-service-role/lab.amazonaws.com/" : "";
  const RoleArn = `arn:aws:iam::${lab}:role/${path}${as}`;
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({ RoleArn, RoleSessionName: "test" }),
  );
  return {
    accessKeyId: Credentials?.AccessKeyId ?? "",
    secretAccessKey: Credentials?.SecretAccessKey ?? "",
    sessionToken: Credentials?.SessionToken ?? "",
  };
}

/** What the server really answers. */
async function actual({ as, action = "s3:PutObject", key = "a" }: Asked): Promise<string> {
  const { endpoint, region } = server;
  const credentials = await keysOf(as);
  const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1 });
  const at = { Bucket: bucket, Key: key };
  const calls = {
    "s3:PutObject": () => s3.send(new PutObjectCommand({ ...at, Body: "x" })),
    "s3:DeleteObject": () => s3.send(new DeleteObjectCommand(at)),
    "s3:GetBucketPolicy": () => s3.send(new GetBucketPolicyCommand({ Bucket: bucket })),
  };
  return calls[action]().then(
    () => "allowed",
    (error: unknown) =>
      error instanceof Error && error.name === "AccessDenied" ? "denied" : String(error),
  );
}

it.each<[Asked, AccessExplanation["outcome"], string | undefined, string | undefined]>([
  [{ as: "Scientist" }, "allowed", undefined, undefined],
  [{ as: "Scientist", key: "raw/a" }, "explicitDeny", "service-control", 'statement "NotRaw"'],
  [
    { as: "Scientist", action: "s3:DeleteObject", key: "kept/a" },
    "explicitDeny",
    "resource-control",
    'statement "Kept"',
  ],
  [{ as: linked, key: "raw/a" }, "allowed", undefined, undefined],
  [{ as: linked, action: "s3:DeleteObject", key: "kept/a" }, "allowed", undefined, undefined],
  [{ as: root }, "explicitDeny", "service-control", 'statement "NoRoot"'],
  [{ as: root, action: "s3:DeleteObject" }, "allowed", undefined, undefined],
  [{ as: root, action: "s3:GetBucketPolicy", key: "" }, "allowed", undefined, undefined],
  [{ as: visitor }, "implicitDeny", "service-control", undefined],
])("%j: %s by %s", async (asked, outcome, layer, statement) => {
  const { outcome: found, passes, unseen } = await explain(asked);
  const decided = passes[0]?.decided.find(({ effect }) => effect === "Deny")?.statement;
  expect({ found, layer: passes[0]?.layer, decided }).toEqual({
    found: outcome,
    layer,
    decided: statement,
  });
  const layers = unseen.map((each) => each.layer);
  expect(layers).not.toContain("service-control");
  expect(layers).not.toContain("resource-control");
  expect(await actual(asked)).toBe(outcome === "allowed" ? "allowed" : "denied");
});

/** What an audit learns of the organisation. */
async function auditAs(owner: string, user: string) {
  const { accessKeyId, secretAccessKey } = server.credentialsOf(owner, user);
  const environment = {
    ...server.env,
    STORAGE_S3_ACCESS_KEY_ID: accessKeyId,
    STORAGE_S3_SECRET_ACCESS_KEY: secretAccessKey,
    STORAGE_S3_BUCKET: bucket,
  };
  const settings = getSettings({ environment, envFile: false });
  const { facts } = await observeForAudit({ settings, bucket, environment, envFile: undefined });
  return facts.organization;
}

it("an audit reads what its caller may see of the organisation, and says what it may not", async () => {
  expect(await auditAs(lab, "admin")).toMatchObject({
    state: "known",
    value: { isManagement: false, steps: expect.arrayContaining([expect.anything()]) },
  });
  expect(await auditAs(guest, "visitor")).toMatchObject({ state: "unknown" });
});

it("the management account is limited by none of them", async () => {
  const { passes, unseen } = await explain({ as: chief, key: "raw/a" });
  expect(passes[0]?.layer).toBeUndefined();
  expect(unseen.map(({ layer }) => layer)).toEqual(["identity"]);
  expect(await actual({ as: chief, key: "raw/a" })).toBe("allowed");
});

it("who may not read them is told so, and root users are not judged by somebody else's verdict", async () => {
  await server.takeWorld(world([]));
  try {
    const scientist = await explain({ as: "Scientist", key: "raw/a" });
    expect(scientist).toMatchObject({
      outcome: "implicitDeny",
      passes: [{ layer: "service-control" }],
    });
    expect(scientist.unseen.map(({ layer }) => layer)).toEqual(["resource-control"]);
    // The caller would be denied.
    const asRoot = await explain({ as: root, key: "raw/a" });
    expect(asRoot.outcome).toBe("unknown");
    const unseen = asRoot.unseen.find(({ layer }) => layer === "service-control");
    expect(unseen?.reason).toContain("knows no root user");
    const anonymous = await explain({ as: "anonymous", key: "raw/a" });
    expect(anonymous).toMatchObject({ outcome: "implicitDeny", passes: [{ layer: "resource" }] });
  } finally {
    await server.takeWorld(world([lab]));
  }
});

it("a world that delegates to a stranger is refused", async () => {
  const error = await startTestServer({ world: world(["999999999999"]) }).catch((e: unknown) => e);
  expect(isStorageError(error) ? error.message : error).toContain(
    "is no member account of the organisation",
  );
});
