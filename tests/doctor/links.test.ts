import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import type { DoctorFinding } from "../../src/checks/doctor/doctor-finding.ts";
import { startTestServer, type TestServer } from "../../src/testing/index.ts";
import type { Environment } from "./examine-with.ts";
import { account, allow, bucket, patientOf, policy, worldOf } from "./lab.ts";
import { runHere, wordsOf } from "./run-here.ts";

// Presigned links that open nothing: they are followed for real, the doctor is given what came back, and
// the link that its remedy prints opens the object.

let server: TestServer;
let folder: string;

const scientist = {
  trust: policy({
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: "sts:AssumeRole",
  }),
  policies: { own: policy(allow("s3:*")) },
};

beforeAll(async () => {
  const world = worldOf({});
  const accounts = world["accounts"] as Readonly<Record<string, object>>;
  const own = { ...accounts[account], roles: { Scientist: scientist } };
  server = await startTestServer({
    world: { ...world, accounts: { ...accounts, [account]: own } },
  });
  folder = await mkdtemp(join(tmpdir(), "sms-doctor-"));
  const file = join(folder, "a.txt");
  await writeFile(file, "content");
  const { code, stderr } = await run(`sms-storage cp ${file} ${place}`);
  if (code !== 0) throw new Error(stderr);
});

afterEach(() => vi.useRealTimers());

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const place = `'s3://${bucket}/runs/a b.txt'`;
const hourMs = 3_600_000;

const boss = (): Environment => patientOf(server, "boss").environment;

const run = (line: string, environment = boss()) =>
  runHere(wordsOf(line), { environment, cwd: folder });

/** The link that a command prints. */
async function linkOf(line: string, environment?: Environment): Promise<string> {
  const { code, stdout, stderr } = await run(line, environment);
  expect(`${code} ${stderr}`).toMatch(/^0 /);
  return stdout.trim();
}

/** What a command prints, some hours ago. */
async function hoursAgo<T>(hours: number, made: () => Promise<T>): Promise<T> {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - hours * hourMs });
  const result = await made();
  vi.useRealTimers();
  return result;
}

/** What a browser shows of a link, below its address. */
async function follow(link: string, method = "GET"): Promise<string> {
  const answer = await fetch(link, { method });
  return `${link}\n${await answer.text()}`;
}

async function findingOf(text: string): Promise<DoctorFinding> {
  const { code, stdout } = await runHere(["doctor", "--error", text, "--json"], {
    environment: boss(),
    cwd: folder,
  });
  expect(code).toBe(8);
  return JSON.parse(stdout);
}

/** The link of the first command opens the object. */
async function opens({ remedy }: DoctorFinding): Promise<boolean> {
  const link = await linkOf(remedy?.commands?.[0] ?? "");
  return (await (await fetch(link)).text()) === "content";
}

async function sessionKeys(): Promise<Environment> {
  const { endpoint, region } = server;
  const credentials = server.credentialsOf(account, "boss");
  const sts = new STSClient({ endpoint, region, credentials });
  const RoleArn = `arn:aws:iam::${account}:role/Scientist`;
  const wish = { RoleArn, RoleSessionName: "ada", DurationSeconds: 3600 };
  const { Credentials: keys } = await sts.send(new AssumeRoleCommand(wish));
  sts.destroy();
  return {
    ...boss(),
    STORAGE_S3_ACCESS_KEY_ID: keys?.AccessKeyId ?? "",
    STORAGE_S3_SECRET_ACCESS_KEY: keys?.SecretAccessKey ?? "",
    STORAGE_S3_SESSION_TOKEN: keys?.SessionToken ?? "",
  };
}

test("D70: a link whose time is over; cured by the new one that the remedy prints", async () => {
  const link = await hoursAgo(3, () => linkOf(`sms-storage presign ${place}`));
  const text = await follow(link);
  expect(text).toContain("<Message>Request has expired</Message>");
  const finding = await findingOf(text);
  expect([finding.id, finding.confidence]).toEqual(["D70", "certain"]);
  expect(finding.evidence.join("\n")).toMatch(
    /the link ended at \S+Z, 2 h(?: 1 min)? before the store answered\nit was made for 1 h$/,
  );
  expect(await opens(finding)).toBe(true);
  // The answer alone, as it is sent on without the address.
  const alone = await findingOf(text.slice(text.indexOf("<?xml")));
  expect([alone.id, alone.confidence]).toEqual(["D70", "certain"]);
});

test("D70: a link of a week by a session that ended after an hour; cured by one of a new sign-in", async () => {
  const link = await hoursAgo(3, async () =>
    linkOf(`sms-storage presign --expires-in 7d ${place}`, await sessionKeys()),
  );
  const text = await follow(link);
  expect(text).toContain("<Code>ExpiredToken</Code>");
  const finding = await findingOf(text);
  expect([finding.id, finding.confidence]).toEqual(["D70", "certain"]);
  expect(finding.evidence).toContain(
    "temporary credentials signed it: it ends with them at the latest",
  );
  const token = new URL(link).searchParams.get("X-Amz-Security-Token") ?? "none";
  const signature = new URL(link).searchParams.get("X-Amz-Signature") ?? "none";
  const shown = JSON.stringify(finding);
  for (const secret of [token, encodeURIComponent(token), signature]) {
    expect(shown).not.toContain(secret);
  }
  expect(await opens(finding)).toBe(true);
});

test("D71: a link that is not in quotes and ends at its first &; cured by the whole of it", async () => {
  const link = await linkOf(`sms-storage presign ${place}`);
  const finding = await findingOf(await follow(link.slice(0, link.indexOf("&"))));
  expect([finding.id, finding.confidence]).toEqual(["D71", "certain"]);
  expect(finding.remedy?.text).toMatch(/^Put the whole link in quotes/);
  expect(await follow(link)).toBe(`${link}\ncontent`);
});

test("D71: a link to read by which somebody writes; cured by one that is made to write", async () => {
  const link = await linkOf(`sms-storage presign ${place}`);
  const finding = await findingOf(await follow(link, "PUT"));
  expect([finding.id, finding.confidence]).toEqual(["D71", "likely"]);
  const upload = await linkOf(finding.remedy?.commands?.[1] ?? "");
  expect((await fetch(upload, { method: "PUT", body: "content" })).status).toBe(200);
});
