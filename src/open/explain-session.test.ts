import {
  GetObjectCommand,
  PutBucketEncryptionCommand,
  PutBucketOwnershipControlsCommand,
  type PutBucketEncryptionCommandInput,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AccessExplanation, explainAccess } from "../checks/explain/explain-access.ts";
import { getSettings } from "../settings/get-settings.ts";
import { startTestServer, type TestServer } from "../testing/start-test-server.ts";
import { observeAccess } from "./explain-session.ts";

// What is explained, beside what the server does: both read the same policies, by two ways.

const owner = "111122223333";
const other = "222233334444";
const policy = (...Statement: unknown[]) => ({ Version: "2012-10-17", Statement });
const allow = (Action: unknown, Resource: unknown, more = {}) => ({
  Effect: "Allow",
  Action,
  Resource,
  ...more,
});
const trust = policy({
  Effect: "Allow",
  Principal: { AWS: owner },
  Action: "sts:AssumeRole",
});
const administrator = "arn:aws:iam::aws:policy/AdministratorAccess";
const keyId = "11111111-2222-3333-4444-555555555555";
const sims = "arn:aws:s3:::sims";
const roleArn = (name: string) => `arn:aws:iam::${owner}:role/lab/${name}`;

const denyGuarded = {
  Sid: "Guarded",
  Effect: "Deny",
  Principal: "*",
  Action: "s3:PutObject",
  Resource: `${sims}/guarded/*`,
};
const readGrant = {
  Sid: "Read",
  Effect: "Allow",
  Principal: { AWS: roleArn("Guest") },
  Action: "s3:GetObject",
  Resource: `${sims}/*`,
};

const role = (policies: unknown, more = {}) => ({ path: "/lab/", trust, policies, ...more });

function worldOf(scientist: readonly unknown[], bucketStatements: readonly unknown[]) {
  return {
    version: 1,
    accounts: {
      [owner]: {
        users: {
          admin: { accessKeys: [{}], attached: [administrator] },
          blind: {
            accessKeys: [{}],
            policies: { own: policy(allow("s3:GetObject", `${sims}/*`)) },
          },
        },
        policies: { "only-public": { document: policy(allow("s3:*", `${sims}/public/*`)) } },
        kmsKeys: { storage: { id: keyId } },
        roles: {
          Scientist: role({ own: policy(...scientist) }),
          Bounded: role({ own: policy(allow("s3:*", "*")) }, { boundary: "only-public" }),
          Guest: role({}),
        },
        buckets: {
          sims: { policy: policy(...bucketStatements) },
          secret: {},
        },
      },
      [other]: { users: { eve: { accessKeys: [{}], attached: [administrator] } } },
    },
  };
}

const scientistMay = [
  allow("s3:PutObject", [`${sims}/*`, "arn:aws:s3:::secret/*"]),
  allow("s3:GetObject", `${sims}/open/*`),
];

let server: TestServer;

function adminClient(): S3Client {
  const { endpoint, region } = server;
  const credentials = server.credentialsOf(owner, "admin");
  return new S3Client({ endpoint, region, credentials, forcePathStyle: true });
}

beforeAll(async () => {
  server = await startTestServer({ world: worldOf(scientistMay, [denyGuarded, readGrant]) });
  const s3 = adminClient();
  const KMSMasterKeyID = `arn:aws:kms:${server.region}:${owner}:key/${keyId}`;
  const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID } };
  await s3.send(
    new PutBucketEncryptionCommand({
      Bucket: "secret",
      ServerSideEncryptionConfiguration: { Rules: [rule] },
    } as PutBucketEncryptionCommandInput),
  );
});

afterAll(async () => server[Symbol.asyncDispose]());

interface Asked {
  readonly as?: string;
  readonly action?: string;
  readonly key?: string;
  readonly bucket?: string;
  readonly context?: Readonly<Record<string, string>>;
  readonly by?: string;
  readonly sessionPolicy?: string;
}

async function explain(asked: Asked): Promise<AccessExplanation> {
  const { as, action = "s3:PutObject", key = "a", bucket = "sims", by = "admin" } = asked;
  const { accessKeyId, secretAccessKey } = server.credentialsOf(owner, by);
  const environment = {
    ...server.env,
    STORAGE_S3_ACCESS_KEY_ID: accessKeyId,
    STORAGE_S3_SECRET_ACCESS_KEY: secretAccessKey,
    STORAGE_S3_BUCKET: bucket,
  };
  const settings = getSettings({ environment, envFile: false });
  const context = new Map(Object.entries(asked.context ?? {}));
  const { sessionPolicy } = asked;
  const wish = { bucket, key, action, as, context, sessionPolicy };
  const { facts, place } = await observeAccess({ settings, wish, owner });
  return explainAccess(wish, facts, place);
}

