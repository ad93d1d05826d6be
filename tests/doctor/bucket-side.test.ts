import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { DoctorFinding } from "../../src/checks/doctor/doctor-finding.ts";
import type { ServerSideEncryptionConfiguration } from "../../src/core/bucket-settings.ts";
import { openBucketAdmin } from "../../src/open/open-bucket-admin.ts";
import { inspectSettings } from "../../src/settings/get-settings.ts";
import { startTestServer, type TestServer } from "../../src/testing/index.ts";
import { examineWith, fixAll, type Patient } from "./examine-with.ts";

// What identities, policies and keys of a world bring about: each cause is named first, and the
// statements of its remedy, put where it says, cure it.

const [account, other, management] = ["111122223333", "444455556666", "999988887777"];
const bucket = "lab-data";
const keyId = "11111111-2222-3333-4444-555555555555";
const keyArn = (owner: string) => `arn:aws:kms:us-east-1:${owner}:key/${keyId}`;
const both = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
const policy = (...Statement: readonly unknown[]) => ({ Version: "2012-10-17", Statement });
const allow = (Action: unknown, Resource: unknown = both) => ({
  Effect: "Allow",
  Action,
  Resource,
});
const deny = (Action: unknown, Resource: unknown = both) => ({ Effect: "Deny", Action, Resource });
const everyone = { Principal: "*" };
const administrator = "arn:aws:iam::aws:policy/AdministratorAccess";

/** A world of a lab: what is said differs from one in which all is well. */
interface Lab {
  /** What ada's own policy says. Default: everything of S3 on the bucket. */
  readonly own?: readonly unknown[];
  readonly boundary?: readonly unknown[];
  readonly bucketPolicy?: readonly unknown[];
  readonly keyPolicy?: readonly unknown[];
  readonly keyState?: "Enabled" | "Disabled" | "PendingDeletion";
  readonly keyOwner?: string;
  readonly serviceControl?: readonly unknown[];
  readonly resourceControl?: readonly unknown[];
  /** Whose ada is. Default: the bucket's account. */
  readonly adaIn?: string;
}

function worldOf(lab: Lab): Readonly<Record<string, unknown>> {
  const { own = [allow("s3:*")], boundary, bucketPolicy, keyPolicy, keyState = "Enabled" } = lab;
  const { keyOwner = account, adaIn = account, serviceControl, resourceControl } = lab;
  const boss = { accessKeys: [{}], attached: [administrator] };
  const ada = {
    accessKeys: [{}],
    policies: { own: policy(...own) },
    ...(boundary !== undefined && { boundary: "limit" }),
  };
  const key = {
    id: keyId,
    state: keyState,
    allowLockOut: true,
    ...(keyPolicy !== undefined && { policy: policy(...keyPolicy) }),
  };
  const accountOf = (id: string | undefined) => ({
    users: { boss, ...(id === adaIn && { ada }) },
    ...(id === account && { root: { accessKeys: [{}] } }),
    ...(id === adaIn &&
      boundary !== undefined && { policies: { limit: { document: policy(...boundary) } } }),
    ...(id === keyOwner && { kmsKeys: { storage: key } }),
    ...(id === account && {
      buckets: {
        [bucket]: {
          ...(bucketPolicy !== undefined && { policy: policy(...bucketPolicy) }),
        },
      },
    }),
  });
  return {
    version: 1,
    accounts: Object.fromEntries([account, other, management].map((id) => [id, accountOf(id)])),
    ...organizationOf(serviceControl, resourceControl),
  };
}

function organizationOf(
  serviceControl: readonly unknown[] | undefined,
  resourceControl: readonly unknown[] | undefined,
) {
  return {
    organization: {
      id: "o-a1b2c3d4e5",
      managementAccount: management,
      accounts: {
        [account ?? ""]: {
          ...(serviceControl !== undefined && {
            serviceControlPolicies: ["FullAWSAccess", "limit"],
          }),
          ...(resourceControl !== undefined && {
            resourceControlPolicies: ["RCPFullAWSAccess", "limit"],
          }),
        },
        [other ?? ""]: {},
      },
      ...(serviceControl !== undefined && {
        serviceControlPolicies: { limit: policy(...serviceControl) },
      }),
      ...(resourceControl !== undefined && {
        resourceControlPolicies: { limit: policy(...resourceControl) },
      }),
    },
  };
}

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ world: worldOf({}) });
});

afterEach(async () => {
  await server.reset();
});

afterAll(() => server.close());

