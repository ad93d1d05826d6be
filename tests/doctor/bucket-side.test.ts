import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { DoctorFinding } from "../../src/checks/doctor/doctor-finding.ts";
import { openBucketAdmin } from "../../src/open/open-bucket-admin.ts";
import { inspectSettings } from "../../src/settings/get-settings.ts";
import { startTestServer, type TestServer } from "../../src/testing/index.ts";
import { examineWith, fixAll, type Patient } from "./examine-with.ts";
import {
  account,
  allow,
  bucket,
  deny,
  encryptWith as encryptOf,
  everyone,
  keyArn,
  type Lab,
  other,
  patientOf as patientAt,
  underKey,
  worldOf,
} from "./lab.ts";

// What identities, policies and keys of a world bring about: each cause is named first, and the
// statements of its remedy, put where it says, cure it.

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ world: worldOf({}) });
});

afterEach(async () => {
  await server.reset();
});

afterAll(() => server.close());

const patientOf = (user: string | undefined, owner?: string): Patient =>
  patientAt(server, user, owner);

const encryptWith = (rule: Parameters<typeof encryptOf>[1]): Promise<void> =>
  encryptOf(server, rule);

async function findingsOf(patient: Patient): Promise<readonly DoctorFinding[]> {
  return (await examineWith(patient)).findings;
}

const idsOf = (findings: readonly DoctorFinding[]): string[] => findings.map(({ id }) => id);

interface Scenario {
  readonly title: string;
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
  {
    title:
      "D01: the bucket encrypts under a key that the caller may not use; cured by its statement in the caller's policy",
    lab: {},
    kms: true,
    cure: toOwn,
  },
  {
    title:
      "D05: a key whose policy names one administrator alone; cured by its first statement in that policy",
    lab: { keyPolicy: [forBoss], own: [allow("s3:*"), allow("kms:*", "*")] },
    kms: true,
    cure: ([first], lab) => ({ ...lab, keyPolicy: [forBoss, first] }),
  },
  {
    title:
      "D04: a key of another account, which gives the caller nothing; cured by its statement in the key's policy",
    lab: { keyOwner: other, own: [allow("s3:*"), allow("kms:*", "*")] },
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
    title: "D07: a key that is disabled; cured by enabling it",
    lab: { keyState: "Disabled", own: [allow("s3:*"), allow("kms:*", "*")] },
    kms: true,
    cure: (_, lab) => ({ ...lab, keyState: "Enabled" }),
  },
  {
    title: "D08: a key that waits for its deletion; cured by cancelling that and enabling it",
    lab: { keyState: "PendingDeletion", own: [allow("s3:*"), allow("kms:*", "*")] },
    kms: true,
    cure: (_, lab) => ({ ...lab, keyState: "Enabled" }),
  },
  {
    title:
      "D09: a caller who may read and not write; cured by its statement in the caller's policy",
    lab: { own: [allow(["s3:List*", "s3:GetObject*", "s3:DeleteObject*", "s3:GetBucket*"])] },
    cure: toOwn,
  },
  {
    title: "D11: a Deny in the caller's policy; cured by taking it out",
    lab: { own: [allow("s3:*"), deny("s3:PutObject")] },
    cure: (_, lab) => ({ ...lab, own: [allow("s3:*")] }),
  },
  {
    title: "D12: a Deny in the bucket's policy; cured by taking it out",
    lab: { bucketPolicy: [{ ...deny("s3:PutObject"), ...everyone }] },
    cure: (_, { bucketPolicy: _policy, ...lab }) => lab,
  },
  {
    title: "D13: a Deny in a service control policy; cured by the organisation, which takes it out",
    lab: { serviceControl: [deny("s3:PutObject", "*")] },
    cure: (_, { serviceControl: _limit, ...lab }) => lab,
  },
  {
    title:
      "D14: a Deny in a resource control policy; cured by the organisation, which takes it out",
    lab: { resourceControl: [{ ...deny("s3:PutObject", "*"), ...everyone }] },
    cure: (_, { resourceControl: _limit, ...lab }) => lab,
  },
  {
    title: "D15: a boundary without writing; cured by its statement in the boundary",
    lab: { boundary: [allow(["s3:List*", "s3:Get*", "s3:Delete*"])] },
    cure: (statements, lab) => ({ ...lab, boundary: [...(lab.boundary ?? []), ...statements] }),
  },
];

