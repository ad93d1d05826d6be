import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand, startCommand, waitForText } from "./command.ts";
import { records } from "./live-server.ts";

// Signing in at the embedded server's portal, as a process; nobody is asked there.

let server: ChildProcess;
let endpoint: string;
let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "sms-login-"));
  await mkdir(join(home, ".aws"));
  const args = ["server", "--data-dir", join(home, "data"), "--port", "0", "--sso", "automatic"];
  server = startCommand([...args, "--json"], { cwd: home });
  const line = await waitForText(server, '"listening"');
  const listening = records(line).find(({ type }) => type === "listening");
  endpoint = String(listening?.["endpoint"]);
  const identities = await readFile(join(home, "data", "identities.json"), "utf8");
  const accountId = /"id": ?"(\d{12})"/.exec(identities)?.[1] ?? "";
  await writeFile(join(home, ".aws", "config"), configOf(accountId));
});

afterAll(async () => {
  server.kill("SIGTERM");
  await once(server, "exit");
  await rm(home, { recursive: true, force: true });
});

const configOf = (accountId: string) => `
[sso-session dev]
sso_start_url = https://d-0000000000.awsapps.com/start
sso_region = us-east-1
[profile dev]
sso_session = dev
sso_account_id = ${accountId}
sso_role_name = AdministratorAccess
region = us-east-1
services = embedded
[profile wrong]
sso_session = dev
sso_account_id = ${accountId}
sso_role_name = Nobody
services = embedded
[profile plain]
region = us-east-1
[services embedded]
sso =
  endpoint_url = ${endpoint}
sso_oidc =
  endpoint_url = ${endpoint}
`;

const run = (...args: string[]) =>
  runCommand([...args, "--endpoint-url", endpoint, "--retry-seconds", "0"], { cwd: home });
const cache = () => join(home, ".aws", "sso", "cache");

describe("login", { timeout: 30_000 }, () => {
  it("shows address and code, keeps the token for AWS's tools alone, and says who it is", async () => {
    const { code, stdout, stderr } = await run("login", "--profile", "dev", "--no-browser");
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(stdout).toMatch(/http:\S+\/_sso\/device\?user_code=[A-Z-]+\n/);
    expect(stdout).toMatch(/^permission set +AdministratorAccess$/m);
    const [name = ""] = await readdir(cache());
    const { mode } = await stat(join(cache(), name));
    expect(mode & 0o777).toBe(0o600);
    const kept = JSON.parse(await readFile(join(cache(), name), "utf8"));
    expect(kept.startUrl).toBe("https://d-0000000000.awsapps.com/start");
    expect(kept.expiresAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(kept).toHaveProperty("refreshToken");
  });

  it("as data, then whoami by the same sign-in, without a secret", async () => {
    const login = await run("login", "--profile", "dev", "--json");
    const types = records(login.stdout).map(({ type }) => type);
    expect(types).toEqual(["sign-in-code", "signed-in", "caller"]);
    const { code, stdout } = await run("whoami", "--profile", "dev", "--json");
    expect(code).toBe(0);
    const [caller] = records(stdout);
    expect(caller).toMatchObject({
      permissionSet: "AdministratorAccess",
      sessionName: "developer",
      partition: "aws",
      isTemporary: true,
      endpoint,
      profile: "dev",
    });
    expect(caller?.["source"]).toMatch(/profile dev \(.*sso/);
    expect(caller?.["secondsLeft"]).toBeGreaterThan(600);
    const [name = ""] = await readdir(cache());
    const { accessToken } = JSON.parse(await readFile(join(cache(), name), "utf8"));
    expect(login.stdout + stdout).not.toContain(accessToken);
  });

  it("a sign-in stands where the profile's role cannot be used", async () => {
    const { code, stdout, stderr } = await run("login", "--profile", "wrong");
    expect(code).toBe(0);
    expect(stdout).toContain("Signed in at");
    expect(stderr).toMatch(/cannot be used yet: SSO grants profile wrong no access/);
  });

  it("logout ends it", async () => {
    await run("login", "--profile", "dev");
    const out = await run("logout", "--profile", "dev");
    expect(out.stdout).toContain("Signed out");
    expect(await readdir(cache())).toEqual([]);
    expect((await run("logout", "--profile", "dev")).stdout).toContain("There was no sign-in");
    const { code, stderr } = await run("whoami", "--profile", "dev");
    expect(code).toBe(4);
    expect(stderr).toContain("--profile dev");
  });

  it.each([
    [["--profile", "plain"], /names no portal/, 2],
    [["--profile", "missing"], /profile missing was not found/, 4],
    [["--sso-session", "lost"], /no sso-session lost. There are: dev/, 2],
  ])("says what is wrong with %j", async (args, words, wanted) => {
    const { code, stderr } = await run("login", ...args);
    expect(stderr).toMatch(words);
    expect(code).toBe(wanted);
  });
});

describe("whoami", { timeout: 30_000 }, () => {
  it("of keys in the environment", async () => {
    const identities = await readFile(join(home, "data", "identities.json"), "utf8");
    const keyId = /"accessKeyId": ?"(AKIA\w+)"/.exec(identities)?.[1] ?? "";
    const secret = /"secretAccessKey": ?"([^"]+)"/.exec(identities)?.[1] ?? "";
    const { code, stdout } = await runCommand(["whoami", "--endpoint-url", endpoint], {
      cwd: home,
      env: { STORAGE_S3_ACCESS_KEY_ID: keyId, STORAGE_S3_SECRET_ACCESS_KEY: secret },
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^keys +AKIA\*+ from environment STORAGE_S3_ACCESS_KEY_ID$/m);
    expect(stdout).toMatch(/^keys end +never by themselves$/m);
    expect(stdout).not.toContain(secret);
  });

  it("ends with 4 where there are no keys", async () => {
    const { code, stderr } = await run("whoami", "--profile", "plain");
    expect(code).toBe(4);
    expect(stderr).toContain("plain");
  });
});
