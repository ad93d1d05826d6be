import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisabledException,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GetKeyPolicyCommand,
  InvalidCiphertextException,
  KMSClient,
  ListAliasesCommand,
  ListGrantsCommand,
  NotFoundException,
  paginateListKeys,
  ReEncryptCommand,
  RevokeGrantCommand,
  ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms";
import { CreateRoleCommand, GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import {
  AssumeRoleCommand,
  GetAccessKeyInfoCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  STSClient,
} from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  awsCliReleases,
  clientEnvironment,
  passed,
  runPython,
  withAwsInPath,
} from "./foreign-clients.ts";
import { OwnServer } from "./own-server.ts";
import { runCommand } from "./run-command.ts";
import { accountId } from "./test-identities.ts";

const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { AWS: accountId }, Action: "sts:AssumeRole" }],
});

let server: OwnServer;
beforeAll(async () => {
  server = await OwnServer.start();
});
afterAll(() => server?.[Symbol.asyncDispose]());

const settings = () => ({
  endpoint: server.endpoint,
  region: server.region,
  credentials: server.identities.admin,
  maxAttempts: 1,
});

describe("boto3", () => {
  it.each([
    ["makes, describes, lists, disables and deletes keys", "keys"],
    ["names keys by aliases", "aliases"],
    ["encrypts, decrypts and re-encrypts in a context", "ciphers"],
    ["grants and revokes", "grants"],
    ["puts key policies", "key_policies"],
    ["assumes roles and chains them", "sessions"],
  ])("%s", async (_, name) => {
    expect(await runPython(server, "boto3_service_cases.py", name)).toMatchObject(passed);
  });
});

