import { describe, expect, it } from "vitest";
import type { Finding } from "../finding.ts";
import type { AuditContext } from "./audit-rule.ts";
import type { AuditFacts, Fact, Facts } from "./facts.ts";
import { auditRules } from "./rule-list.ts";
import { judgeFacts } from "./run-audit.ts";
import {
  account,
  arn,
  blocks,
  context,
  good,
  grant,
  onlyUs,
  policyOf,
  roleArn,
  tlsOnly,
  trail,
} from "./testing-fixtures/good-bucket.ts";

function known(changes: Partial<AuditFacts> = {}): Facts {
  const all = { ...good, ...changes };
  return Object.fromEntries(
    Object.entries(all).map(([name, value]) => [name, { state: "known", value }]),
  );
}

function audit(facts: Facts, changes: Partial<AuditContext> = {}): ReadonlyMap<string, Finding> {
  const findings = judgeFacts(facts, { ...context, ...changes }, { today: "2026-11-26" });
  return new Map(findings.map((finding) => [finding.id, finding]));
}

const failing = (facts: Facts, changes: Partial<AuditContext> = {}): string[] =>
  [...audit(facts, changes).values()].filter(({ status }) => status === "fail").map(({ id }) => id);

const kms = (id?: string) => ({
  Rules: [
    {
      ApplyServerSideEncryptionByDefault: {
        SSEAlgorithm: "aws:kms" as const,
        ...(id !== undefined && { KMSMasterKeyID: id }),
      },
      BlockedEncryptionTypes: { EncryptionType: ["SSE-C" as const] },
    },
  ],
});
const refused = { state: "forbidden", region: "us-east-1" } as const;
const keyArn = `arn:aws:kms:us-east-1:${account}:key/1`;
const key = { arn: keyArn, state: "Enabled", manager: "CUSTOMER" as const, description: "" };
const keyUser = (changes: Partial<AuditFacts["environment"]["credentials"][number]>) => ({
  credentials: [
    {
      source: "environment",
      prefix: "AWS_",
      keyKind: "ASIA" as string | undefined,
      hasSecret: true,
      hasToken: true,
      ...changes,
    },
  ],
  dotenv: undefined,
});
const rules = (...list: NonNullable<AuditFacts["lifecycle"]>["Rules"]) => ({ Rules: list });
const [testRule, allRule] = good.lifecycle?.Rules ?? [];
const policy = (...statements: readonly object[]) => ({ policy: policyOf(...statements) });

