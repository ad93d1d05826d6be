import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { Agent as HttpAgent, createServer, type Server } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { connect, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { StorageError } from "../core/errors.ts";
import { createAwsBucketAdmin } from "./bucket-admin.ts";
import { awsCredentials } from "./credential-chain.ts";

let home = "";
let environmentBefore: NodeJS.ProcessEnv = {};
const servers: Server[] = [];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "sms-aws-"));
  await mkdir(join(home, ".aws", "sso", "cache"), { recursive: true });
  environmentBefore = { ...process.env };
  for (const name of Object.keys(process.env)) {
    if (name.startsWith("AWS_")) delete process.env[name];
  }
  process.env["HOME"] = home;
  process.env["AWS_CONFIG_FILE"] = join(home, "config");
  process.env["AWS_SHARED_CREDENTIALS_FILE"] = join(home, "credentials");
  process.env["AWS_EC2_METADATA_DISABLED"] = "true";
});

afterEach(async () => {
  for (const name of Object.keys(process.env)) {
    if (!(name in environmentBefore)) delete process.env[name];
  }
  Object.assign(process.env, environmentBefore);
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  await rm(home, { recursive: true });
});

async function serve(answer?: { status: number; body: unknown; type?: string }): Promise<string> {
  const server = createServer((_, response) => {
    if (answer === undefined) return; // Never answers.
    response.writeHead(answer.status, {
      "content-type": "application/json",
      ...(answer.type !== undefined && { "x-amzn-errortype": answer.type }),
    });
    response.end(JSON.stringify(answer.body));
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const ssoConfig = [
  "[profile sims]",
  "sso_session = lab",
  "sso_account_id = 123456789012",
  "sso_role_name = Scientist",
  "region = us-gov-west-1",
  "[sso-session lab]",
  "sso_start_url = https://lab.awsapps.com/start",
  "sso_region = us-gov-west-1",
].join("\n");

const writeConfig = (text: string) => writeFile(join(home, "config"), text);

/** Where `aws sso login` puts its token: the SHA-1 of the session's name. */
async function writeSsoToken(expiresAt: Date): Promise<void> {
  const name = createHash("sha1").update("lab").digest("hex");
  await writeFile(
    join(home, ".aws", "sso", "cache", `${name}.json`),
    JSON.stringify({ accessToken: "token", expiresAt: expiresAt.toISOString() }),
  );
}

const inAnHour = () => new Date(Date.now() + 3_600_000);

async function failure(options: Parameters<typeof awsCredentials>[0] = {}): Promise<StorageError> {
  const error: unknown = await awsCredentials(options)().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof StorageError) return error;
  throw new Error(`not a StorageError: ${String(error)}`);
}

describe("where keys come from", () => {
  it("environment", async () => {
    process.env["AWS_ACCESS_KEY_ID"] = "ASIAENV";
    process.env["AWS_SECRET_ACCESS_KEY"] = "secret";
    process.env["AWS_SESSION_TOKEN"] = "token";
    expect(await awsCredentials()()).toEqual({
      accessKeyId: "ASIAENV",
      secretAccessKey: "secret",
      sessionToken: "token",
    });
  });

  it("a profile of the credentials file, quietly even with keys in the environment", async () => {
    process.env["AWS_ACCESS_KEY_ID"] = "AKIAENV";
    process.env["AWS_SECRET_ACCESS_KEY"] = "secret";
    await writeFile(
      join(home, "credentials"),
      "[lab]\naws_access_key_id = AKIALAB\naws_secret_access_key = s\n",
    );
    expect((await awsCredentials({ profile: "lab" })())?.accessKeyId).toBe("AKIALAB");
  });

  it("SSO", async () => {
    await writeConfig(ssoConfig);
    await writeSsoToken(inAnHour());
    const expiration = inAnHour();
    process.env["AWS_ENDPOINT_URL_SSO"] = await serve({
      status: 200,
      body: {
        roleCredentials: {
          accessKeyId: "ASIASSO",
          secretAccessKey: "s",
          sessionToken: "t",
          expiration: expiration.getTime(),
        },
      },
    });
    expect(await awsCredentials({ profile: "sims" })()).toEqual({
      accessKeyId: "ASIASSO",
      secretAccessKey: "s",
      sessionToken: "t",
      expiration,
    });
  });

  it("a sign-in made while the process runs", async () => {
    await writeConfig(ssoConfig);
    const provider = awsCredentials({ profile: "sims" });
    await expect(provider()).rejects.toThrow("no sign-in yet");
    await writeFile(
      join(home, "credentials"),
      "[sims]\naws_access_key_id = AKIALATE\naws_secret_access_key = s\n",
    );
    expect((await provider())?.accessKeyId).toBe("AKIALATE");
  });
});

describe("a profile that sends S3 elsewhere", () => {
  const url = "http://store.example:9000";
  const profile = ["[profile lab]", "aws_access_key_id = AKIA1", "aws_secret_access_key = s"];

  it.each([
    ["the whole profile", [...profile, `endpoint_url = ${url} # the lab's`]],
    [
      "its S3 alone",
      [
        ...profile,
        "services = lab-services",
        "[services lab-services]",
        "s3 =",
        `  endpoint_url=${url}`,
      ],
    ],
  ])("%s: is refused unless the settings name an endpoint", async (_name, lines) => {
    await writeFile(join(home, "config"), lines.join("\n"));
    const error = await awsCredentials({ profile: "lab" })().catch((failed: unknown) => failed);
    expect(error).toMatchObject({ code: "ConfigurationError" });
    expect((error as StorageError).message).toBe(
      `Profile lab sends S3 to ${url}, but the settings name no endpoint.`,
    );
    expect((error as StorageError).remedy).toContain(`STORAGE_S3_ENDPOINT_URL=${url}`);
    const keys = await awsCredentials({ profile: "lab", endpointUrl: "http://other" })();
    expect(keys?.accessKeyId).toBe("AKIA1");
    process.env["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "true";
    expect((await awsCredentials({ profile: "lab" })())?.accessKeyId).toBe("AKIA1");
  });

  it("for another service, or of another profile, does not matter", async () => {
    const lines = [
      ...profile,
      "services = lab-services",
      "region = us-west-2",
      "[profile other]",
      `endpoint_url = ${url}`,
      "[services lab-services]",
      "dynamodb =",
      `  endpoint_url = ${url}`,
    ];
    await writeFile(join(home, "config"), lines.join("\n"));
    expect((await awsCredentials({ profile: "lab" })())?.accessKeyId).toBe("AKIA1");
  });

  it("is refused by the control plane too, which the SDK would send there", async () => {
    await writeFile(join(home, "config"), ["[default]", `endpoint_url = ${url}`].join("\n"));
    const admin = createAwsBucketAdmin({
      region: "us-east-1",
      credentials: () => Promise.resolve({ accessKeyId: "A", secretAccessKey: "B" }),
    });
    await expect(admin.headBucket("bkt")).rejects.toMatchObject({
      code: "ConfigurationError",
      message: `Profile default sends S3 to ${url}, but the settings name no endpoint.`,
    });
    admin.close();
  });
});

describe("what to do when there are none", () => {
  it("nothing configured", async () => {
    const error = await failure();
    expect(error.code).toBe("Unauthenticated");
    expect(error.message).toBe("No AWS credentials were found: no keys, no profile, no role.");
    expect(error.remedy).toContain("aws configure sso");
  });

  it("a misspelt profile is named with those that exist, and nothing else is tried", async () => {
    process.env["AWS_ACCESS_KEY_ID"] = "AKIAENV";
    process.env["AWS_SECRET_ACCESS_KEY"] = "secret";
    process.env["AWS_PROFILE"] = "smis";
    await writeConfig(ssoConfig);
    const error = await failure();
    expect(error.code).toBe("Unauthenticated");
    expect(error.message).toBe("The AWS profile smis was not found. There are: sims.");
  });

  it("SSO without a sign-in, or an expired one", async () => {
    await writeConfig(ssoConfig);
    const never = await failure({ profile: "sims" });
    expect(never).toMatchObject({ code: "Unauthenticated", retryable: false });
    expect(never.message).toBe(
      "The SSO session of profile sims has ended, or there was no sign-in yet.",
    );
    expect(never.remedy).toBe(
      "Sign in: `sms-storage login --profile sims`, or `aws sso login --profile sims`.",
    );
    await writeSsoToken(new Date(Date.now() - 1000));
    const expired = await failure({ profile: "sims" });
    expect(expired.remedy).toBe(
      "Sign in: `sms-storage login --profile sims`, or `aws sso login --profile sims`.",
    );
  });

  it("a role whose keys come from another profile is signed in for by that one", async () => {
    await writeConfig(
      `${ssoConfig}\n[profile role]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = sims\n`,
    );
    const error = await failure({ profile: "role" });
    expect(error.remedy).toBe(
      "Sign in: `sms-storage login --profile sims`, or `aws sso login --profile sims`.",
    );
  });

  it("a profile with nothing in it", async () => {
    await writeConfig("[profile empty]\nregion = us-east-1\n");
    expect((await failure({ profile: "empty" })).message).toBe(
      "The profile empty yields no credentials: it names no keys, no role, no SSO session and no " +
        "process that gave any.",
    );
  });

  it.each([
    [401, "UnauthorizedException", "Session token not found or invalid", "aws sso logout"],
    [403, "ForbiddenException", "No access", "aws sso list-account-roles"],
  ])("SSO answers %i %s", async (status, type, message, remedy) => {
    await writeConfig(ssoConfig);
    await writeSsoToken(inAnHour());
    process.env["AWS_ENDPOINT_URL_SSO"] = await serve({ status, type, body: { message } });
    const error = await failure({ profile: "sims" });
    expect(error.code).toBe("Unauthenticated");
    expect(error.message).toContain(message);
    expect(error.remedy).toContain(remedy);
  });

  it("an SSO session that is not described", async () => {
    await writeConfig(ssoConfig.replace("[sso-session lab]", "[sso-session other]"));
    const error = await failure({ profile: "sims" });
    expect(error.code).toBe("ConfigurationError");
    expect(error.remedy).toContain("aws configure sso --profile sims");
  });

  it.each([
    [{ AWS_ACCESS_KEY_ID: "AKIA1" }, "AWS_SECRET_ACCESS_KEY"],
    [{ AWS_SECRET_ACCESS_KEY: "s" }, "AWS_ACCESS_KEY_ID"],
    [{ AWS_ACCESS_KEY_ID: "ASIA1", AWS_SECRET_ACCESS_KEY: "s" }, "AWS_SESSION_TOKEN"],
  ])("half a pair in the environment is none: %j", async (keys, missing) => {
    // Would be found next, and be somebody else's.
    await writeConfig("[default]\naws_access_key_id = other\naws_secret_access_key = other\n");
    Object.assign(process.env, keys);
    const error = await failure();
    expect(error.code).toBe("ConfigurationError");
    expect(error.message).toBe(`The credentials in the environment lack ${missing}.`);
    // A profile that is named wins over the environment, whole or not.
    expect((await failure({ profile: "none" })).message).toContain("none");
  });

  it("SSO is asked through the proxy", async () => {
    await writeConfig(ssoConfig);
    await writeSsoToken(inAnHour());
    process.env["AWS_ENDPOINT_URL_SSO"] = "http://sso.example";
    const hosts: string[] = [];
    class Agent extends HttpAgent {
      createConnection({ host }: { readonly host: string }): Socket {
        hosts.push(host);
        return connect(1, "127.0.0.1");
      }
    }
    const agents = { httpAgent: new Agent(), httpsAgent: new HttpsAgent() };
    expect((await failure({ profile: "sims", agents })).code).toBe("Unavailable");
    expect(new Set(hosts)).toEqual(new Set(["sso.example"]));
  });

  it("SSO out of reach", async () => {
    await writeConfig(ssoConfig);
    await writeSsoToken(inAnHour());
    process.env["AWS_ENDPOINT_URL_SSO"] = "http://127.0.0.1:1";
    expect(await failure({ profile: "sims" })).toMatchObject({
      code: "Unavailable",
      retryable: true,
    });
  });

  it("a failing credential process", async () => {
    await writeConfig("[profile tool]\ncredential_process = false --password hunter2\n");
    const error = await failure({ profile: "tool" });
    expect(error.message).toContain("profile tool yields no credentials");
    expect(error.message).toContain("credential_process failed");
    expect(JSON.stringify(error)).not.toContain("hunter2");
    expect(error.code).toBe("Unauthenticated");
    expect(error.remedy).toContain("--profile tool");
  });

  it("off EC2 the search ends within seconds though the metadata address is silent", async () => {
    delete process.env["AWS_EC2_METADATA_DISABLED"];
    process.env["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = await serve();
    const start = Date.now();
    expect((await failure()).code).toBe("Unauthenticated");
    expect(Date.now() - start).toBeLessThan(5000);
  });
});
