import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTokenIssuer } from "../../src/testing/index.ts";
import { permissionSetRole } from "../../src/server/world/world-arns.ts";
import {
  awsCliReleases,
  clientEnvironment,
  passed,
  venv,
  withAwsInPath,
} from "./foreign-clients.ts";
import { GuideSession } from "./guide-session.ts";
import { OwnServer } from "./own-server.ts";
import { runCommand, type CommandResult } from "./run-command.ts";
import { issuerUrl, otherAccountId, ssoWorld } from "./sso-world.ts";
import { accountId } from "./test-identities.ts";

const issuer = createTokenIssuer({ issuer: issuerUrl });
const startUrl = "https://d-0000000000.awsapps.com/start";

let server: OwnServer;
let folder: string;
/** Without keys of its own: they come from the portal. */
let env: Record<string, string>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "interop-sso-"));
  await writeFile(join(folder, "keys.json"), issuer.jwks);
  await writeFile(join(folder, "world.json"), JSON.stringify(ssoWorld("keys.json")));
  server = await OwnServer.start({ world: join(folder, "world.json") });
  const all = clientEnvironment(server);
  env = Object.fromEntries(Object.entries(all).filter(([name]) => !/_KEY/.test(name)));
  await writeRules();
  await writeProfiles();
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => rm(join(server.scratch, ".aws/sso"), { recursive: true, force: true }));

/** AWS CLI 2.9 knows no setting for the portal's endpoint, but takes other rules for endpoints. */
async function writeRules(): Promise<void> {
  const rules = {
    version: "1.0",
    parameters: { Endpoint: { builtIn: "SDK::Endpoint", required: false, type: "String" } },
    rules: [
      {
        conditions: [],
        type: "endpoint",
        endpoint: { url: server.endpoint, properties: {}, headers: {} },
      },
    ],
  };
  for (const service of ["sso", "sso-oidc"]) {
    const place = join(server.scratch, "rules", service, "2019-06-10");
    await mkdir(place, { recursive: true });
    await writeFile(join(place, "endpoint-rule-set-1.json"), JSON.stringify(rules));
  }
}

const role = (name: string) => [`sso_account_id = ${accountId}`, `sso_role_name = ${name}`];

/** One profile for each of the portal's people; `legacy` in the form of older tools. */
async function writeProfiles(): Promise<void> {
  const of = (user: string, roleName: string) => [
    `[sso-session ${user}]`,
    `sso_start_url = ${startUrl}?user=${user}`,
    "sso_region = us-east-1",
    "sso_registration_scopes = sso:account:access",
    `[profile ${user}]`,
    `sso_session = ${user}`,
    ...role(roleName),
  ];
  const lines = [
    ...of("ada", "Scientist"),
    ...["eve", "late", "gone", "paul"].flatMap((user) => of(user, "Reader")),
    "[profile reader]",
    "sso_session = ada",
    ...role("Reader"),
    "[profile missing]",
    "sso_session = ada",
    ...role("Administrator"),
    "[profile legacy]",
    `sso_start_url = ${startUrl}?user=ada`,
    "sso_region = us-east-1",
    ...role("Reader"),
  ];
  await mkdir(join(server.scratch, ".aws"), { recursive: true });
  await writeFile(join(server.scratch, ".aws/config"), lines.join("\n"));
}

const env2 = () => ({ ...env, AWS_DATA_PATH: join(server.scratch, "rules") });
const aws2 = (...args: string[]): Promise<CommandResult> =>
  runCommand("/usr/bin/aws", args, { env: env2(), cwd: server.scratch });
const aws1 = (...args: string[]): Promise<CommandResult> =>
  runCommand(`${venv}/bin/aws`, args, { env, cwd: server.scratch });
const own = (...args: string[]): Promise<CommandResult> =>
  runCommand(process.execPath, [ownCommand, ...args], { env: env2(), cwd: server.scratch });
const s3 = (...args: string[]) => aws2("--endpoint-url", server.endpoint, "s3", ...args);
const logIn = (profile: string) => aws2("sso", "login", "--no-browser", "--profile", profile);

async function succeeds(running: Promise<CommandResult>): Promise<string> {
  const { exitCode, stdout, stderr } = await running;
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  return stdout;
}

async function cachedToken(): Promise<string> {
  const cache = join(server.scratch, ".aws/sso/cache");
  for (const name of await readdir(cache)) {
    const cached = JSON.parse(await readFile(join(cache, name), "utf8"));
    if (typeof cached.accessToken === "string") return cached.accessToken;
  }
  throw new Error("no token is in the cache");
}

const sessionArn = (permissionSet: string, user: string) =>
  `arn:aws:sts::${accountId}:assumed-role/${permissionSetRole(accountId, permissionSet).name}/${user}`;

