import { CreateUserCommand, DeleteUserCommand, IAMClient } from "@aws-sdk/client-iam";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Diagnosis } from "../../src/checks/doctor/examine.ts";
import { openBucketAdmin } from "../../src/open/open-bucket-admin.ts";
import { openObjectStore } from "../../src/open/open-object-store.ts";
import { inspectSettings } from "../../src/settings/get-settings.ts";
import { startTestServer, type TestServer } from "../../src/testing/index.ts";
import { type Environment, examineWith, type Patient } from "./examine-with.ts";
import {
  account,
  allow,
  bucket,
  deny,
  encryptWith,
  everyone,
  keyArn,
  type Lab,
  other,
  patientOf,
  policy,
  underKey,
  worldOf,
} from "./lab.ts";

// Two causes at once: the one that has to be mended first is named first, what it hides is not claimed,
// and the other is found once the first is cured.

let server: TestServer;
let folder: string;

beforeAll(async () => {
  server = await startTestServer({ world: worldOf({}) });
  folder = await mkdtemp(join(tmpdir(), "sms-doctor-"));
});

afterEach(() => server.reset());

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const idsOf = ({ findings }: Diagnosis): string[] => findings.map(({ id }) => id);

interface Bad {
  readonly lab?: Lab;
  /** The bucket encrypts under the lab's key. */
  readonly kms?: boolean;
  readonly throttled?: boolean;
  /** Seconds that the server's clock is ahead. */
  readonly skew?: number;
  readonly settings?: Environment;
  readonly expectedAccount?: string;
}

const withKeys = allow("kms:*", "*");
const readsOnly = allow(["s3:List*", "s3:Get*", "s3:Delete*"]);
const noPut = deny("s3:PutObject");
const unknownKey = { STORAGE_S3_ACCESS_KEY_ID: "AKIAUNKNOWN000000000" };
const noBucket = { STORAGE_S3_BUCKET: "nobody-made-it" };
const wrongSecret = { STORAGE_S3_SECRET_ACCESS_KEY: "not-it" };
const oddBucket = { STORAGE_S3_BUCKET: "Lab_Data" };
const noRegion = { STORAGE_S3_REGION: "US East" };
const refusesWriting = [{ ...noPut, ...everyone }];
const sendsNoHeader = { Condition: { Null: { "s3:x-amz-server-side-encryption": "true" } } };
const stranger: Lab = { adaIn: other, own: [allow("s3:*", "*")] };
const toStranger = { ...allow("s3:*"), Principal: { AWS: `arn:aws:iam::${other}:user/ada` } };
const foreignKey: Lab = { keyOwner: other, own: [allow("s3:*"), withKeys] };
const halfKey = allow(["kms:GenerateDataKey", "kms:DescribeKey"], "*");

