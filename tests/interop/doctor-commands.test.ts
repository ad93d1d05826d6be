import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { causeRows } from "../../src/checks/doctor/cause-list.ts";
import { diagnose } from "../../src/checks/doctor/diagnose.ts";
import type { DoctorFinding } from "../../src/checks/doctor/doctor-finding.ts";
import { readErrorText } from "../../src/checks/doctor/read-error-text.ts";
import { startTestServer, type TestServer } from "../../src/testing/index.ts";
import { type Environment, examineWith } from "../doctor/examine-with.ts";
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
} from "../doctor/lab.ts";
import { runCommand } from "./run-command.ts";

// The commands of AWS's CLI that the doctor prints, run as they are by who it says: they are understood,
// and where they mend, the doctor finds nothing more. One server for all, and one run of the CLI a command.

let server: TestServer;
let folder: string;
/** Service and operation of each command that was run. */
const ran = new Set<string>();

beforeAll(async () => {
  server = await startTestServer({ world: worldOf({}) });
  folder = await mkdtemp(join(tmpdir(), "sms-doctor-"));
});

afterEach(() => server.reset());

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const operationOf = (line: string): string => line.split(" ").slice(1, 3).join(" ");

/** Runs what is printed in a shell with somebody's keys. Answers what the commands said. */
async function runPrinted(
  { remedy }: DoctorFinding,
  user: string | undefined,
  owner: string = account,
): Promise<string> {
  const lines = remedy?.commands?.filter((line) => line.startsWith("aws ")) ?? [];
  expect(lines).not.toEqual([]);
  const statements = policy(...(remedy?.statements ?? []));
  await writeFile(join(folder, "STATEMENT.json"), JSON.stringify(statements));
  const { accessKeyId, secretAccessKey } = server.credentialsOf(owner, user);
  const env = {
    PATH: "/usr/bin:/bin",
    HOME: folder,
    AWS_PAGER: "",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_DEFAULT_REGION: server.region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  };
  const said: string[] = [];
  for (const line of lines) {
    const { exitCode, stdout, stderr } = await runCommand("/bin/sh", ["-c", line], {
      env,
      cwd: folder,
    });
    expect(`${line}\n${exitCode} ${stderr}`).toBe(`${line}\n0 `);
    ran.add(operationOf(line));
    said.push(stdout);
  }
  return said.join("\n");
}

async function firstOf(environment: Environment): Promise<DoctorFinding> {
  const [first] = (await examineWith({ environment })).findings;
  if (first === undefined) throw new Error("Nothing is found.");
  return first;
}

async function bring(lab: Lab, kms = false): Promise<Environment> {
  await server.takeWorld(worldOf(lab));
  if (kms) await encryptWith(server, underKey(keyArn(lab.keyOwner ?? account)));
  return patientOf(server, "ada").environment;
}

const withKeys = [allow("s3:*"), allow("kms:*", "*")];
const forBoss = { ...allow("kms:*", "*"), Principal: { AWS: `arn:aws:iam::${account}:user/boss` } };

interface Trial {
  readonly id: string;
  readonly lab: Lab;
  readonly kms?: boolean;
  /** Undefined: the account's root user. */
  readonly by?: { readonly user: string | undefined; readonly of?: string };
}

const mending: readonly Trial[] = [
  { id: "D03", lab: { own: [allow("s3:*"), allow("kms:GenerateDataKey", "*")] }, kms: true },
  { id: "D07", lab: { keyState: "Disabled", own: withKeys }, kms: true },
  { id: "D08", lab: { keyState: "PendingDeletion", own: withKeys }, kms: true },
  {
    id: "D61",
    lab: {
      bucketPolicy: [{ ...deny(["s3:PutBucketPolicy", "s3:DeleteBucketPolicy"]), ...everyone }],
    },
    by: { user: undefined },
  },
];