test.each(scenarios)("$title", async ({ title, lab, kms = false, cure }) => {
  await server.takeWorld(worldOf(lab));
  if (kms) await encryptWith(underKey(keyArn(lab.keyOwner ?? account)));
  const patient = patientOf("ada");
  const [first] = await findingsOf(patient);
  expect(`${first?.id}: ${first?.symptom}`).toMatch(new RegExp(`^${title.slice(0, 4)}`));
  const statements = first?.remedy?.statements ?? [];
  await server.takeWorld(worldOf(cure(statements, lab)));
  expect(idsOf(await findingsOf(patient))).toEqual([]);
});

test("D06: a key that does not exist; cured by --fix, which encrypts new objects with SSE-S3", async () => {
  await server.takeWorld(worldOf({ own: [allow("s3:*"), allow("kms:*", "*")] }));
  await encryptWith(underKey(keyArn(account).replace("1111-2222", "9999-9999")));
  const patient = patientOf("ada");
  const diagnosis = await examineWith(patient);
  expect(diagnosis.findings[0]?.id).toBe("D06");
  expect(await fixAll(patient, diagnosis)).toHaveLength(1);
  expect(idsOf(await findingsOf(patient))).toEqual([]);
});

test("a key that the bucket names by its id alone is named whole in the remedy", async () => {
  await server.takeWorld(
    worldOf({ keyState: "Disabled", own: [allow("s3:*"), allow("kms:*", "*")] }),
  );
  const id = keyArn(account).replace(/^.*\//, "");
  await encryptWith(underKey(id));
  const [first] = await findingsOf(patientOf("ada"));
  expect(first?.id).toBe("D07");
  expect(first?.remedy?.commands?.join()).toContain(`enable-key --key-id ${keyArn(account)}`);
});

test("D02: an object from before the default changed; cured by its statement in the caller's policy", async () => {
  await server.takeWorld(worldOf({}));
  await encryptWith(underKey(keyArn(account)));
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

test("a listing that is refused (D09) may have a missing key (D21) behind it", async () => {
  await server.takeWorld(worldOf({ own: [allow(["s3:GetObject", "s3:PutObject"])] }));
  const [first] = await findingsOf(patientOf("ada"));
  expect(first?.id).toBe("D09");
  expect(first?.alsoPossible.map(({ id }) => id)).toContain("D21");
});

test("D10: a caller of another account, whom the bucket's policy does not name; cured by its statements there", async () => {
  const lab: Lab = { adaIn: other, own: [allow("s3:*", "*")] };
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

test("D61: a policy that locks its administrators out; cured by root, who deletes it", async () => {
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

test("D53: a store that throttles; cured by waiting", async () => {
  server.faults.set([{ fault: "slow-down" }]);
  expect(idsOf(await findingsOf(patientOf("ada")))[0]).toBe("D53");
  server.faults.set([]);
  expect(idsOf(await findingsOf(patientOf("ada")))).toEqual([]);
});

test("two causes at once: the one that comes first on the way, and then the other", async () => {
  const lab: Lab = { own: [allow("s3:*"), deny("s3:GetObject")] };
  await server.takeWorld(worldOf(lab));
  await encryptWith(underKey(keyArn(account)));
  const patient = patientOf("ada");
  const [first] = await findingsOf(patient);
  expect(first?.id).toBe("D01");
  await server.takeWorld(worldOf(toOwn(first?.remedy?.statements ?? [], lab)));
  expect(idsOf(await findingsOf(patient))[0]).toBe("D11");
});
