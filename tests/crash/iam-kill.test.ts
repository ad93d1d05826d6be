import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  GetPolicyCommand,
  GetRoleCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListAttachedUserPoliciesCommand,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { expect, test } from "vitest";
import { withDirectory } from "../../src/engine/testing-fixtures/data-directory.ts";

const rounds = Number(process.env["KILL_ROUNDS"] ?? 3);
const main = join(import.meta.dirname, "..", "..", "dist", "cli", "main.js");
const policyArn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
const document = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "s3:Get*", Resource: "*" }],
});

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The server as a process of its own, which nothing but a signal ends. */
class ServerProcess {
  readonly #child: ChildProcess;
  readonly settings: (credentials?: Credentials) => object;

  private constructor(child: ChildProcess, endpoint: string, admin: Credentials) {
    this.#child = child;
    this.settings = (credentials = admin) => ({
      endpoint,
      region: "us-east-1",
      credentials,
      maxAttempts: 1,
    });
  }

  static async start(directory: string): Promise<ServerProcess> {
    const args = [main, "server", "--data-dir", directory, "--port", "0", "--json"];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    const { endpoint } = JSON.parse(line) as { readonly endpoint: string };
    const text = await readFile(join(directory, "identities.json"), "utf8");
    const { accounts } = JSON.parse(text) as {
      readonly accounts: readonly {
        readonly users: readonly { readonly accessKeys: Credentials[] }[];
      }[];
    };
    const admin = accounts[0]?.users[0]?.accessKeys[0];
    if (admin === undefined) throw new Error("the identities file has no administrator");
    return new ServerProcess(child, endpoint, admin);
  }

  async kill(): Promise<void> {
    const exit = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exit;
  }
}

/** What was acknowledged of one user and what is made beside it. */
interface Made {
  readonly name: string;
  userId?: string;
  key?: Credentials;
  inline?: true;
  attached?: true;
  roleId?: string;
  policy?: string;
}

function hasPolicy(made: Made): boolean {
  return made.inline === true;
}

/** One thing after the other, until the server is gone. */
async function make(iam: IAMClient, account: string, made: Made): Promise<void> {
  const { name: UserName } = made;
  const trust = { Effect: "Allow", Principal: { AWS: account }, Action: "sts:AssumeRole" };
  const user = await iam.send(new CreateUserCommand({ UserName }));
  made.userId = user.User?.UserId ?? "";
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  made.key = {
    accessKeyId: AccessKey?.AccessKeyId ?? "",
    secretAccessKey: AccessKey?.SecretAccessKey ?? "",
  };
  const inline = { UserName, PolicyName: "own", PolicyDocument: document };
  await iam.send(new PutUserPolicyCommand(inline));
  made.inline = true;
  await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn: policyArn }));
  made.attached = true;
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [trust] });
  const role = await iam.send(
    new CreateRoleCommand({ RoleName: UserName, AssumeRolePolicyDocument }),
  );
  made.roleId = role.Role?.RoleId ?? "";
  const policy = { PolicyName: UserName, PolicyDocument: document };
  made.policy = (await iam.send(new CreatePolicyCommand(policy))).Policy?.Arn ?? "";
}

/** The same as a server tells it, as far as it was acknowledged. */
async function tell(server: ServerProcess, iam: IAMClient, made: Made): Promise<Made> {
  const { name: UserName, key } = made;
  const told: Made = { name: UserName };
  if (made.userId === undefined) return told;
  const { User } = await iam.send(new GetUserCommand({ UserName }));
  told.userId = User?.UserId ?? "";
  if (key !== undefined) {
    const { AccessKeyMetadata } = await iam.send(new ListAccessKeysCommand({ UserName }));
    const accessKeyId = AccessKeyMetadata?.[0]?.AccessKeyId ?? "";
    const sts = new STSClient(server.settings({ ...key, accessKeyId }));
    const { UserId } = await sts.send(new GetCallerIdentityCommand({}));
    sts.destroy();
    if (UserId === told.userId) told.key = { ...key, accessKeyId };
  }
  if (made.inline === true) {
    const own = await iam.send(new GetUserPolicyCommand({ UserName, PolicyName: "own" }));
    if (decodeURIComponent(own.PolicyDocument ?? "") === document) told.inline = true;
  }
  if (made.attached === true) {
    const { AttachedPolicies } = await iam.send(new ListAttachedUserPoliciesCommand({ UserName }));
    if (AttachedPolicies?.[0]?.PolicyArn === policyArn) told.attached = true;
  }
  if (made.roleId !== undefined) {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: UserName }));
    told.roleId = Role?.RoleId ?? "";
  }
  if (made.policy !== undefined) {
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn: made.policy }));
    told.policy = Policy?.Arn ?? "";
  }
  return told;
}

async function verify(server: ServerProcess, iam: IAMClient, all: readonly Made[]): Promise<void> {
  expect(await Promise.all(all.map((made) => tell(server, iam, made)))).toEqual(all);
}

test("killed in the middle of IAM writes: what was acknowledged is there, and its keys work", async () => {
  await withDirectory(async (directory) => {
    const all: Made[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const server = await ServerProcess.start(directory);
      const iam = new IAMClient(server.settings());
      const { User } = await iam.send(new GetUserCommand({}));
      const account = User?.Arn?.split(":")[4] ?? "";
      await verify(server, iam, all);
      const begun = Array.from({ length: 12 }, (_, index): Made => ({
        name: `u${round}-${index}`,
      }));
      all.push(...begun);
      const ended = Promise.allSettled(begun.map((made) => make(iam, account, made)));
      await expect
        .poll(() => begun.filter(hasPolicy).length, { interval: 1, timeout: 10_000 })
        .toBeGreaterThanOrEqual(4);
      await server.kill();
      await ended;
      iam.destroy();
    }
    const server = await ServerProcess.start(directory);
    const iam = new IAMClient(server.settings());
    await verify(server, iam, all);
    expect(all.filter(({ key }) => key !== undefined).length).toBeGreaterThanOrEqual(4 * rounds);
    iam.destroy();
    await server.kill();
  });
}, 120_000);