async function grant(
  { blind }: { readonly blind: readonly unknown[] },
  bucketStatements: readonly unknown[],
): Promise<void> {
  const world = worldOf(scientistMay, bucketStatements);
  world.accounts[owner].users.blind.policies.own = policy(...blind);
  await server.takeWorld(world);
}

/** What the server really answers. */
async function actual({ as = "", action = "s3:PutObject", key = "a", bucket = "sims" }: Asked) {
  const config = { endpoint: server.endpoint, region: server.region, maxAttempts: 1 };
  const sts = new STSClient({ ...config, credentials: server.credentialsOf(owner, "admin") });
  const { Credentials: keys } = await sts.send(
    new AssumeRoleCommand({ RoleArn: roleArn(as), RoleSessionName: "test" }),
  );
  const s3 = new S3Client({
    ...config,
    forcePathStyle: true,
    credentials: {
      accessKeyId: keys?.AccessKeyId ?? "",
      secretAccessKey: keys?.SecretAccessKey ?? "",
      sessionToken: keys?.SessionToken ?? "",
    },
  });
  const command =
    action === "s3:PutObject"
      ? new PutObjectCommand({ Bucket: bucket, Key: key, Body: "x" })
      : new GetObjectCommand({ Bucket: bucket, Key: key });
  try {
    await (command instanceof PutObjectCommand ? s3.send(command) : s3.send(command));
    return "allowed";
  } catch (error) {
    return error instanceof Error && error.name === "AccessDenied" ? "denied" : String(error);
  }
}

describe("as the server decides", () => {
  it.each<[Asked, AccessExplanation["outcome"], string | undefined]>([
    [{ as: "Scientist" }, "allowed", undefined],
    [{ as: "Scientist", key: "guarded/a" }, "explicitDeny", "resource"],
    [{ as: "Scientist", action: "s3:GetObject" }, "implicitDeny", "identity"],
    [{ as: "Bounded" }, "implicitDeny", "boundary"],
    [{ as: "Bounded", key: "public/a" }, "allowed", undefined],
    [{ as: "Guest" }, "implicitDeny", "identity"],
    [{ as: "Guest", action: "s3:GetObject" }, "allowed", undefined],
    [{ as: "Scientist", bucket: "secret" }, "implicitDeny", undefined],
  ])("%j", async (asked, outcome, layer) => {
    const explanation = await explain(asked);
    const pass = layer === undefined ? {} : { layer };
    expect(explanation).toMatchObject({ outcome, passes: [pass, ...explanation.passes.slice(1)] });
    expect(await actual(asked)).toBe(outcome === "allowed" ? "allowed" : "denied");
  });
});

describe("tells what decided", () => {
  it("the Deny, with its Sid and document", async () => {
    const { passes, changes } = await explain({ as: "Scientist", key: "guarded/a" });
    expect(passes[0]?.decided).toEqual([
      {
        layer: "resource",
        policy: "the bucket's policy",
        statement: 'statement "Guarded"',
        effect: "Deny",
        conditions: [],
      },
    ]);
    expect(changes).toEqual([
      expect.objectContaining({
        by: "administrator",
        statements: [
          {
            ...denyGuarded,
            Condition: { ArnNotEquals: { "aws:PrincipalArn": roleArn("Scientist") } },
          },
        ],
      }),
    ]);
  });

  it("the nearest miss, and which element failed", async () => {
    const { passes } = await explain({ as: "Scientist", action: "s3:GetObject" });
    expect(passes[0]?.nearestMiss).toMatchObject({
      policy: "own",
      failed: [{ element: "resource" }],
    });
  });

  it("the key's part, with its statements for key and role", async () => {
    const { passes, changes } = await explain({ as: "Scientist", bucket: "secret" });
    expect(passes.map(({ action, outcome }) => [action, outcome])).toEqual([
      ["s3:PutObject", "allowed"],
      ["kms:GenerateDataKey", "implicitDeny"],
    ]);
    expect(changes).toEqual([
      expect.objectContaining({
        statements: [expect.objectContaining({ Action: ["kms:GenerateDataKey", "kms:Decrypt"] })],
      }),
    ]);
  });
});

describe("what it proposes cures", () => {
  it("a missing Allow, and a Deny that is in the way as well", async () => {
    const asked = { as: "Guest", key: "guarded/a" };
    expect(await actual(asked)).toBe("denied");
    const { outcome, changes } = await explain(asked);
    expect(outcome).toBe("explicitDeny");
    const [excepted, granted] = changes.map(({ statements }) => statements?.[0]);
    const world = worldOf(scientistMay, [excepted, readGrant]);
    Object.assign(world.accounts[owner].roles.Guest, { policies: { own: policy(granted) } });
    await server.takeWorld(world);
    try {
      expect(await actual(asked)).toBe("allowed");
      expect((await explain(asked)).outcome).toBe("allowed");
    } finally {
      await server.takeWorld(worldOf(scientistMay, [denyGuarded, readGrant]));
    }
  });
});