describe("the AWS SDK for JavaScript", () => {
  it("uses keys of KMS", async () => {
    const kms = new KMSClient(settings());
    const made = await kms.send(new CreateKeyCommand({ Description: "of the SDK" }));
    const KeyId = made.KeyMetadata?.KeyId;
    const described = await kms.send(new DescribeKeyCommand({ KeyId }));
    expect(described.KeyMetadata).toMatchObject({ Enabled: true, Description: "of the SDK" });
    expect(described.KeyMetadata?.CreationDate).toBeInstanceOf(Date);
    await kms.send(new CreateAliasCommand({ AliasName: "alias/sdk", TargetKeyId: KeyId }));
    const { Aliases } = await kms.send(new ListAliasesCommand({ KeyId }));
    expect(Aliases).toMatchObject([{ AliasName: "alias/sdk", TargetKeyId: KeyId }]);
    const listed: string[] = [];
    for await (const page of paginateListKeys({ client: kms, pageSize: 1 }, {})) {
      listed.push(...(page.Keys ?? []).map((key) => key.KeyId ?? ""));
    }
    expect(listed).toContain(KeyId);
    const policy = await kms.send(new GetKeyPolicyCommand({ KeyId }));
    expect(policy.Policy).toContain(`arn:aws:iam::${accountId}:root`);

    const EncryptionContext = { purpose: "test" };
    const dataKey = await kms.send(
      new GenerateDataKeyCommand({ KeyId: "alias/sdk", KeySpec: "AES_256", EncryptionContext }),
    );
    expect(dataKey.Plaintext).toHaveLength(32);
    const opened = await kms.send(
      new DecryptCommand({ CiphertextBlob: dataKey.CiphertextBlob, EncryptionContext }),
    );
    expect(Buffer.from(opened.Plaintext ?? [])).toEqual(Buffer.from(dataKey.Plaintext ?? []));
    await expect(
      kms.send(new DecryptCommand({ CiphertextBlob: dataKey.CiphertextBlob })),
    ).rejects.toThrow(InvalidCiphertextException);

    const sealed = await kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from("secret") }));
    const other = await kms.send(new CreateKeyCommand({}));
    const moved = await kms.send(
      new ReEncryptCommand({
        CiphertextBlob: sealed.CiphertextBlob,
        DestinationKeyId: other.KeyMetadata?.Arn,
      }),
    );
    expect(moved).toMatchObject({ KeyId: other.KeyMetadata?.Arn });

    const { GrantId } = await kms.send(
      new CreateGrantCommand({
        KeyId,
        GranteePrincipal: `arn:aws:iam::${accountId}:user/nobody`,
        Operations: ["Decrypt"],
      }),
    );
    const { Grants } = await kms.send(new ListGrantsCommand({ KeyId }));
    expect(Grants).toMatchObject([{ GrantId, Operations: ["Decrypt"] }]);
    await kms.send(new RevokeGrantCommand({ KeyId, GrantId }));

    await kms.send(new DisableKeyCommand({ KeyId }));
    await expect(
      kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: "AES_256" })),
    ).rejects.toThrow(DisabledException);
    await kms.send(new EnableKeyCommand({ KeyId }));
    const ending = await kms.send(
      new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }),
    );
    expect(ending).toMatchObject({ KeyState: "PendingDeletion", PendingWindowInDays: 7 });
    await kms.send(new CancelKeyDeletionCommand({ KeyId }));
    const missing = kms.send(new DescribeKeyCommand({ KeyId: "alias/none" }));
    await expect(missing).rejects.toThrow(NotFoundException);
    kms.destroy();
  });

  it("gets temporary keys of STS and works with them", async () => {
    const iam = new IAMClient(settings());
    const sts = new STSClient(settings());
    await iam.send(
      new CreateRoleCommand({ RoleName: "sdk", Path: "/team/", AssumeRolePolicyDocument: trust }),
    );
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: "sdk" }));
    expect(Role?.Arn).toBe(`arn:aws:iam::${accountId}:role/team/sdk`);
    const assumed = await sts.send(
      new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: "me", DurationSeconds: 900 }),
    );
    const given = assumed.Credentials;
    expect(Number(given?.Expiration)).toBeLessThan(Date.now() + 901_000);
    const session = new STSClient({
      ...settings(),
      credentials: {
        accessKeyId: given?.AccessKeyId ?? "",
        secretAccessKey: given?.SecretAccessKey ?? "",
        sessionToken: given?.SessionToken ?? "",
      },
    });
    expect(await session.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: accountId,
      Arn: `arn:aws:sts::${accountId}:assumed-role/sdk/me`,
      UserId: `${Role?.RoleId}:me`,
    });
    const token = await sts.send(new GetSessionTokenCommand({ DurationSeconds: 900 }));
    expect(token.Credentials?.AccessKeyId).toMatch(/^ASIA/);
    const info = await sts.send(new GetAccessKeyInfoCommand({ AccessKeyId: given?.AccessKeyId }));
    expect(info.Account).toBe(accountId);
    for (const client of [iam, sts, session]) client.destroy();
  });
});

/** Words may stand in one text; nothing here has spaces of its own. */
type Words = readonly (string | undefined)[];

