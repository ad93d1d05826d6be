import { randomUUID } from "node:crypto";
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  DeleteUserPolicyCommand,
  GetUserPolicyCommand,
  IAMClient,
  ListAccessKeysCommand,
  paginateListUsers,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import {
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EncryptCommand,
  GetKeyPolicyCommand,
  KMSClient,
  ListAliasesCommand,
  ListGrantsCommand,
  paginateListKeys,
  PutKeyPolicyCommand,
} from "@aws-sdk/client-kms";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { expect, test } from "vitest";
import { OwnServer } from "../interop/own-server.ts";
import { accountId } from "../interop/test-identities.ts";

const rounds = Number(process.env["KILL_ROUNDS"] ?? 3);
const callers = 4;

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A value that was acknowledged, and the one that was asked for when the server was killed. */
interface State<Value> {
  known: Value;
  asked?: Value;
}

interface UserState {
  readonly policy: State<string | undefined>;
  readonly keys: Keys[];
  /** Calls for a key that were not answered. */
  openKeys: number;
}

interface KeyState {
  readonly enabled: State<boolean>;
  readonly policy: State<string>;
  readonly alias: State<string | undefined>;
  readonly grants: State<number>;
  readonly sealed: { readonly text: string; readonly blob: Uint8Array | undefined }[];
}

class Clients {
  readonly iam: IAMClient;
  readonly kms: KMSClient;
  readonly #settings: object;

  constructor(server: OwnServer) {
    this.#settings = { endpoint: server.endpoint, region: server.region, maxAttempts: 1 };
    const settings = { ...this.#settings, credentials: server.identities.admin };
    this.iam = new IAMClient(settings);
    this.kms = new KMSClient(settings);
  }

  sts(credentials: Keys): STSClient {
    return new STSClient({ ...this.#settings, credentials });
  }
}

const grantee = `arn:aws:iam::${accountId}:user/nobody`;
const userPolicy = (word: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Sid: word, Effect: "Allow", Action: "s3:*", Resource: "*" }],
  });