const ownCommand = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const cases = fileURLToPath(new URL("python/sso_cases.py", import.meta.url));
const python = (name: string, parameters: unknown, more: Readonly<Record<string, string>> = {}) =>
  runCommand(`${venv}/bin/python`, [cases, name], {
    env: { ...env, ...more, PARAMETERS: JSON.stringify(parameters) },
    cwd: server.scratch,
  });

/** Signs in while somebody approves on the page, as a browser does it. */
async function logInByPage(profile: string): Promise<unknown> {
  const args = ["sso", "login", "--no-browser", "--profile", profile];
  const child = spawn("/usr/bin/aws", args, { env: env2(), cwd: server.scratch });
  const ended = once(child, "close");
  let shown = "";
  const approved = new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (bytes: Buffer) => {
      const before = /\n(http\S+user_code=\S+)\n/.test(shown);
      shown += bytes.toString();
      const url = /\n(http\S+user_code=\S+)\n/.exec(shown)?.[1];
      if (url !== undefined && !before) approve(url, profile).then(resolve, reject);
    });
    child.once("close", () => reject(new Error(`the CLI ended:\n${shown}`)));
  });
  await approved;
  const [exitCode] = await ended;
  return exitCode;
}

async function approve(url: string, user: string): Promise<void> {
  const page = await fetch(url);
  const cookie = (page.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  const form = new URLSearchParams({ user, answer: "allow" });
  const hidden = /name="(user_code|token)" value="([^"]+)"/g;
  for (const [, name = "", value = ""] of (await page.text()).matchAll(hidden)) {
    form.set(name, value);
  }
  const answer = await fetch(`${server.endpoint}/_sso/device`, {
    method: "POST",
    headers: { cookie },
    body: form,
  });
  expect(await answer.text()).toContain("Signed in");
}

describe("AWS CLI 2", () => {
  it("signs in without a browser, and uses the role", async () => {
    expect(await succeeds(logIn("ada"))).toContain("Successfully logged into Start URL");
    await succeeds(s3("mb", "s3://from-the-portal", "--profile", "ada"));
    expect(await succeeds(s3("ls", "--profile", "ada"))).toContain("from-the-portal");
    const denied = await s3("rb", "s3://from-the-portal", "--profile", "reader");
    expect(denied.exitCode).toBe(1);
    expect(denied.stderr).toContain(
      `User: ${sessionArn("Reader", "ada")} is not authorized to perform: s3:DeleteBucket`,
    );
  });

  it("signs in with a profile of the older form", async () => {
    await succeeds(logIn("legacy"));
    const command = ["--endpoint-url", server.endpoint, "sts", "get-caller-identity"];
    const identity = await succeeds(aws2(...command, "--profile", "legacy"));
    expect(JSON.parse(identity)).toMatchObject({ Arn: sessionArn("Reader", "ada") });
  });

  it("waits until somebody approves on the page", async () => {
    expect(await logInByPage("paul")).toBe(0);
    await succeeds(s3("ls", "--profile", "paul"));
  });

  it("says that a session has expired, was revoked, or has no access", async () => {
    await succeeds(logIn("late"));
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const expired = await s3("ls", "--profile", "late");
    expect(expired.stderr).toMatch(/expired/i);
    await succeeds(logIn("gone"));
    const revoked = await s3("ls", "--profile", "gone");
    expect(revoked.stderr).toMatch(/UnauthorizedException|expired or is otherwise invalid/);
    await succeeds(logIn("ada"));
    const missing = await s3("ls", "--profile", "missing");
    expect(missing.stderr).toContain("(ForbiddenException) when calling the GetRoleCredentials");
    expect(missing.stderr).toContain("No access");
  });

  it("gets the guide's reader going again, whose session has expired", async () => {
    const [cli] = awsCliReleases;
    if (cli === undefined) throw new Error("there is no AWS CLI 2");
    await succeeds(logIn("ada"));
    const Bucket = "guides-bucket";
    await succeeds(s3("mb", `s3://${Bucket}`, "--profile", "ada"));
    await rm(join(server.scratch, ".aws/sso"), { recursive: true });
    const reader = await withAwsInPath(cli, server, { ...env2(), AWS_PROFILE: "late" });
    const guide = await GuideSession.open({ ...reader, BUCKET_NAME: Bucket }, server.scratch);
    await succeeds(logIn("late"));
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const late = await guide.run("session: what a reader sees whose SSO session has expired");
    expect(late.exitCode).not.toBe(0);
    expect(late.stderr).toMatch(/expired/i);
    // From now on sessions of this user last as others do.
    const world = JSON.stringify(ssoWorld("keys.json"));
    await writeFile(
      join(folder, "world.json"),
      world.replace('"sessions":"expired"', '"sessions":"valid"'),
    );
    await expect.poll(() => server.log, { timeout: 10_000 }).toContain("world.json was taken over");
    expect(await succeeds(guide.run("session: sign in again"))).toContain(
      "Successfully logged into",
    );
    expect(await guide.run("session: go on")).toMatchObject({ exitCode: 0, stderr: "" });
    expect(guide.unused.filter((name) => name.startsWith("session: "))).toEqual([]);
  });

  it("is turned down where the world says so", async () => {
    const { exitCode, stderr } = await logIn("eve");
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain("(AccessDeniedException)");
    expect(stderr).toContain("The sign-in was turned down.");
  });

  it("signs out for good", async () => {
    await succeeds(logIn("ada"));
    const token = await cachedToken();
    const client = { profile: "ada" };
    await fetch(`${server.endpoint}/logout`, {
      method: "POST",
      headers: { "x-amz-sso_bearer_token": token },
    });
    expect(await python("signed_out", client)).toMatchObject(passed);
    await succeeds(logIn("ada"));
    const again = await cachedToken();
    await succeeds(aws2("sso", "logout"));
    expect((await s3("ls", "--profile", "ada")).exitCode).not.toBe(0);
    const answer = await fetch(`${server.endpoint}/assignment/accounts`, {
      headers: { "x-amz-sso_bearer_token": again },
    });
    expect(answer.status).toBe(401);
  });
});