/** What these print shows what has to be changed. */
const showing: readonly (Trial & { readonly shows: RegExp })[] = [
  { id: "D05", lab: { keyPolicy: [forBoss], own: withKeys }, kms: true, shows: /user\/boss/ },
  {
    id: "D04",
    lab: { keyOwner: other, own: withKeys },
    kms: true,
    by: { user: "boss", of: other },
    shows: /"Statement"/,
  },
  {
    id: "D12",
    lab: { bucketPolicy: [{ ...deny("s3:PutObject"), ...everyone, Sid: "NoWriting" }] },
    shows: /NoWriting/,
  },
];

test.each(mending)("what $id prints mends it", async ({ id, lab, kms, by = { user: "boss" } }) => {
  const environment = await bring(lab, kms);
  const first = await firstOf(environment);
  expect(first.id).toBe(id);
  await runPrinted(first, by.user);
  expect((await examineWith({ environment })).findings).toEqual([]);
});

test.each(showing)("what $id prints shows it", async ({ id, lab, kms, by, shows }) => {
  const first = await firstOf(await bring(lab, kms));
  expect(first.id).toBe(id);
  expect(await runPrinted(first, "boss", by?.of)).toMatch(shows);
});

test("what D03 prints for a role mends it", async () => {
  const trust = policy({
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: "sts:AssumeRole",
  });
  const own = policy(allow("s3:*"), allow("kms:GenerateDataKey", "*"));
  const world = worldOf({});
  const accounts = world["accounts"] as Readonly<Record<string, object>>;
  const roles = { Scientist: { trust, policies: { own } } };
  await server.takeWorld({
    ...world,
    accounts: { ...accounts, [account]: { ...accounts[account], roles } },
  });
  await encryptWith(server, underKey(keyArn(account)));
  const { endpoint, region } = server;
  const sts = new STSClient({
    endpoint,
    region,
    credentials: server.credentialsOf(account, "boss"),
  });
  const RoleArn = `arn:aws:iam::${account}:role/Scientist`;
  const { Credentials: keys } = await sts.send(
    new AssumeRoleCommand({ RoleArn, RoleSessionName: "ada" }),
  );
  sts.destroy();
  const { environment } = patientOf(server, "ada", account, {
    STORAGE_S3_ACCESS_KEY_ID: keys?.AccessKeyId ?? "",
    STORAGE_S3_SECRET_ACCESS_KEY: keys?.SecretAccessKey ?? "",
    STORAGE_S3_SESSION_TOKEN: keys?.SessionToken ?? "",
  });
  const first = await firstOf(environment);
  expect(first.id).toBe("D03");
  await runPrinted(first, "boss");
  expect((await examineWith({ environment })).findings).toEqual([]);
});

/** What a run does not come to, from the words of other tools. */
const told: readonly (readonly [id: string, text: string])[] = [
  [
    "D17",
    "An error occurred (AccessDenied) when calling the PutObject operation: because this bucket has blocked " +
      "upload requests that specify Server Side Encryption with Customer provided keys (SSE-C)",
  ],
  [
    "D54",
    "An error occurred (MalformedPolicy) when calling the PutBucketPolicy operation: Invalid principal in policy",
  ],
];

test.each(told)("what %s prints, as it is told", async (id, text) => {
  const place = {
    bucket,
    region: server.region,
    endpointUrl: server.endpoint,
    partition: "aws",
    store: "s3",
  } as const;
  const finding = diagnose(readErrorText(text), place, "objects");
  expect(finding.id).toBe(id);
  await runPrinted(finding, "boss");
});

/** Of services beside the store, of Object Lock and states of keys, which are not here, or of somebody at a browser. */
const elsewhere = new Set([
  "account enable-region",
  "configure list-profiles",
  "configure set",
  "configure sso",
  "ec2 describe-vpc-endpoints",
  "kms describe-key",
  "s3api get-object-retention",
  "service-quotas list-service-quotas",
]);

test("every command of the catalogue is tried here, or of another place", () => {
  const printed = causeRows
    .flatMap(({ remedy }) => remedy.commands ?? [])
    .map((command) => (typeof command === "string" ? command : command.line))
    .filter((line) => line.startsWith("aws "))
    .map(operationOf);
  expect(printed.filter((each) => !ran.has(each) && !elsewhere.has(each))).toEqual([]);
});