function patientOf(user: string | undefined, owner: string | undefined = account): Patient {
  const { accessKeyId, secretAccessKey } = server.credentialsOf(owner ?? "", user);
  const environment = {
    ...server.env,
    STORAGE_S3_BUCKET: bucket,
    STORAGE_S3_ACCESS_KEY_ID: accessKeyId,
    STORAGE_S3_SECRET_ACCESS_KEY: secretAccessKey,
  };
  return { environment };
}

async function encryptWith(rule: ServerSideEncryptionConfiguration): Promise<void> {
  const { environment } = patientOf("boss");
  const { settings } = inspectSettings({ environment, envFile: false });
  const { admin } = await openBucketAdmin(settings);
  await admin.put(bucket, "encryption", rule).finally(() => admin.close());
}

const underKey = (id: string): ServerSideEncryptionConfiguration => ({
  Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: id } }],
});

async function findingsOf(patient: Patient): Promise<readonly DoctorFinding[]> {
  return (await examineWith(patient)).findings;
}

const idsOf = (findings: readonly DoctorFinding[]): string[] => findings.map(({ id }) => id);

interface Scenario {
  readonly id: string;
  readonly lab: Lab;
  /** The bucket encrypts under the key. */
  readonly kms?: boolean;
  /** Where the remedy's statements go, and what else is changed. */
  readonly cure: (statements: readonly unknown[], lab: Lab) => Lab;
}

const toOwn = (statements: readonly unknown[], lab: Lab): Lab => ({
  ...lab,
  own: [...(lab.own ?? [allow("s3:*")]), ...statements],
});

const forBoss = { ...allow("kms:*", "*"), Principal: { AWS: `arn:aws:iam::${account}:user/boss` } };

const scenarios: readonly Scenario[] = [
  { id: "D01", lab: {}, kms: true, cure: toOwn },
  {
    id: "D05",
    lab: { keyPolicy: [forBoss], own: [allow("s3:*"), allow("kms:*", "*")] },
    kms: true,
    cure: ([first], lab) => ({ ...lab, keyPolicy: [forBoss, first] }),
  },
  {
    id: "D04",
    lab: { keyOwner: other ?? "", own: [allow("s3:*"), allow("kms:*", "*")] },
    kms: true,
    cure: ([toKey], lab) => ({
      ...lab,
      keyPolicy: [
        { ...allow("kms:*", "*"), Principal: { AWS: `arn:aws:iam::${other}:root` } },
        toKey,
      ],
    }),
  },
  {
    id: "D07",
    lab: { keyState: "Disabled", own: [allow("s3:*"), allow("kms:*", "*")] },
    kms: true,
    cure: (_, lab) => ({ ...lab, keyState: "Enabled" }),
  },
  {
    id: "D08",
    lab: { keyState: "PendingDeletion", own: [allow("s3:*"), allow("kms:*", "*")] },
    kms: true,
    cure: (_, lab) => ({ ...lab, keyState: "Enabled" }),
  },
  {
    id: "D09",
    lab: { own: [allow(["s3:List*", "s3:GetObject*", "s3:DeleteObject*", "s3:GetBucket*"])] },
    cure: toOwn,
  },
  {
    id: "D11",
    lab: { own: [allow("s3:*"), deny("s3:PutObject")] },
    cure: (_, lab) => ({ ...lab, own: [allow("s3:*")] }),
  },
  {
    id: "D12",
    lab: { bucketPolicy: [{ ...deny("s3:PutObject"), ...everyone }] },
    cure: (_, { bucketPolicy: _policy, ...lab }) => lab,
  },
  {
    id: "D13",
    lab: { serviceControl: [deny("s3:PutObject", "*")] },
    cure: (_, { serviceControl: _limit, ...lab }) => lab,
  },
  {
    id: "D14",
    lab: { resourceControl: [{ ...deny("s3:PutObject", "*"), ...everyone }] },
    cure: (_, { resourceControl: _limit, ...lab }) => lab,
  },
  {
    id: "D15",
    lab: { boundary: [allow(["s3:List*", "s3:Get*", "s3:Delete*"])] },
    cure: (statements, lab) => ({ ...lab, boundary: [...(lab.boundary ?? []), ...statements] }),
  },
];

test.each(scenarios)("$id is named first, and cured", async ({ id, lab, kms = false, cure }) => {
  await server.takeWorld(worldOf(lab));
  if (kms) await encryptWith(underKey(keyArn(lab.keyOwner ?? account ?? "")));
  const patient = patientOf("ada");
  const [first] = await findingsOf(patient);
  expect(`${first?.id}: ${first?.symptom}`).toMatch(new RegExp(`^${id}:`));
  const statements = first?.remedy?.statements ?? [];
  await server.takeWorld(worldOf(cure(statements, lab)));
  expect(idsOf(await findingsOf(patient))).toEqual([]);
});

