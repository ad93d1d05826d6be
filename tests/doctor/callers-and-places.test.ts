import { DeleteUserCommand, IAMClient } from "@aws-sdk/client-iam";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import type { DoctorFinding } from "../../src/checks/doctor/doctor-finding.ts";
import { openBucketAdmin } from "../../src/open/open-bucket-admin.ts";
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

// Sessions, regions, names, endpoints and other accounts, as the whole run meets them: each cause is
// named first, and its remedy cures it.

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ world: worldOf({}) });
});

afterEach(async () => {
  vi.useRealTimers();
  await server.reset();
});

afterAll(() => server.close());

async function findingsOf(patient: Patient): Promise<readonly DoctorFinding[]> {
  return (await examineWith(patient)).findings;
}

const idsOf = async (patient: Patient): Promise<string[]> =>
  (await findingsOf(patient)).map(({ id }) => id);

/** A lab's world, with more of it in one account, and beside the accounts. */
function worldWith(lab: Lab, inAccount: object, beside: object = {}) {
  const world = worldOf(lab);
  const accounts = world["accounts"] as Readonly<Record<string, object>>;
  const changed = { ...accounts, [account]: { ...accounts[account], ...inAccount } };
  return { ...world, ...beside, accounts: changed };
}

/** What is found while the remedy's statements are put where `put` says, again and again. */
async function curedBy(
  patient: Patient,
  put: (statements: readonly unknown[]) => Promise<void>,
): Promise<string[]> {
  const added: unknown[] = [];
  const seen = new Set<string>();
  for (let round = 0; round < 8; round += 1) {
    const [first] = await findingsOf(patient);
    if (first === undefined) return [...seen, "cured"];
    seen.add(first.id);
    added.push(...(first.remedy?.statements ?? []));
    await put(added);
  }
  return [...seen];
}

test("D03: a caller who may encrypt under the key and not decrypt; cured by its statement", async () => {
  const own = [allow("s3:*"), allow("kms:GenerateDataKey", "*")];
  await server.takeWorld(worldOf({ own }));
  await encryptWith(server, underKey(keyArn(account)));
  const found = await curedBy(patientOf(server, "ada"), (statements) =>
    server.takeWorld(worldOf({ own: [...own, ...statements] })),
  );
  expect(found).toEqual(["D03", "cured"]);
});

const scientist = {
  roles: {
    Scientist: {
      trust: policy({
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: "sts:AssumeRole",
      }),
      policies: { own: policy(allow("s3:*")) },
    },
  },
};