const keyPolicy = (word: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: word,
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${accountId}:root` },
        Action: "kms:*",
        Resource: "*",
      },
    ],
  });
const sidOf = (policy: string | undefined): string | undefined =>
  /"Sid":\s*"([^"]+)"/.exec(policy ?? "")?.[1];

/** What was acknowledged, and what may be there besides. */
class Ledger {
  readonly users = new Map<string, UserState>();
  readonly keys = new Map<string, KeyState>();
  readonly openUsers = new Set<string>();
  openCreations = 0;
  acknowledged = 0;

  async change<Value>(state: State<Value>, value: Value, call: () => Promise<unknown>) {
    state.asked = value;
    await call();
    state.known = value;
    delete state.asked;
    this.acknowledged += 1;
  }
}

/** Users and keys are made and changed, one change after the other, until the server is gone. */
async function work({ iam, kms }: Clients, ledger: Ledger): Promise<void> {
  const UserName = `user-${randomUUID()}`;
  ledger.openUsers.add(UserName);
  await iam.send(new CreateUserCommand({ UserName }));
  const user: UserState = { policy: { known: undefined }, keys: [], openKeys: 0 };
  ledger.users.set(UserName, user);
  const own = { UserName, PolicyName: "own" };
  for (const word of ["one", "two"]) {
    await ledger.change(user.policy, word, () =>
      iam.send(new PutUserPolicyCommand({ ...own, PolicyDocument: userPolicy(word) })),
    );
  }
  user.openKeys += 1;
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  user.openKeys -= 1;
  user.keys.push({
    accessKeyId: AccessKey?.AccessKeyId ?? "",
    secretAccessKey: AccessKey?.SecretAccessKey ?? "",
  });
  await ledger.change(user.policy, undefined, () => iam.send(new DeleteUserPolicyCommand(own)));
  await workOnKey(kms, ledger);
}

async function workOnKey(kms: KMSClient, ledger: Ledger): Promise<void> {
  ledger.openCreations += 1;
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Policy: keyPolicy("first") }));
  ledger.openCreations -= 1;
  const KeyId = KeyMetadata?.KeyId ?? "";
  const key: KeyState = {
    enabled: { known: true },
    policy: { known: "first" },
    alias: { known: undefined },
    grants: { known: 0 },
    sealed: [],
  };
  ledger.keys.set(KeyId, key);
  const text = randomUUID();
  const { CiphertextBlob } = await kms.send(
    new EncryptCommand({ KeyId, Plaintext: Buffer.from(text) }),
  );
  key.sealed.push({ text, blob: CiphertextBlob });
  await ledger.change(key.policy, "second", () =>
    kms.send(new PutKeyPolicyCommand({ KeyId, Policy: keyPolicy("second") })),
  );
  const AliasName = `alias/${KeyId}`;
  await ledger.change(key.alias, AliasName, () =>
    kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: KeyId })),
  );
  await ledger.change(key.grants, 1, () =>
    kms.send(new CreateGrantCommand({ KeyId, GranteePrincipal: grantee, Operations: ["Decrypt"] })),
  );
  if (Math.random() < 0.5) return;
  await ledger.change(key.enabled, false, () => kms.send(new DisableKeyCommand({ KeyId })));
}

/** Has to be what was acknowledged, or what was asked for since; which it is is known from then on. */
function settle<Value>(what: string, state: State<Value>, found: Value): void {
  const possible = "asked" in state ? [state.known, state.asked] : [state.known];
  if (!possible.includes(found)) {
    throw new Error(`${what} is ${String(found)}, of ${possible.map(String).join(" and ")}`);
  }
  state.known = found;
  delete state.asked;
}

async function verifyUsers(clients: Clients, ledger: Ledger): Promise<void> {
  const { iam } = clients;
  const there = new Set<string>();
  for await (const { Users } of paginateListUsers({ client: iam }, {})) {
    for (const { UserName = "" } of Users ?? []) there.add(UserName);
  }
  const made = [...there].filter((name) => name.startsWith("user-"));
  expect(made.filter((name) => !ledger.openUsers.has(name))).toEqual([]);
  for (const [UserName, user] of ledger.users) {
    expect(there).toContain(UserName);
    const found = await iam
      .send(new GetUserPolicyCommand({ UserName, PolicyName: "own" }))
      .then(({ PolicyDocument }) => sidOf(decodeURIComponent(PolicyDocument ?? "")))
      .catch((error: Error) => (error.name === "NoSuchEntityException" ? undefined : error.name));
    settle(`policy of ${UserName}`, user.policy, found);
    const { AccessKeyMetadata } = await iam.send(new ListAccessKeysCommand({ UserName }));
    const listed = (AccessKeyMetadata ?? []).map(({ AccessKeyId }) => AccessKeyId);
    expect(listed).toEqual(expect.arrayContaining(user.keys.map((key) => key.accessKeyId)));
    expect(listed.length).toBeLessThanOrEqual(user.keys.length + user.openKeys);
    for (const key of user.keys) {
      const sts = clients.sts(key);
      const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
      expect(Arn).toBe(`arn:aws:iam::${accountId}:user/${UserName}`);
      sts.destroy();
    }
  }
}

async function verifyKeys({ kms }: Clients, ledger: Ledger): Promise<void> {
  let there = 0;
  for await (const { Keys: page } of paginateListKeys({ client: kms }, {})) {
    there += page?.length ?? 0;
  }
  expect(there).toBeGreaterThanOrEqual(ledger.keys.size);
  expect(there).toBeLessThanOrEqual(ledger.keys.size + ledger.openCreations);
  for (const [KeyId, key] of ledger.keys) {
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
    settle(`state of ${KeyId}`, key.enabled, KeyMetadata?.Enabled ?? false);
    const { Policy } = await kms.send(new GetKeyPolicyCommand({ KeyId }));
    settle(`policy of ${KeyId}`, key.policy, sidOf(Policy) ?? "");
    const { Aliases } = await kms.send(new ListAliasesCommand({ KeyId }));
    settle(`alias of ${KeyId}`, key.alias, Aliases?.[0]?.AliasName);
    const { Grants } = await kms.send(new ListGrantsCommand({ KeyId }));
    settle(`grants of ${KeyId}`, key.grants, Grants?.length ?? 0);
    if (!key.enabled.known) continue;
    for (const { text, blob } of key.sealed) {
      const { Plaintext } = await kms.send(new DecryptCommand({ CiphertextBlob: blob }));
      expect(Buffer.from(Plaintext ?? []).toString()).toBe(text);
    }
  }
}

/** Undefined: of a call that was not answered. */
function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

test("killed again and again: every change of IAM and KMS that was acknowledged is there, others whole or not at all", async () => {
  await using server = await OwnServer.start();
  const ledger = new Ledger();
  const clients = new Clients(server);
  for (let round = 1; round <= rounds; round += 1) {
    const until = ledger.acknowledged + 15 + round * 5;
    const loops = Array.from({ length: callers }, async () => {
      // Ends with the call that loses its server.
      for (;;) await work(clients, ledger);
    });
    const ends = Promise.allSettled(loops);
    while (ledger.acknowledged < until) await new Promise((resolve) => setTimeout(resolve, 2));
    await server.kill();
    const answered = (await ends).map((end) =>
      end.status === "rejected" ? statusOf(end.reason) : 200,
    );
    expect(answered).toEqual(Array.from({ length: callers }, () => undefined));
    await server.resume();
    await verifyUsers(clients, ledger);
    await verifyKeys(clients, ledger);
  }
  expect(ledger.users.size).toBeGreaterThan(callers);
  expect(ledger.keys.size).toBeGreaterThan(callers);
}, 120_000);