/** Both at once, and what is left when the first is cured. */
const pairs: readonly (readonly [first: string, second: string, both: Bad, left: Bad])[] = [
  ["D41", "D48", { skew: 7200, settings: unknownKey }, { settings: unknownKey }],
  ["D48", "D25", { settings: { ...unknownKey, ...noBucket } }, { settings: noBucket }],
  ["D69", "D25", { expectedAccount: "999900009999", settings: noBucket }, { settings: noBucket }],
  ["D53", "D09", { throttled: true, lab: { own: [readsOnly] } }, { lab: { own: [readsOnly] } }],
  [
    "D07",
    "D09",
    { lab: { keyState: "Disabled", own: [readsOnly, withKeys] }, kms: true },
    { lab: { own: [readsOnly, withKeys] } },
  ],
  [
    "D01",
    "D11",
    { lab: { own: [allow("s3:*"), deny("s3:GetObject")] }, kms: true },
    { lab: { own: [allow("s3:*"), withKeys, deny("s3:GetObject")] }, kms: true },
  ],
  [
    "D13",
    "D09",
    { lab: { own: [readsOnly], serviceControl: [deny("s3:PutObject", "*")] } },
    { lab: { own: [readsOnly] } },
  ],
  [
    "D11",
    "D15",
    { lab: { own: [allow("s3:*"), noPut], boundary: [readsOnly] } },
    { lab: { boundary: [readsOnly] } },
  ],
  [
    "D12",
    "D15",
    { lab: { bucketPolicy: [{ ...noPut, ...everyone }], boundary: [readsOnly] } },
    { lab: { boundary: [readsOnly] } },
  ],
  [
    "D23",
    "D09",
    {
      lab: {
        own: [readsOnly],
        bucketPolicy: [
          {
            ...deny("s3:*"),
            ...everyone,
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
        ],
      },
    },
    { lab: { own: [readsOnly] } },
  ],
  [
    "D09",
    "D61",
    { lab: { own: [readsOnly], bucketPolicy: [{ ...deny("s3:*BucketPolicy"), ...everyone }] } },
    { lab: { bucketPolicy: [{ ...deny("s3:*BucketPolicy"), ...everyone }] } },
  ],
  [
    "D03",
    "D11",
    {
      lab: { own: [allow("s3:*"), allow("kms:GenerateDataKey", "*"), deny("s3:DeleteObject")] },
      kms: true,
    },
    { lab: { own: [allow("s3:*"), withKeys, deny("s3:DeleteObject")] }, kms: true },
  ],
  ["D41", "D40", { skew: 7200, settings: wrongSecret }, { settings: wrongSecret }],
  ["D47", "D48", { settings: { ...unknownKey, ...noRegion } }, { settings: unknownKey }],
  ["D48", "D31", { settings: { ...unknownKey, ...oddBucket } }, { settings: oddBucket }],
  ["D53", "D25", { throttled: true, settings: noBucket }, { settings: noBucket }],
  [
    "D69",
    "D09",
    { expectedAccount: "999900009999", lab: { own: [readsOnly] } },
    { lab: { own: [readsOnly] } },
  ],
  [
    "D12",
    "D09",
    { lab: { own: [readsOnly], bucketPolicy: refusesWriting } },
    { lab: { own: [readsOnly] } },
  ],
  [
    "D12",
    "D01",
    { lab: { bucketPolicy: [{ ...noPut, ...everyone, ...sendsNoHeader }] }, kms: true },
    { kms: true },
  ],
  [
    "D12",
    "D04",
    { lab: { ...foreignKey, bucketPolicy: refusesWriting }, kms: true },
    { lab: foreignKey, kms: true },
  ],
  ["D10", "D57", { lab: stranger }, { lab: { ...stranger, bucketPolicy: [toStranger] } }],
  [
    "D07",
    "D03",
    { lab: { keyState: "Disabled", own: [allow("s3:*"), halfKey] }, kms: true },
    { lab: { own: [allow("s3:*"), halfKey] }, kms: true },
  ],
  [
    "D13",
    "D11",
    { lab: { own: [allow("s3:*"), noPut], serviceControl: [deny("s3:PutObject", "*")] } },
    { lab: { own: [allow("s3:*"), noPut] } },
  ],
  [
    "D13",
    "D15",
    { lab: { boundary: [readsOnly], serviceControl: [deny("s3:PutObject", "*")] } },
    { lab: { boundary: [readsOnly] } },
  ],
];

async function bring(bad: Bad): Promise<Patient> {
  const { lab = {}, kms = false, throttled = false, skew, settings, expectedAccount } = bad;
  await server.reset();
  await server.takeWorld(worldOf(lab));
  if (kms) await encryptWith(server, underKey(keyArn(lab.keyOwner ?? account)));
  server.faults.set([
    ...(throttled ? [{ fault: "slow-down" } as const] : []),
    ...(skew === undefined ? [] : [{ fault: "clock-skew", seconds: skew } as const]),
  ]);
  return {
    ...patientOf(server, "ada", lab.adaIn, settings),
    ...(expectedAccount !== undefined && { expectedAccount }),
  };
}

test.each(pairs)("%s comes before %s", async (first, second, both, left) => {
  const together = await examineWith(await bring(both));
  expect(idsOf(together)[0]).toBe(first);
  const brokenAt = together.layers.findIndex(({ status }) => status === "broken");
  const behind = together.layers.slice(brokenAt + 1).filter(({ name }) => name !== "clean-up");
  expect(new Set(behind.map(({ status }) => status))).toEqual(new Set(["not-reached"]));
  expect(idsOf(await examineWith(await bring(left)))[0]).toBe(second);
});

test("a warning (D34) beside what breaks (D09)", async () => {
  const { accounts, ...world } = worldOf({}) as {
    readonly accounts: Readonly<Record<string, object>>;
  };
  const own = { ...accounts[account], buckets: { "lab-west": { region: "us-west-2" } } };
  await server.takeWorld({ ...world, accounts: { ...accounts, [account]: own } });
  const west = { STORAGE_S3_BUCKET: "lab-west" };
  expect(idsOf(await examineWith(patientOf(server, "ada", account, west)))).toEqual(["D09"]);
  expect(idsOf(await examineWith(patientOf(server, "boss", account, west)))).toEqual(["D34"]);
});

test("two in one layer: D66 breaks and stands before D67, which is worth a word", async () => {
  const envFile = join(folder, ".env");
  await writeFile(envFile, "STORAGE_S3_ACCESS_KEY_ID=ASIAXXXXXXXXXXXXXXXX\n");
  await chmod(envFile, 0o644);
  const { STORAGE_S3_ACCESS_KEY_ID: _id, STORAGE_S3_SECRET_ACCESS_KEY: _key, ...rest } = server.env;
  const found = await examineWith({ environment: rest, envFile });
  expect(idsOf(found)).toEqual(["D66", "D67"]);
  expect(found.findings.map(({ severity }) => severity)).toEqual(["high", "low"]);
});

test("two in one layer: a policy that locks out, and names a user who is gone", async () => {
  const { endpoint, region } = server;
  const credentials = server.credentialsOf(account, "boss");
  const iam = new IAMClient({ endpoint, region, credentials });
  const { User } = await iam.send(new CreateUserCommand({ UserName: "gone" }));
  const lockOut = { ...deny(["s3:PutBucketPolicy", "s3:DeleteBucketPolicy"]), ...everyone };
  const toGone = { ...allow("s3:GetObject"), Principal: { AWS: User?.Arn } };
  const { settings } = inspectSettings({ ...patientOf(server, "boss"), envFile: false });
  const { admin } = await openBucketAdmin(settings);
  await admin.put(bucket, "policy", JSON.stringify(policy(toGone, lockOut)));
  admin.close();
  await iam.send(new DeleteUserCommand({ UserName: "gone" }));
  iam.destroy();
  expect(idsOf(await examineWith(patientOf(server, "ada")))).toEqual(["D61", "D54"]);
});

test("a refusal names the statement that decided, where the caller can read it", async () => {
  const seesIam = allow(["iam:Get*", "iam:List*", "iam:SimulatePrincipalPolicy"], "*");
  const Condition = { StringNotEquals: { "aws:PrincipalAccount": "999900009999" } };
  const bucketPolicy = [{ ...noPut, ...everyone, Sid: "OnlyFromHere", Condition }];
  await server.takeWorld(worldOf({ own: [allow("s3:*"), seesIam], bucketPolicy }));
  const [explicit] = (await examineWith(patientOf(server, "ada"))).findings;
  expect(explicit?.evidence.join("\n")).toMatch(
    /s3:PutObject is denied by statement "OnlyFromHere" of the bucket's policy, where StringNotEquals/,
  );
  expect(explicit?.evidence).toContain("code AccessDenied");
  await server.takeWorld(worldOf({ own: [readsOnly, seesIam] }));
  const [implicit] = (await examineWith(patientOf(server, "ada"))).findings;
  expect(implicit?.evidence.join("\n")).toMatch(/nothing allows s3:PutObject \(identity\)/);
});

test("a refusal for want of TLS names the statement, too", async () => {
  const seesIam = allow(["iam:Get*", "iam:List*", "iam:SimulatePrincipalPolicy"], "*");
  const Condition = { Bool: { "aws:SecureTransport": "false" } };
  const bucketPolicy = [{ ...noPut, ...everyone, Sid: "OnlyByTls", Condition }];
  await server.takeWorld(worldOf({ own: [allow("s3:*"), seesIam], bucketPolicy }));
  const [first] = (await examineWith(patientOf(server, "ada"))).findings;
  expect(first?.id).toBe("D23");
  expect(first?.evidence.join("\n")).toMatch(/s3:PutObject is denied by statement "OnlyByTls"/);
});

test("of several refusals with one cause the first is told", async () => {
  await server.takeWorld(worldOf({ own: [allow("s3:ListBucket")] }));
  const { findings } = await examineWith(patientOf(server, "ada"));
  expect(findings.map(({ id }) => id)).toEqual(["D09"]);
  expect(findings[0]?.evidence).toContain("action s3:PutObject");
});

async function policyDetail(user: string): Promise<string | undefined> {
  const { layers } = await examineWith(patientOf(server, user));
  return layers.find(({ name }) => name === "policy")?.detail;
}

test("the policy layer judges all policies, and says which it cannot see", async () => {
  expect(await policyDetail("boss")).toMatch(/allowed: PutObject, GetObject, DeleteObject/);
  expect(await policyDetail("ada")).toMatch(/not visible to the caller: .*its inline policies/);
});

test("what the doctor wrote and may not delete is said to be left, and where", async () => {
  await server.takeWorld(worldOf({ own: [allow(["s3:Put*", "s3:Get*", "s3:List*"])] }));
  const { layers, findings } = await examineWith(patientOf(server, "ada"));
  expect(layers.at(-1)).toMatchObject({ name: "clean-up", status: "broken" });
  const [, left = ""] = /Left under s3:\/\/lab-data\/(\S+)/.exec(layers.at(-1)?.detail ?? "") ?? [];
  expect(findings.map(({ id, layer }) => `${id} ${layer}`)).toEqual(["D09 clean-up"]);
  const { settings } = inspectSettings({ ...patientOf(server, "boss"), envFile: false });
  const store = await openObjectStore(settings);
  const { objects } = await store.listObjects({ prefix: left });
  await store.close();
  expect(objects.map(({ key }) => key.split("/").at(-1))).toEqual(["large.bin", "small.txt"]);
  await server.takeWorld(worldOf({}));
  const healthy = await examineWith(patientOf(server, "ada"));
  expect(healthy.layers.at(-1)).toMatchObject({ name: "clean-up", status: "passed" });
});