/** Keys of a session of the role; `narrowing`: its session policy. */
async function assume(narrowing?: object): Promise<Environment> {
  const { endpoint, region } = server;
  const sts = new STSClient({
    endpoint,
    region,
    credentials: server.credentialsOf(account, "boss"),
  });
  const { Credentials: keys } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::${account}:role/Scientist`,
      RoleSessionName: "ada",
      ...(narrowing !== undefined && { Policy: JSON.stringify(narrowing) }),
    }),
  );
  sts.destroy();
  return {
    STORAGE_S3_ACCESS_KEY_ID: keys?.AccessKeyId ?? "",
    STORAGE_S3_SECRET_ACCESS_KEY: keys?.SecretAccessKey ?? "",
    STORAGE_S3_SESSION_TOKEN: keys?.SessionToken ?? "",
  };
}

test("D16: a role assumed with a policy that narrows it; cured by its statement, and without the policy", async () => {
  await server.takeWorld(worldWith({}, scientist));
  const narrow = allow(["s3:Get*", "s3:List*", "s3:Delete*"]);
  const [first] = await findingsOf(
    patientOf(server, "boss", account, await assume(policy(narrow))),
  );
  expect(first?.id).toBe("D16");
  const widened = policy(narrow, ...(first?.remedy?.statements ?? []));
  expect(await idsOf(patientOf(server, "boss", account, await assume(widened)))).toEqual([]);
  expect(await idsOf(patientOf(server, "boss", account, await assume()))).toEqual([]);
});

test("D37: a session token that is not that of the keys; cured by all three from one sign-in", async () => {
  await server.takeWorld(worldWith({}, scientist));
  const [keys, others] = [await assume(), await assume()];
  const mixed = { ...keys, STORAGE_S3_SESSION_TOKEN: others["STORAGE_S3_SESSION_TOKEN"] ?? "" };
  const [first] = await findingsOf(patientOf(server, "boss", account, mixed));
  expect(first?.id).toBe("D37");
  expect(first?.alsoPossible.map(({ id }) => id)).toContain("D48");
  expect(await idsOf(patientOf(server, "boss", account, keys))).toEqual([]);
});

test("D72: a bucket of another account than meant; cured by naming whose it is", async () => {
  const patient = patientOf(server, "boss");
  const [first, ...others] = await findingsOf({ ...patient, expectedOwner: other });
  expect(first).toMatchObject({ id: "D72", confidence: "certain", severity: "critical" });
  expect(first?.cause).toContain(`${bucket} is not of account ${other}`);
  expect(others).toEqual([]);
  const asked: string[] = [];
  const found = await examineWith({
    ...patient,
    expectedOwner: account,
    onExchange: (event) => {
      if (event.type !== "request" || !event.url.includes(`/${bucket}`)) return;
      asked.push(event.headers["x-amz-expected-bucket-owner"] ?? `none: ${event.url}`);
    },
  });
  expect(found.findings).toEqual([]);
  expect(new Set(asked)).toEqual(new Set([account]));
});

test("whoever is to ask is to own the bucket, where nothing else is said", async () => {
  const boss = patientOf(server, "boss");
  expect((await findingsOf({ ...boss, expectedAccount: account })).map(({ id }) => id)).toEqual([]);
  const friends = { Principal: { AWS: `arn:aws:iam::${other}:root` } };
  const world = worldOf({ adaIn: other, bucketPolicy: [{ ...allow("s3:*"), ...friends }] });
  await server.takeWorld(world);
  const ada = patientOf(server, "ada", other);
  expect((await idsOf({ ...ada, expectedAccount: other }))[0]).toBe("D72");
  const named = { ...ada, expectedAccount: other, expectedOwner: account };
  expect((await idsOf(named))[0]).not.toBe("D72");
  expect((await idsOf({ ...ada, expectedOwner: "000000000000" }))[0]).toBe("D72");
});

test("D38: a session that is over; cured by signing in anew", async () => {
  await server.takeWorld(worldWith({}, scientist));
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 13 * 3_600_000 });
  const old = await assume();
  vi.useRealTimers();
  expect((await idsOf(patientOf(server, "boss", account, old)))[0]).toBe("D38");
  expect(await idsOf(patientOf(server, "boss", account, await assume()))).toEqual([]);
});

test("D20: a VPC endpoint whose policy names other actions; cured by its statements", async () => {
  const narrow = [{ ...allow(["s3:List*", "s3:Get*"]), ...everyone }];
  const behind = (statements: readonly unknown[]) =>
    server.takeWorld(
      worldWith(
        {},
        {},
        {
          vpcEndpoints: {
            "vpce-0a1b2c3d": {
              vpc: "vpc-0a1b2c3d",
              account,
              hosts: ["localhost"],
              policy: policy(...narrow, ...statements),
            },
          },
        },
      ),
    );
  await behind([]);
  const endpoint = server.endpoint.replace("127.0.0.1", "localhost");
  const patient = patientOf(server, "ada", account, { STORAGE_S3_ENDPOINT_URL: endpoint });
  expect(await curedBy(patient, behind)).toEqual(["D20", "cured"]);
});

test("D22: a bucket of an account of nobody's organisation; cured by its statements, but for its policy (D57)", async () => {
  const lab: Lab = { adaIn: other, own: [allow("s3:*", "*")] };
  const alone = (bucketPolicy?: readonly unknown[]) => {
    const { organization: _none, ...world } = worldOf({
      ...lab,
      ...(bucketPolicy !== undefined && { bucketPolicy }),
    });
    return server.takeWorld(world);
  };
  await alone();
  const patient = patientOf(server, "ada", other);
  const [first] = await findingsOf(patient);
  expect(first?.id).toBe("D22");
  await alone(first?.remedy?.statements);
  expect((await findingsOf(patient)).filter(({ severity }) => severity === "high")).toEqual([]);
});

test("D22: the same for somebody who signed in by SSO; cured by its statements, which name the permission set", async () => {
  const { accessKeyId, secretAccessKey, sessionToken = "" } = server.ssoCredentials;
  const { environment } = patientOf(server, "boss", account, {
    STORAGE_S3_ACCESS_KEY_ID: accessKeyId,
    STORAGE_S3_SECRET_ACCESS_KEY: secretAccessKey,
    STORAGE_S3_SESSION_TOKEN: sessionToken,
  });
  const [first] = await findingsOf({ environment });
  expect(first?.id).toBe("D22");
  const statements = first?.remedy?.statements ?? [];
  expect(JSON.stringify(statements)).toMatch(/AWSReservedSSO_\w+_\?{16}/);
  await server.takeWorld(worldOf({ bucketPolicy: statements }));
  const left = (await findingsOf({ environment })).filter(({ severity }) => severity === "high");
  expect(left).toEqual([]);
});

test("D31: a name that no bucket can have; cured by the right one", async () => {
  const wrong = { STORAGE_S3_BUCKET: "Lab_Data" };
  const [first] = await findingsOf(patientOf(server, "ada", account, wrong));
  expect(first?.id).toBe("D31");
  expect(first?.alsoPossible.map(({ id }) => id)).toEqual(["D25"]);
  expect(await idsOf(patientOf(server, "ada"))).toEqual([]);
});

const west = { buckets: { [bucket]: {}, "lab-west": { region: "us-west-2" } } };

test("D34: a bucket of another region than the settings'; cured by the region that is named", async () => {
  await server.takeWorld(worldWith({}, west));
  const place = { STORAGE_S3_BUCKET: "lab-west" };
  const diagnosis = await examineWith(patientOf(server, "boss", account, place));
  const [first] = diagnosis.findings;
  expect(first?.id).toBe("D34");
  // This store serves it even so, and all that is behind is looked at.
  expect(diagnosis.layers.at(-1)?.status).not.toBe("not-reached");
  const [, region = ""] = /STORAGE_S3_REGION=(\S+)/.exec(first?.remedy?.commands?.[0] ?? "") ?? [];
  const right = { ...place, STORAGE_S3_REGION: region };
  expect(await idsOf(patientOf(server, "boss", account, right))).toEqual([]);
});

test("D35: a signature for a region that is neither's; cured by the region that is named", async () => {
  await server.takeWorld(worldWith({}, west));
  const place = { STORAGE_S3_BUCKET: "lab-west", STORAGE_S3_REGION: "eu-west-1" };
  const [first] = await findingsOf(patientOf(server, "boss", account, place));
  expect(first?.id).toBe("D35");
  const [, region = ""] = /STORAGE_S3_REGION=(\S+)/.exec(first?.remedy?.commands?.[0] ?? "") ?? [];
  const right = { ...place, STORAGE_S3_REGION: region };
  expect(await idsOf(patientOf(server, "boss", account, right))).toEqual([]);
});

test("D47: a region that is none; cured by one that is", async () => {
  const wrong = { STORAGE_S3_REGION: "US East (Virginia)" };
  expect((await idsOf(patientOf(server, "ada", account, wrong)))[0]).toBe("D47");
  const right = { STORAGE_S3_REGION: "us-east-1" };
  expect(await idsOf(patientOf(server, "ada", account, right))).toEqual([]);
});

async function asBoss<T>(
  work: (admin: Awaited<ReturnType<typeof openBucketAdmin>>["admin"]) => Promise<T>,
): Promise<T> {
  const { settings } = inspectSettings({ ...patientOf(server, "boss"), envFile: false });
  const { admin } = await openBucketAdmin(settings);
  return work(admin).finally(() => admin.close());
}

const naming = (user: string) => [
  { ...allow("s3:GetObject"), Principal: { AWS: `arn:aws:iam::${account}:user/${user}` } },
];

test("D54: a policy with what is left of a deleted user; cured by an ARN that is there", async () => {
  await server.takeWorld(worldOf({ bucketPolicy: naming("boss") }));
  const { endpoint, region } = server;
  const iam = new IAMClient({
    endpoint,
    region,
    credentials: server.credentialsOf(account, "boss"),
  });
  const { CreateUserCommand } = await import("@aws-sdk/client-iam");
  await iam.send(new CreateUserCommand({ UserName: "gone" }));
  await asBoss((admin) => admin.put(bucket, "policy", JSON.stringify(policy(...naming("gone")))));
  await iam.send(new DeleteUserCommand({ UserName: "gone" }));
  iam.destroy();
  expect((await idsOf(patientOf(server, "boss")))[0]).toBe("D54");
  await asBoss((admin) => admin.put(bucket, "policy", JSON.stringify(policy(...naming("ada")))));
  expect(await idsOf(patientOf(server, "boss"))).toEqual([]);
});

test("D57: a policy that only its own account may read; cured by a profile of that account", async () => {
  const bucketPolicy = [{ ...allow("s3:*"), Principal: { AWS: `arn:aws:iam::${other}:user/ada` } }];
  await server.takeWorld(worldOf({ adaIn: other, own: [allow("s3:*", "*")], bucketPolicy }));
  const diagnosis = await examineWith(patientOf(server, "ada", other));
  expect(diagnosis.findings.map(({ id }) => id)).toEqual(["D57"]);
  // Daily work needs no policy.
  expect(diagnosis.layers.some(({ status }) => status === "broken")).toBe(false);
  expect(await idsOf(patientOf(server, "boss"))).toEqual([]);
});

test("D61: a policy that nobody may read any more; cured by root, who deletes it", async () => {
  const bucketPolicy = [{ ...deny("s3:*BucketPolicy"), ...everyone }];
  await server.takeWorld(worldOf({ bucketPolicy }));
  const diagnosis = await examineWith(patientOf(server, "boss"));
  expect(diagnosis.findings.map(({ id }) => id)).toEqual(["D61"]);
  const { settings } = inspectSettings({ ...patientOf(server, undefined), envFile: false });
  const { admin } = await openBucketAdmin(settings);
  await admin.remove(bucket, "policy").finally(() => admin.close());
  expect(await idsOf(patientOf(server, "boss"))).toEqual([]);
});

test("D59: objects that do not show yet, as after versioning was enabled; cured by waiting", async () => {
  await asBoss((admin) => admin.put(bucket, "versioning", "Enabled"));
  server.faults.set([{ fault: "stale-read" }]);
  expect((await idsOf(patientOf(server, "ada")))[0]).toBe("D59");
  server.faults.set([]);
  expect(await idsOf(patientOf(server, "ada"))).toEqual([]);
});