test("D06: a key that does not exist, which --fix mends", async () => {
  await server.takeWorld(worldOf({ own: [allow("s3:*"), allow("kms:*", "*")] }));
  await encryptWith(underKey(keyArn(account ?? "").replace("1111-2222", "9999-9999")));
  const patient = patientOf("ada");
  const diagnosis = await examineWith(patient);
  expect(diagnosis.findings[0]?.id).toBe("D06");
  expect(await fixAll(patient, diagnosis)).toHaveLength(1);
  expect(idsOf(await findingsOf(patient))).toEqual([]);
});

test("D02: an object from before the default changed", async () => {
  await server.takeWorld(worldOf({}));
  await encryptWith(underKey(keyArn(account ?? "")));
  await putAs("boss", "old.txt");
  await encryptWith({
    Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
  });
  const patient = patientOf("ada");
  const [first] = await findingsOf(patient);
  expect(first).toMatchObject({ id: "D02", layer: "encryption" });
  await server.takeWorld(worldOf(toOwn(first?.remedy?.statements ?? [], {})));
  expect(idsOf(await findingsOf(patient))).toEqual([]);
});

async function putAs(user: string, key: string): Promise<void> {
  const { openObjectStore } = await import("../../src/open/open-object-store.ts");
  const { environment } = patientOf(user);
  const store = await openObjectStore(inspectSettings({ environment, envFile: false }).settings);
  await store.putObject(key, Buffer.from("x"));
  await store.close();
}

test("D21 may stand behind what D09 says of a listing", async () => {
  await server.takeWorld(worldOf({ own: [allow(["s3:GetObject", "s3:PutObject"])] }));
  const [first] = await findingsOf(patientOf("ada"));
  expect(first?.id).toBe("D09");
  expect(first?.alsoPossible.map(({ id }) => id)).toContain("D21");
});

test("D10: a caller of another account, whom the bucket's policy does not name", async () => {
  const lab: Lab = { adaIn: other ?? "", own: [allow("s3:*", "*")] };
  await server.takeWorld(worldOf(lab));
  const patient = patientOf("ada", other);
  const added: unknown[] = [];
  let findings = await findingsOf(patient);
  expect(findings[0]?.id).toBe("D10");
  for (let round = 0; round < 8 && findings[0]?.id === "D10"; round += 1) {
    added.push(...(findings[0].remedy?.statements ?? []));
    await server.takeWorld(worldOf({ ...lab, bucketPolicy: added }));
    findings = await findingsOf(patient);
  }
  expect(idsOf(findings)).toEqual([]);
});

test("D61: a policy that locks its administrators out, until root deletes it", async () => {
  const lab: Lab = {
    bucketPolicy: [{ ...deny(["s3:PutBucketPolicy", "s3:DeleteBucketPolicy"]), ...everyone }],
  };
  await server.takeWorld(worldOf(lab));
  const [first] = await findingsOf(patientOf("ada"));
  expect(first?.id).toBe("D61");
  const { settings } = inspectSettings({ ...patientOf(undefined), envFile: false });
  const { admin } = await openBucketAdmin(settings);
  await admin.remove(bucket, "policy").finally(() => admin.close());
  expect(idsOf(await findingsOf(patientOf("ada")))).toEqual([]);
});

test("D53: a store that throttles", async () => {
  server.faults.set([{ fault: "slow-down" }]);
  expect(idsOf(await findingsOf(patientOf("ada")))[0]).toBe("D53");
  server.faults.set([]);
  expect(idsOf(await findingsOf(patientOf("ada")))).toEqual([]);
});

test("two causes at once: the one that comes first on the way, and then the other", async () => {
  const lab: Lab = { own: [allow("s3:*"), deny("s3:GetObject")] };
  await server.takeWorld(worldOf(lab));
  await encryptWith(underKey(keyArn(account ?? "")));
  const patient = patientOf("ada");
  const [first] = await findingsOf(patient);
  expect(first?.id).toBe("D01");
  await server.takeWorld(worldOf(toOwn(first?.remedy?.statements ?? [], lab)));
  expect(idsOf(await findingsOf(patient))[0]).toBe("D11");
});

test("D23: a policy that takes nothing without TLS, over http", async () => {
  const noTls = { Bool: { "aws:SecureTransport": "false" } };
  await server.takeWorld(
    worldOf({ bucketPolicy: [{ ...deny("s3:*"), ...everyone, Condition: noTls }] }),
  );
  const [first] = await findingsOf(patientOf("ada"));
  expect(first?.id).toBe("D23");
  expect(first?.alsoPossible.map(({ id }) => id)).toContain("D12");
});
