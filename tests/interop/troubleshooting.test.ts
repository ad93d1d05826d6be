import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Credentials } from "../../src/core/credentials.ts";
import { awsCliReleases, clientEnvironment, withAwsInPath } from "./foreign-clients.ts";
import { GuideSession } from "./guide-session.ts";
import { OwnServer } from "./own-server.ts";
import { runCommand, type CommandResult } from "./run-command.ts";
import { accountId, ssoRoleName } from "./test-identities.ts";

const bucket = "sms-api-storage-lab";
const roleName = "Scientist";
const sessionArn = `arn:aws:sts::${accountId}:assumed-role/${roleName}/jane`;
const statement = (Effect: string, Action: string | string[], Resource: string | string[]) => ({
  Effect,
  Action,
  Resource,
});
const policyOf = (...Statement: unknown[]) => JSON.stringify({ Version: "2012-10-17", Statement });

/** The guide's solution 2, whose REGION, ACCOUNT and KEY-ID are the key's. */
const useOfKey = (keyArn: string) =>
  statement("Allow", ["kms:GenerateDataKey", "kms:Decrypt"], keyArn);

describe.each(awsCliReleases)("the guide's troubleshooting with $name", (cli) => {
  let server: OwnServer;
  let admin: Readonly<Record<string, string>>;
  let stranger: Readonly<Record<string, string>>;
  let session: Readonly<Record<string, string>>;
  let guide: GuideSession;
  let keyArn: string;

  /** Words may stand in one text; nothing here has spaces of its own. */
  async function aws(
    env: Readonly<Record<string, string>>,
    ...args: string[]
  ): Promise<CommandResult> {
    const words = args.flatMap((text) => text.split(" "));
    return runCommand("/usr/bin/env", ["aws", ...words], { env, cwd: server.scratch });
  }
  async function succeeds(
    env: Readonly<Record<string, string>>,
    ...args: string[]
  ): Promise<string> {
    const { exitCode, stdout, stderr } = await aws(env, ...args);
    expect({ args, exitCode, stderr }).toEqual({ args, exitCode: 0, stderr: "" });
    return stdout;
  }
  async function environment(credentials: Credentials) {
    return withAwsInPath(cli, server, clientEnvironment(server, credentials));
  }
  const upload = (key: string, file = "small") =>
    aws(session, "s3", "cp", file, `s3://${bucket}/${key}`);
  const download = (key: string) => aws(session, "s3", "cp", `s3://${bucket}/${key}`, "back");
  const allowRole = (...Statement: unknown[]) =>
    succeeds(
      admin,
      `iam put-role-policy --role-name ${roleName} --policy-name own`,
      `--policy-document ${policyOf(...Statement)}`,
    );
  const encryptByKey = () =>
    succeeds(
      admin,
      `s3api put-bucket-encryption --bucket ${bucket}`,
      "--server-side-encryption-configuration",
      JSON.stringify({
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: {
              SSEAlgorithm: "aws:kms",
              KMSMasterKeyID: keyArn,
            },
          },
        ],
      }),
    );
  const worked = { exitCode: 0, stderr: "" };
  const refused = (action: string, reason: string) => ({
    exitCode: 1,
    stderr: expect.stringContaining(
      `User: ${sessionArn} is not authorized to perform: ${action} on resource: ` +
        `${keyArn} because no ${reason} allows the ${action} action`,
    ) as string,
  });

  beforeAll(async () => {
    server = await OwnServer.start();
    admin = await environment(server.identities.admin);
    stranger = await environment(server.identities.stranger);
    await writeFile(join(server.scratch, "small"), "small");
    await writeFile(join(server.scratch, "large"), Buffer.alloc(9 * 1024 * 1024));
    const trust = {
      Effect: "Allow",
      Principal: { AWS: accountId },
      Action: "sts:AssumeRole",
    };
    await succeeds(
      admin,
      `iam create-role --role-name ${roleName}`,
      `--assume-role-policy-document ${policyOf(trust)}`,
    );
    await allowRole(statement("Allow", "s3:*", "*"));
    const { Role } = JSON.parse(
      await succeeds(admin, "iam", "get-role", "--role-name", roleName),
    ) as {
      Role: { Arn: string };
    };
    const assumed = await succeeds(
      admin,
      `sts assume-role --role-arn ${Role.Arn} --role-session-name jane`,
    );
    const { Credentials: keys } = JSON.parse(assumed) as {
      Credentials: { AccessKeyId: string; SecretAccessKey: string; SessionToken: string };
    };
    session = await environment({
      accessKeyId: keys.AccessKeyId,
      secretAccessKey: keys.SecretAccessKey,
      sessionToken: keys.SessionToken,
    });
    guide = await GuideSession.open({ ...session, BUCKET_NAME: bucket }, server.scratch);
    keyArn = (
      JSON.parse(await succeeds(admin, "kms", "create-key", "--description", "storage")) as {
        KeyMetadata: { Arn: string };
      }
    ).KeyMetadata.Arn;
    await succeeds(admin, "s3api", "create-bucket", "--bucket", bucket);
    await encryptByKey();
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  it("kms:GenerateDataKey is denied, and the guide's command shows the key", async () => {
    expect(await upload("denied")).toMatchObject(
      refused("kms:GenerateDataKey", "identity-based policy"),
    );
    const shown = await guide.run("troubleshooting: KMS key in use");
    expect(JSON.parse(shown.stdout)).toMatchObject({
      ServerSideEncryptionConfiguration: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: {
              SSEAlgorithm: "aws:kms",
              KMSMasterKeyID: keyArn,
            },
          },
        ],
      },
    });
  });

  it("solution 1, SSE-S3, cures it for what is uploaded from then on", async () => {
    await succeeds(admin, "s3", "cp", "small", `s3://${bucket}/before`);
    const cured = await guide.run("step 3: encryption");
    expect(cured).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("✅") as string });
    expect(await upload("cured")).toMatchObject(worked);
    expect(await download("cured")).toMatchObject(worked);
    const old = await download("before");
    expect(old).toMatchObject(refused("kms:Decrypt", "identity-based policy"));
  });

  it("solution 2, rights on the key, cures it, in parts too and for old objects", async () => {
    await encryptByKey();
    expect((await upload("denied")).exitCode).toBe(1);
    await allowRole(statement("Allow", "s3:*", "*"), useOfKey(keyArn));
    expect(await upload("cured")).toMatchObject(worked);
    expect(await upload("in-parts", "large")).toMatchObject(worked);
    expect(await download("before")).toMatchObject(worked);
  });

  it("solution 2 is not for the role that SSO made, which the permission set alone changes", async () => {
    const name = ["--role-name", ssoRoleName, "--policy-name", "own"];
    const document = ["--policy-document", policyOf(useOfKey(keyArn))];
    expect(await aws(admin, "iam", "put-role-policy", ...name, ...document)).toMatchObject({
      exitCode: cli.exitCodes.refusedByService,
      stderr: expect.stringContaining("(UnmodifiableEntity)") as string,
    });
  });

  it("GenerateDataKey alone lets small files pass and not those that go in parts", async () => {
    await allowRole(
      statement("Allow", "s3:*", "*"),
      statement("Allow", "kms:GenerateDataKey", keyArn),
    );
    expect(await upload("small")).toMatchObject(worked);
    expect(await upload("in-parts", "large")).toMatchObject(
      refused("kms:Decrypt", "identity-based policy"),
    );
  });

  it("solution 2 does not help where the key's policy leaves the account out", async () => {
    await allowRole(statement("Allow", "s3:*", "*"), useOfKey(keyArn));
    const put = (...Statement: unknown[]) =>
      succeeds(
        admin,
        `kms put-key-policy --key-id ${keyArn} --policy-name default`,
        `--policy ${policyOf(...Statement)}`,
      );
    const to = (AWS: string, Action: string | string[]) => ({
      ...statement("Allow", Action, "*"),
      Principal: { AWS },
    });
    await put(to(`arn:aws:iam::${accountId}:user/admin`, "kms:*"));
    expect(await upload("denied")).toMatchObject(
      refused("kms:GenerateDataKey", "resource-based policy"),
    );
    await put(to(`arn:aws:iam::${accountId}:root`, "kms:*"));
    expect(await upload("cured")).toMatchObject(worked);
  });

  it("AccessDenied on upload: the guide's commands show policy and identity, which tell", async () => {
    const denying = {
      Sid: "ReadOnly",
      ...statement("Deny", "s3:PutObject", `arn:aws:s3:::${bucket}/*`),
      Principal: "*",
    };
    await succeeds(
      admin,
      `s3api put-bucket-policy --bucket ${bucket} --policy ${policyOf(denying)}`,
    );
    expect(await upload("denied")).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(
        `(AccessDenied) when calling the PutObject operation: User: ${sessionArn} is not ` +
          `authorized to perform: s3:PutObject on resource: "arn:aws:s3:::${bucket}/denied" ` +
          "with an explicit deny in a resource-based policy",
      ) as string,
    });
    const shown = await guide.run("troubleshooting: current policy");
    expect(JSON.parse(shown.stdout)).toMatchObject({ Statement: [{ Sid: "ReadOnly" }] });
    const identity = await guide.run("step 1: identity");
    expect(JSON.parse(identity.stdout)).toMatchObject({ Account: accountId, Arn: sessionArn });
    await succeeds(admin, "s3api", "delete-bucket-policy", "--bucket", bucket);
    expect(await upload("cured")).toMatchObject(worked);
  });

  it("a name that another account has is refused, and the guide's other name is not", async () => {
    const taken = await aws(stranger, "s3api", "create-bucket", "--bucket", bucket);
    expect(taken).toMatchObject({
      exitCode: cli.exitCodes.refusedByService,
      stderr: expect.stringContaining(
        "An error occurred (BucketAlreadyExists) when calling the CreateBucket operation",
      ) as string,
    });
    expect((await guide.run("troubleshooting: another name")).exitCode).toBe(0);
    const other = await guide.variable("BUCKET_NAME");
    expect(other).toMatch(/^sms-api-storage-[0-9a-f]{8}$/);
    await succeeds(stranger, "s3api", "create-bucket", "--bucket", other);
  });
});