/** A fault, and the checks that fail for it: these and no other. */
const faults: readonly (readonly [string, Partial<AuditFacts>, readonly string[]])[] = [
  ["a default of KMS", { encryption: kms(), key }, ["ENC-1", "ENC-3"]],
  ["a key by its alias", { encryption: kms("alias/lab"), key }, ["ENC-1", "ENC-2", "ENC-3"]],
  [
    "a disabled key",
    { encryption: kms(keyArn), key: { ...key, state: "Disabled" } },
    ["ENC-1", "ENC-2", "ENC-3"],
  ],
  [
    "a key of another region",
    { encryption: kms(keyArn), key: { ...key, arn: keyArn.replace("us-east-1", "eu-west-1") } },
    ["ENC-1", "ENC-2", "ENC-3"],
  ],
  ["customers' keys", { encryption: undefined }, ["ENC-4"]],
  ["objects under KMS", { objects: [{ key: "a", encryption: "aws:kms" }] }, ["ENC-5"]],
  ["no versioning", { versioning: undefined }, ["VER-1"]],
  ["suspended versioning", { versioning: "Suspended" }, ["VER-1"]],
  ["no lifecycle", { lifecycle: undefined }, ["VER-2", "LC-1", "LC-3"]],
  [
    "rules that are off",
    {
      lifecycle: rules(
        ...(good.lifecycle?.Rules.map((rule) => ({ ...rule, Status: "Disabled" as const })) ?? []),
      ),
    },
    ["VER-2", "LC-1", "LC-3"],
  ],
  [
    "the guide's rule for test files",
    {
      lifecycle: rules({
        ID: "t",
        Status: "Enabled",
        Filter: { Prefix: "test/" },
        Expiration: { Days: 7 },
      }),
    },
    ["VER-2", "LC-2", "LC-3"],
  ],
  [
    "test files that live for a month",
    {
      lifecycle: rules(
        { ...(testRule ?? { Status: "Enabled" }), Expiration: { Days: 30 } },
        allRule ?? { Status: "Enabled" },
      ),
    },
    ["LC-1"],
  ],
  [
    "a rule of some objects alone",
    {
      lifecycle: rules(testRule ?? { Status: "Enabled" }, {
        ...(allRule ?? { Status: "Enabled" }),
        Filter: { Tag: { Key: "a", Value: "b" } },
      }),
    },
    ["VER-2", "LC-3"],
  ],
  [
    "a rule that expires all",
    {
      lifecycle: rules(...(good.lifecycle?.Rules ?? []), {
        ID: "all2",
        Status: "Enabled",
        Filter: {},
        Expiration: { Days: 90 },
      }),
    },
    ["LC-4"],
  ],
  [
    "a rule of the old form",
    {
      lifecycle: rules(...(good.lifecycle?.Rules ?? []), {
        ID: "old",
        Status: "Enabled",
        Prefix: "x/",
        Expiration: { Days: 90 },
      }),
    },
    ["LC-5"],
  ],
  [
    "a user",
    { caller: { accountId: account, arn: `arn:aws:iam::${account}:user/me`, userId: "AIDA" } },
    ["ID-1"],
  ],
  [
    "the root user",
    { caller: { accountId: account, arn: `arn:aws:iam::${account}:root`, userId: account } },
    ["ID-1", "ID-5"],
  ],
  ["keys without an end", { environment: keyUser({ keyKind: "AKIA", hasToken: false }) }, ["ID-2"]],
  ["an id without its secret", { environment: keyUser({ hasSecret: false }) }, ["ID-3"]],
  ["a secret without its id", { environment: keyUser({ keyKind: undefined }) }, ["ID-3"]],
  [
    "temporary keys without a token",
    { environment: keyUser({ hasToken: false }) },
    ["ID-2", "ID-3"],
  ],
  [
    "an open .env",
    {
      environment: { credentials: [], dotenv: { path: ".env", mode: 0o644, isIgnoredByGit: true } },
    },
    ["ID-4"],
  ],
  [
    "a .env in git",
    {
      environment: {
        credentials: [],
        dotenv: { path: ".env", mode: 0o600, isIgnoredByGit: false },
      },
    },
    ["ID-4"],
  ],
  [
    "an administrator",
    {
      caller: {
        ...good.caller,
        arn: `arn:aws:sts::${account}:assumed-role/AWSReservedSSO_AdministratorAccess_0123456789abcdef/me`,
      },
    },
    ["ID-5"],
  ],
  ["no trail", { trails: [] }, ["LOG-1", "LOG-2", "LOG-3"]],
  [
    "a trail that is off",
    { trails: [{ ...trail, isLogging: false }] },
    ["LOG-1", "LOG-2", "LOG-3"],
  ],
  ["a trail of one region", { trails: [{ ...trail, isMultiRegion: false }] }, ["LOG-1"]],
  [
    "a trail into the bucket itself",
    { trails: [{ ...trail, logBucket: context.bucket }] },
    ["LOG-2", "LOG-3"],
  ],
  ["no log at all", { trails: [], logging: undefined }, ["LOG-1", "LOG-2", "LOG-3", "LOG-4"]],
  ["no policy", { policy: undefined, policyStatus: undefined }, ["POL-1", "POL-6"]],
  ["no Deny about who", policy(grant, tlsOnly), ["POL-1"]],
  [
    "a session's ARN",
    policy({ ...grant, Principal: { AWS: good.caller.arn } }, tlsOnly, onlyUs),
    ["POL-2"],
  ],
  [
    "a role that is gone",
    policy({ ...grant, Principal: { AWS: "AROAEXAMPLEEXAMPLE12" } }, tlsOnly, onlyUs),
    ["POL-3"],
  ],
  [
    "a foreign account",
    policy({ ...grant, Principal: { AWS: "arn:aws:iam::999988887777:root" } }, tlsOnly, onlyUs),
    ["POL-4"],
  ],
  ["everybody", policy({ ...grant, Principal: "*" }, tlsOnly, onlyUs), ["POL-5"]],
  ["a policy that S3 takes for public", { policyStatus: { isPublic: true } }, ["POL-5"]],
  [
    "a Deny of HTTP on objects alone",
    policy(grant, onlyUs, { ...tlsOnly, Resource: `${arn}/*` }),
    ["POL-6"],
  ],
  [
    "a Deny of HTTP for one role",
    policy(grant, onlyUs, { ...tlsOnly, Principal: { AWS: roleArn } }),
    ["POL-6"],
  ],
  [
    "an Allow of TLS",
    policy(grant, onlyUs, {
      ...tlsOnly,
      Effect: "Allow",
      Principal: { AWS: roleArn },
      Action: "s3:GetObject",
      Resource: `${arn}/*`,
      Condition: { Bool: { "aws:SecureTransport": "true" } },
    }),
    ["POL-6"],
  ],
  [
    "a Deny of HTTP under a further condition",
    policy(grant, onlyUs, {
      ...tlsOnly,
      Condition: { ...tlsOnly.Condition, StringEquals: { "aws:PrincipalAccount": account } },
    }),
    ["POL-6"],
  ],
  [
    "a Deny that shuts the caller out",
    policy(grant, tlsOnly, onlyUs, {
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: [arn, `${arn}/*`],
      Condition: { ArnNotLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/other" } },
    }),
    ["POL-7"],
  ],
  ["an Allow of everything", policy({ ...grant, Action: "s3:*" }, tlsOnly, onlyUs), ["POL-8"]],
  [
    "actions on the wrong resource",
    policy({ ...grant, Action: "s3:ListBucket" }, tlsOnly, onlyUs),
    ["POL-8"],
  ],
  [
    "a Deny that asks for a header",
    policy(grant, tlsOnly, onlyUs, {
      Effect: "Deny",
      Principal: "*",
      Action: "s3:PutObject",
      Resource: `${arn}/*`,
      Condition: { Null: { "s3:x-amz-server-side-encryption": "true" } },
    }),
    ["POL-9"],
  ],
  ["no block of the account", { accountPublicAccessBlock: undefined }, ["BPA-2"]],
  ["lists", { ownership: undefined }, ["OWN-1"]],
  [
    "a public list",
    {
      ownership: "ObjectWriter",
      acl: {
        ownerId: "o",
        grants: [
          { grantee: "http://acs.amazonaws.com/groups/global/AllUsers", permission: "READ" },
        ],
      },
    },
    ["OWN-1", "ACL-1"],
  ],
  ["another region", { presence: { state: "present", region: "eu-west-1" } }, ["LOC-1"]],
  ["another's bucket", { presence: refused, presenceForAnyOwner: good.presence }, ["OWN-2"]],
  ["a website", { website: true }, ["MISC-1"]],
  ["requesters who pay", { requesterPays: true }, ["MISC-1"]],
  [
    "pages of everybody",
    { cors: { CORSRules: [{ AllowedMethods: ["GET"], AllowedOrigins: ["*"] }] } },
    ["MISC-1"],
  ],
];

describe("judgeFacts", () => {
  it("finds no fault where there is none", () => {
    expect(failing(known())).toEqual([]);
  });
  it.each(faults)("finds %s and nothing else", (_name, change, ids) => {
    expect(failing(known(change))).toEqual(ids);
  });

  it("tells of every failure what follows and what to do", () => {
    for (const [name, change] of faults) {
      for (const finding of audit(known(change)).values()) {
        if (finding.status !== "fail") continue;
        const { saw, affects, remedy } = finding;
        const said = [saw !== "", affects?.endsWith("."), remedy?.text.endsWith(".")];
        expect(said, `${name}: ${finding.id}`).toEqual([true, true, true]);
      }
    }
  });

  it("has a fault for every check that can fail", () => {
    const seen = new Set(faults.flatMap(([, , ids]) => ids));
    const never = ["ENC-6", "VER-3", "BPA-1", "NAME-1", "MISC-2"];
    expect(auditRules.map(({ id }) => id).filter((id) => !seen.has(id))).toEqual(never);
  });

  it("takes the account's block for the bucket's, and its own four alone", () => {
    const half = { ...blocks, BlockPublicPolicy: false };
    expect(failing(known({ publicAccessBlock: half }))).toEqual([]);
    const both = { publicAccessBlock: half, accountPublicAccessBlock: undefined };
    expect(failing(known(both))).toEqual(["BPA-1", "BPA-2"]);
  });

  it("asks for no region of a store that has none", () => {
    const presence = { state: "present", region: "local" } as const;
    expect(audit(known({ presence })).get("LOC-1")?.status).toBe("not-applicable");
  });

  it("takes a name that can be guessed for what it is", () => {
    const guessable = { bucket: "lab-results" };
    expect(audit(known({ policy: undefined }), guessable).get("NAME-1")?.status).toBe("fail");
    const own = { ...guessable, endpointUrl: "http://127.0.0.1:9000" };
    expect(audit(known({}), own).get("NAME-1")?.status).toBe("not-applicable");
  });

  it("is content with KMS where KMS is meant", () => {
    const changes = { encryption: kms(keyArn), key };
    expect(failing(known(changes), { expectsKms: true })).toEqual(["ENC-3"]);
  });

  it("asks no store over plain HTTP to refuse it", () => {
    const facts = known(policy(grant, onlyUs));
    expect(failing(facts, { endpointUrl: "https://s3.example" })).toEqual(["POL-6"]);
    expect(failing(facts, { endpointUrl: "http://127.0.0.1:9000" })).toEqual([]);
  });

  it.each(Object.keys(good))(
    "neither passes nor fails what hangs on %s when that is unknown",
    (name) => {
      const unknown: Fact<never> = { state: "unknown", reason: "AccessDenied" };
      const findings = audit({ ...known(), [name]: unknown });
      for (const rule of auditRules.filter(({ needs }) => needs.some((need) => need === name))) {
        expect(findings.get(rule.id)).toMatchObject({ status: "unknown", saw: "AccessDenied" });
      }
    },
  );

  it("says of what a store does not have that it does not apply", () => {
    const lacking: Fact<never> = { state: "not-supported", reason: "no CloudTrail here" };
    expect(audit({ ...known(), trails: lacking }).get("LOG-1")).toMatchObject({
      status: "not-applicable",
      saw: "no CloudTrail here",
    });
  });

  it("says that a policy cannot be read in place of judging it", () => {
    expect(audit(known({ policy: "{" })).get("POL-6")?.status).toBe("unknown");
  });

  it("mutes a failure until its last day, and never what passes", () => {
    const facts = known({ versioning: undefined });
    const mute = { id: "VER-1", reason: "scratch data", until: "2026-11-26" };
    const of = (today: string, id = "VER-1") =>
      judgeFacts(facts, context, { mutes: [{ ...mute, id }], today }).find((one) => one.id === id);
    expect(of("2026-11-26")).toMatchObject({ status: "muted", muted: mute });
    expect(of("2026-11-27")).toMatchObject({ status: "fail" });
    expect(of("2026-11-27")?.saw).toContain("muted until 2026-11-26");
    expect(of("2026-11-26", "ENC-1")?.status).toBe("pass");
  });
});