describe.each(awsCliReleases)("$name", (cli) => {
  const roleName = cli.name.replaceAll(" ", "-").toLowerCase();
  let env: Readonly<Record<string, string>>;
  beforeAll(async () => {
    env = await withAwsInPath(cli, server, clientEnvironment(server));
  });

  async function aws(...words: Words): Promise<Record<string, never>> {
    const args = ["aws", ...words.flatMap((word) => String(word).split(" "))];
    const { exitCode, stdout, stderr } = await runCommand("/usr/bin/env", args, {
      env,
      cwd: server.scratch,
    });
    expect({ args, exitCode, stderr }).toEqual({ args, exitCode: 0, stderr: "" });
    return stdout.trim() === "" ? {} : (JSON.parse(stdout) as Record<string, never>);
  }
  const text = async (query: string, ...words: Words): Promise<string> => {
    const asked = await runCommand(
      "/usr/bin/env",
      [
        "aws",
        ...words.flatMap((word) => String(word).split(" ")),
        "--query",
        query,
        "--output",
        "text",
      ],
      { env, cwd: server.scratch },
    );
    expect(asked.stderr).toBe("");
    return asked.stdout.trim();
  };

  it("uses keys of KMS", async () => {
    const key = ["--key-id", await text("KeyMetadata.KeyId", "kms", "create-key")];
    const alias = `alias/${roleName}`;
    await aws("kms", "create-alias", "--alias-name", alias, "--target-key-id", key[1]);
    expect(await text("KeyMetadata.KeyId", "kms", "describe-key", "--key-id", alias)).toBe(key[1]);
    expect(await text("Keys[].KeyId", "kms", "list-keys")).toContain(key[1]);
    await writeFile(join(server.scratch, "plain"), "a secret");
    const context = ["--encryption-context", "purpose=test"];
    const sealed = await text(
      "CiphertextBlob",
      `kms encrypt ${key.join(" ")} --plaintext fileb://plain ${context.join(" ")}`,
    );
    await writeFile(join(server.scratch, "sealed"), Buffer.from(sealed, "base64"));
    const opened = await text(
      "Plaintext",
      `kms decrypt --ciphertext-blob fileb://sealed ${context.join(" ")}`,
    );
    expect(Buffer.from(opened, "base64").toString()).toBe("a secret");
    const generated = await aws("kms", "generate-data-key", ...key, "--key-spec", "AES_256");
    expect(generated).toMatchObject({ KeyId: expect.stringContaining(`${key[1]}`) as string });
    const policyOfKey = `--key-id ${key[1]} --policy-name default`;
    const policy = await text("Policy", `kms get-key-policy ${policyOfKey}`);
    await writeFile(join(server.scratch, "policy"), policy);
    await aws(`kms put-key-policy ${policyOfKey} --policy file://policy`);
    const grantee = ["--grantee-principal", `arn:aws:iam::${accountId}:user/nobody`];
    const grant = await text(
      "GrantId",
      `kms create-grant ${key.join(" ")} ${grantee.join(" ")} --operations Decrypt`,
    );
    expect(await text("Grants[0].GrantId", "kms", "list-grants", ...key)).toBe(grant);
    await aws("kms", "revoke-grant", ...key, "--grant-id", grant);
    await aws("kms", "disable-key", ...key);
    await aws("kms", "enable-key", ...key);
    await aws("kms", "schedule-key-deletion", ...key, "--pending-window-in-days", "7");
    expect(await text("KeyMetadata.KeyState", "kms", "describe-key", ...key)).toBe(
      "PendingDeletion",
    );
    await aws("kms", "cancel-key-deletion", ...key);
    await aws("kms", "delete-alias", "--alias-name", alias);
  });

  it("gets temporary keys of STS", async () => {
    const roleArn = `arn:aws:iam::${accountId}:role/${roleName}`;
    await aws(
      "iam",
      "create-role",
      "--role-name",
      roleName,
      "--assume-role-policy-document",
      trust,
    );
    const role = ["--role-arn", roleArn, "--role-session-name", "me"];
    expect(await aws("sts", "assume-role", ...role)).toMatchObject({
      AssumedRoleUser: { Arn: `arn:aws:sts::${accountId}:assumed-role/${roleName}/me` },
    });
    const key = await text(
      "Credentials.AccessKeyId",
      "sts get-session-token --duration-seconds 900",
    );
    expect(key).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(await text("Account", "sts", "get-access-key-info", "--access-key-id", key)).toBe(
      accountId,
    );
    if (cli.needsEndpointOption) return;
    // Releases that know the variable of the endpoint assume the role of a profile by themselves.
    const config = `[profile ${roleName}]\nrole_arn = ${roleArn}\ncredential_source = Environment\n`;
    await writeFile(join(server.scratch, "config"), config);
    env = { ...env, AWS_CONFIG_FILE: join(server.scratch, "config") };
    expect(await text("Arn", "sts", "get-caller-identity", "--profile", roleName)).toContain(
      `arn:aws:sts::${accountId}:assumed-role/${roleName}/`,
    );
  });
});