describe("what is not known stays open", () => {
  it("a condition key that nobody gave", async () => {
    const fromLab = {
      Effect: "Deny",
      Principal: "*",
      Action: "s3:PutObject",
      Resource: `${sims}/*`,
      Condition: { NotIpAddress: { "aws:SourceIp": "203.0.113.0/24" } },
    };
    await server.takeWorld(worldOf(scientistMay, [fromLab]));
    try {
      const open = await explain({ as: "Scientist" });
      expect(open.outcome).toBe("unknown");
      expect(open.passes[0]?.open[0]).toMatchObject({ effect: "Deny", openKeys: ["aws:SourceIp"] });
      const inside = await explain({ as: "Scientist", context: { "aws:sourceip": "203.0.113.7" } });
      expect(inside.outcome).toBe("allowed");
      const outside = await explain({ as: "Scientist", context: { "aws:sourceip": "192.0.2.1" } });
      expect(outside.outcome).toBe("explicitDeny");
      expect(outside.changes[0]).toMatchObject({ by: "you" });
    } finally {
      await server.takeWorld(worldOf(scientistMay, [denyGuarded, readGrant]));
    }
  });

  it("policies that the credentials may not read are named, never taken for absent", async () => {
    const { outcome, unseen } = await explain({ as: "Scientist", by: "blind" });
    expect(outcome).toBe("unknown");
    const layers = new Set(unseen.map(({ layer }) => layer));
    for (const layer of ["resource", "identity", "boundary", "service-control"] as const) {
      expect(layers).toContain(layer);
    }
  });

  it("the path of a role that may not be looked up: its ARN is compared with nothing, and named by patterns", async () => {
    const deny = {
      ...denyGuarded,
      Condition: { ArnNotEquals: { "aws:PrincipalArn": roleArn("Scientist") } },
    };
    const blind = { as: "Scientist", key: "guarded/a", by: "blind" };
    await grant({ blind: [allow("s3:GetBucketPolicy", sims)] }, [deny]);
    try {
      // By an ARN without the path the Deny would fit.
      const open = await explain(blind);
      expect(open.outcome).toBe("unknown");
      expect(open.passes[0]?.open[0]).toMatchObject({ openKeys: ["aws:PrincipalArn"] });
      const context = { "aws:principalarn": roleArn("Scientist") };
      expect((await explain({ ...blind, context })).passes[0]?.open).not.toContainEqual(
        expect.objectContaining({ effect: "Deny" }),
      );
      await grant({ blind: [allow("s3:GetBucketPolicy", sims)] }, [denyGuarded]);
      const roles = `arn:aws:iam::${owner}:role`;
      const excepted = { "aws:PrincipalArn": [`${roles}/Scientist`, `${roles}/*/Scientist`] };
      expect((await explain(blind)).changes[0]?.statements).toEqual([
        { ...denyGuarded, Condition: { ArnNotLike: excepted } },
      ]);
    } finally {
      await server.takeWorld(worldOf(scientistMay, [denyGuarded, readGrant]));
    }
  });

  it("somebody of another account is denied without an Allow of the bucket, whatever their own say", async () => {
    const eve = `arn:aws:iam::${other}:user/eve`;
    const { outcome, passes } = await explain({ as: eve });
    expect([outcome, passes[0]?.layer]).toEqual(["implicitDeny", "resource"]);
  });

  it("an ACL, where ACLs count, may give others what no policy does", async () => {
    const s3 = adminClient();
    const Bucket = "sims";
    await s3.send(
      new PutBucketOwnershipControlsCommand({
        Bucket,
        OwnershipControls: { Rules: [{ ObjectOwnership: "ObjectWriter" }] },
      }),
    );
    const { outcome, unseen } = await explain({ as: "anonymous", action: "s3:GetObject" });
    expect(outcome).toBe("unknown");
    expect(unseen.at(-1)?.what).toContain("ACLs");
    const own = await explain({ as: "Scientist", action: "s3:GetObject" });
    expect(own.outcome).toBe("implicitDeny");
    await s3.send(
      new PutBucketOwnershipControlsCommand({
        Bucket,
        OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] },
      }),
    );
  });

  it("a session policy given is one more limit", async () => {
    const sessionPolicy = JSON.stringify(policy(allow("s3:GetObject", "*")));
    const { outcome, passes } = await explain({ as: "Scientist", sessionPolicy });
    expect([outcome, passes[0]?.layer]).toEqual(["implicitDeny", "session"]);
  });

  it("anonymous", async () => {
    const { outcome, passes } = await explain({ as: "anonymous", action: "s3:GetObject" });
    expect([outcome, passes[0]?.layer]).toEqual(["implicitDeny", "resource"]);
  });
});
