import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { DoctorFinding } from "../../src/checks/doctor/doctor-finding.ts";
import { startTestServer, type TestServer } from "../../src/testing/index.ts";
import { type Environment, examineWith } from "./examine-with.ts";
import { account, allow, encryptWith, keyArn, policy, underKey, worldOf } from "./lab.ts";
import { runHere, wordsOf } from "./run-here.ts";

// Signing in at a portal, for real: the cause is named, the commands of its remedy are run as they are
// printed, and the doctor finds nothing more.

let server: TestServer;
let home: string;

beforeAll(async () => {
  server = await startTestServer({ world: portalOf("valid") });
  // One for all: AWS's SDK asks once where the home is.
  home = await mkdtemp(join(tmpdir(), "sms-doctor-"));
  await mkdir(join(home, ".aws"));
});

beforeEach(async () => {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith("AWS_")) vi.stubEnv(name, undefined);
  }
  const own = {
    HOME: home,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: join(home, ".aws", "config"),
    AWS_SHARED_CREDENTIALS_FILE: join(home, ".aws", "credentials"),
    AWS_PROFILE: "lab",
  };
  for (const [name, value] of Object.entries(own)) vi.stubEnv(name, value);
  await configure("Scientist");
});

afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  await rm(join(home, ".aws", "sso"), { recursive: true, force: true });
  await server.reset();
});

afterAll(async () => {
  await server.close();
  await rm(home, { recursive: true, force: true });
});

/** A lab whose people sign in; `sessions`: what is wrong with ada's. */
function portalOf(sessions: "valid" | "expired" | "revoked", permissionSet = "Scientist") {
  const everything = { policy: policy(allow("s3:*", "*")) };
  return {
    ...worldOf({}),
    sso: {
      permissionSets: { Scientist: everything, Visitor: everything },
      users: { ada: { approval: "automatic", sessions } },
      assignments: [{ user: "ada", account, permissionSet }],
    },
  };
}

async function configure(role: string): Promise<void> {
  const text = `
[sso-session lab]
sso_start_url = https://d-0000000000.awsapps.com/start
sso_region = us-east-1
[profile lab]
sso_session = lab
sso_account_id = ${account}
sso_role_name = ${role}
region = us-east-1
services = embedded
[services embedded]
sso =
  endpoint_url = ${server.endpoint}
sso_oidc =
  endpoint_url = ${server.endpoint}
`;
  await writeFile(join(home, ".aws", "config"), text);
}

function settings(): Environment {
  const {
    STORAGE_S3_ACCESS_KEY_ID: _id,
    STORAGE_S3_SECRET_ACCESS_KEY: _secret,
    ...rest
  } = server.env;
  return { ...rest, STORAGE_S3_BUCKET: "lab-data", AWS_PROFILE: "lab" };
}

const found = async (): Promise<readonly DoctorFinding[]> =>
  (await examineWith({ environment: settings() })).findings;

const ids = async (): Promise<string[]> => (await found()).map(({ id }) => id);

/** The commands of ours that a remedy prints, one after the other. */
async function runRemedy(finding: DoctorFinding | undefined): Promise<void> {
  const lines = finding?.remedy?.commands?.filter((line) => line.startsWith("sms-storage ")) ?? [];
  expect(lines).not.toEqual([]);
  const environment = { ...(process.env as Environment), ...settings() };
  for (const line of lines) {
    const { code, stderr } = await runHere(wordsOf(line), { environment, cwd: home });
    expect(`${line}: ${code} ${stderr}`).toMatch(/: 0 /);
  }
}

test("D43: no sign-in yet; cured by the sign-in that is printed", async () => {
  const [first] = await found();
  expect(first?.id).toBe("D43");
  await runRemedy(first);
  expect(await ids()).toEqual([]);
});

test("D43: a sign-in that is over; cured by signing in anew", async () => {
  const [none] = await found();
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 48 * 3_600_000 });
  await runRemedy(none);
  vi.useRealTimers();
  const [first] = await found();
  expect(first?.id).toBe("D43");
  await runRemedy(first);
  expect(await ids()).toEqual([]);
});

test("a sign-in that is over, before a key that the role may not use", async () => {
  await encryptWith(server, underKey(keyArn(account)));
  const [first] = await found();
  expect(first?.id).toBe("D43");
  await runRemedy(first);
  expect((await ids())[0]).toBe("D01");
});

test("D44: a session that the portal ended before its time; cured by signing out and in", async () => {
  await server.takeWorld(portalOf("revoked"));
  await runRemedy((await found())[0]);
  const [first] = await found();
  expect(first?.id).toBe("D44");
  await server.takeWorld(portalOf("valid"));
  await runRemedy(first);
  expect(await ids()).toEqual([]);
});

test("D45: a profile with a role that is not assigned; cured by the one that is", async () => {
  await runRemedy((await found())[0]);
  await configure("Visitor");
  const [first] = await found();
  expect(first?.id).toBe("D45");
  expect(first?.remedy?.commands?.join("\n")).toContain("aws configure set sso_role_name");
  await configure("Scientist");
  expect(await ids()).toEqual([]);
});

test("D45: a permission set that was not assigned; cured by an administrator who assigns it", async () => {
  await configure("Visitor");
  await runRemedy((await found())[0]);
  expect((await ids())[0]).toBe("D45");
  await server.takeWorld(portalOf("valid", "Visitor"));
  expect(await ids()).toEqual([]);
});