describe("boto3 and AWS CLI 1", () => {
  it("go on with the sign-in of AWS CLI 2", async () => {
    await succeeds(logIn("ada"));
    const arn = sessionArn("Scientist", "ada");
    expect(await python("identity", { profile: "ada", arn })).toMatchObject(passed);
    const identity = await succeeds(aws1("sts", "get-caller-identity", "--profile", "ada"));
    expect(JSON.parse(identity)).toMatchObject({ Arn: arn, Account: accountId });
  });

  it("read the portal's lists and its refusals", async () => {
    await succeeds(logIn("ada"));
    const parameters = {
      accessToken: await cachedToken(),
      accounts: [[accountId, "research"]],
      roles: ["Scientist", "Reader"],
      otherAccount: otherAccountId,
    };
    expect(await python("portal", parameters)).toMatchObject(passed);
  });

  it("take a role for a token of an issuer", async () => {
    const file = join(server.scratch, "token");
    await writeFile(file, issuer.token({ sub: "job-7" }));
    const asJob = {
      AWS_WEB_IDENTITY_TOKEN_FILE: file,
      AWS_ROLE_ARN: `arn:aws:iam::${accountId}:role/Job`,
      AWS_ROLE_SESSION_NAME: "run-1",
    };
    const arn = `arn:aws:sts::${accountId}:assumed-role/Job/run-1`;
    expect(await python("web_identity", { arn }, asJob)).toMatchObject(passed);
    const refused = await aws1(
      "sts",
      "assume-role-with-web-identity",
      `--role-arn=${asJob.AWS_ROLE_ARN}`,
      "--role-session-name=run",
      `--web-identity-token=${issuer.token({ sub: "job-8" })}`,
    );
    expect(refused.stderr).toContain(
      "(AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform " +
        "sts:AssumeRoleWithWebIdentity",
    );
  });
});

describe("sms-storage login", () => {
  it("is what AWS CLI 2, AWS CLI 1 and boto3 go on with, and logout ends it for them", async () => {
    const arn = sessionArn("Scientist", "ada");
    const shown = await succeeds(own("login", "--profile", "ada", "--no-browser"));
    expect(shown).toContain(arn);
    const command = ["sts", "get-caller-identity", "--profile", "ada"];
    const second = await succeeds(aws2("--endpoint-url", server.endpoint, ...command));
    expect(JSON.parse(second)).toMatchObject({ Arn: arn });
    expect(JSON.parse(await succeeds(aws1(...command)))).toMatchObject({ Arn: arn });
    expect(await python("identity", { profile: "ada", arn })).toMatchObject(passed);
    await succeeds(own("logout", "--profile", "ada"));
    const { exitCode, stderr } = await python("identity", { profile: "ada", arn });
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain("Token for ada does not exist");
  });

  it("is found for a profile of the older form", async () => {
    await succeeds(own("login", "--profile", "legacy", "--no-browser"));
    const command = ["--endpoint-url", server.endpoint, "sts", "get-caller-identity"];
    const identity = await succeeds(aws2(...command, "--profile", "legacy"));
    expect(JSON.parse(identity)).toMatchObject({ Arn: sessionArn("Reader", "ada") });
  });

  it("goes on with a sign-in of AWS CLI 2", async () => {
    await succeeds(logIn("ada"));
    const caller = JSON.parse(await succeeds(own("whoami", "--profile", "ada", "--json")));
    expect(caller).toMatchObject({ type: "caller", arn: sessionArn("Scientist", "ada") });
  });

  it("says that it was turned down", async () => {
    const { exitCode, stderr } = await own("login", "--profile", "eve", "--no-browser");
    expect(exitCode).toBe(4);
    expect(stderr).toContain("The sign-in was turned down.");
  });
});
