import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { defaultProvider } from "@aws-sdk/credential-provider-node";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createIdentitiesFile } from "../identities/create-identities.ts";
import { TestServer } from "../testing-fixtures/test-server.ts";
import { PortalClient } from "./testing-fixtures/portal-client.ts";

const identities = createIdentitiesFile(randomBytes, new Date());
const account = identities.accounts[0];
let server: TestServer;
let portal: PortalClient;
let home: string;
let cacheFile: string;
beforeAll(async () => {
  server = await TestServer.start({ identities, ssoApproval: "automatic" });
  portal = new PortalClient(server);
});
afterAll(() => server.close());

/** What `aws configure sso` writes, and endpoints under the names that AWS's SDKs know. */
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "sso-sdk-"));
  cacheFile = join(
    home,
    ".aws/sso/cache",
    `${createHash("sha1").update("dev").digest("hex")}.json`,
  );
  await mkdir(join(home, ".aws/sso/cache"), { recursive: true });
  const config = [
    "[sso-session dev]",
    "sso_start_url = https://d-0000000000.awsapps.com/start",
    "sso_region = us-east-1",
    "sso_registration_scopes = sso:account:access",
    "[profile dev]",
    "sso_session = dev",
    `sso_account_id = ${account?.id}`,
    "sso_role_name = AdministratorAccess",
    "region = us-east-1",
  ];
  await writeFile(join(home, ".aws/config"), config.join("\n"));
  vi.stubEnv("HOME", home);
  vi.stubEnv("AWS_CONFIG_FILE", join(home, ".aws/config"));
  vi.stubEnv("AWS_PROFILE", "dev");
  vi.stubEnv("AWS_ENDPOINT_URL_SSO", portal.endpoint);
  vi.stubEnv("AWS_ENDPOINT_URL_SSO_OIDC", portal.endpoint);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true, force: true });
});

/** What a login leaves in the cache. */
async function logIn(expiresAt: Date): Promise<string> {
  const client = await portal.register();
  const { deviceCode } = await portal.startDevice(client);
  const grantType = "urn:ietf:params:oauth:grant-type:device_code";
  const { body } = await portal.createToken(client, { grantType, deviceCode });
  const token = {
    startUrl: "https://d-0000000000.awsapps.com/start",
    region: "us-east-1",
    accessToken: body["accessToken"],
    refreshToken: body["refreshToken"],
    expiresAt: expiresAt.toISOString(),
    registrationExpiresAt: new Date(Date.now() + 86_400_000).toISOString(),
    ...client,
  };
  await writeFile(cacheFile, JSON.stringify(token));
  return String(body["accessToken"]);
}

async function whoAmI(): Promise<string | undefined> {
  const credentials = await defaultProvider({ profile: "dev" })();
  const client = new STSClient({ endpoint: portal.endpoint, region: "us-east-1", credentials });
  return (await client.send(new GetCallerIdentityCommand({}))).Arn;
}

const sessionArn = `arn:aws:sts::${account?.id}:assumed-role/${account?.roles[0]?.name}/developer`;

test("the SDK's chain takes a role's keys from the portal", async () => {
  await logIn(new Date(Date.now() + 3_600_000));
  expect(await whoAmI()).toBe(sessionArn);
});

test("the SDK's chain refreshes a token that is about to end", async () => {
  const before = await logIn(new Date(Date.now() + 60_000));
  expect(await whoAmI()).toBe(sessionArn);
  const cached = JSON.parse(await readFile(cacheFile, "utf8"));
  expect(cached.accessToken).not.toBe(before);
});

test("the SDK's chain says what a sign-out and a missing assignment mean", async () => {
  const accessToken = await logIn(new Date(Date.now() + 3_600_000));
  await portal.portal("/logout", accessToken, "POST");
  await expect(whoAmI()).rejects.toThrow("Session token not found or invalid");
  await logIn(new Date(Date.now() + 3_600_000));
  const config = await readFile(join(home, ".aws/config"), "utf8");
  vi.stubEnv("AWS_CONFIG_FILE", join(home, ".aws/other"));
  await writeFile(join(home, ".aws/other"), config.replace("= AdministratorAccess", "= Other"));
  await expect(whoAmI()).rejects.toThrow("No access");
});
