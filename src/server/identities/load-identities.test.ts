import { decideAccess } from "../../policy/decide-access.ts";
import { existsSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { StorageError } from "../../core/errors.ts";
import { directoryOf } from "../testing-fixtures/open-directory.ts";
import { loadIdentities } from "./load-identities.ts";

const now = new Date("2026-11-24T10:00:00Z");
let directory = "";

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), "sms-identities-")), "data");
});

afterEach(async () => {
  await rm(join(directory, ".."), { recursive: true, force: true });
});

function load() {
  return loadIdentities({ directory, now, randomBytes });
}

async function failure(): Promise<StorageError> {
  const caught: unknown = await load().then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(caught instanceof StorageError)) throw new Error("a StorageError was expected");
  return caught;
}

function file(): string {
  return join(directory, "identities.json");
}

async function write(value: unknown): Promise<string> {
  await load();
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  await writeFile(file(), text);
  return text;
}

test("a first start makes private random identities, later starts read the same", async () => {
  const first = await load();
  expect((await stat(directory)).mode & 0o777).toBe(0o700);
  expect((await stat(file())).mode & 0o777).toBe(0o600);
  expect(await readdir(directory)).toEqual(["identities.json"]);
  const second = await load();
  expect(second.accounts).toEqual(first.accounts);
});

test("two data folders never share a credential", async () => {
  const first = JSON.stringify((await load()).accounts).match(/"[\w+/=]{16,}"/g);
  await rm(file());
  const second = JSON.stringify((await load()).accounts);
  expect(first?.length).toBe(15);
  for (const secret of first ?? []) expect(second).not.toContain(secret);
});

test("two first starts at once agree on one file", async () => {
  const [first, second] = await Promise.all([load(), load()]);
  expect(first.accounts).toEqual(second.accounts);
  expect(await readdir(directory)).toEqual(["identities.json"]);
});

test("the created user and role session resolve to AWS's forms of a caller", async () => {
  const created = await load();
  const identities = await directoryOf(created, { partition: "aws-us-gov" });
  const [account] = created.accounts;
  const [user] = account!.users;
  const [role] = account!.roles;
  const [session] = role!.sessions;
  const byUser = identities.findByAccessKey(user!.accessKeys[0]!.accessKeyId, now);
  expect(byUser).toMatchObject({ expired: false, caller: { kind: "user", userId: user!.id } });
  expect(byUser?.caller.arn).toBe(`arn:aws-us-gov:iam::${account!.id}:user/admin`);

  const bySession = identities.findByAccessKey(session!.accessKeyId, now);
  expect(bySession?.sessionToken).toBe(session!.sessionToken);
  expect(bySession?.caller).toMatchObject({
    kind: "assumed-role",
    arn: `arn:aws-us-gov:sts::${account!.id}:assumed-role/${role!.name}/developer`,
    principalArn: `arn:aws-us-gov:iam::${account!.id}:role/aws-reserved/sso.amazonaws.com/${role!.name}`,
    userId: `${role!.id}:developer`,
    layers: { identity: [{ name: "arn:aws-us-gov:iam::aws:policy/AdministratorAccess" }] },
  });
  expect(role!.name).toMatch(/^AWSReservedSSO_AdministratorAccess_[0-9a-f]{16}$/);
  const end = new Date(session!.expiresAt);
  expect(identities.findByAccessKey(session!.accessKeyId, end)?.expired).toBe(true);
  expect(identities.findByAccessKey("AKIANOTTHERE00000000", now)).toBeUndefined();
});

function key(accessKeyId: string) {
  return { accessKeyId, secretAccessKey: "very-secret-text" };
}

test("users, roles and sessions are there with their tags, a session's before its role's", async () => {
  const session = { sessionToken: "t", expiresAt: "2036-01-01T00:00:00Z" };
  await write({
    version: 1,
    createdAt: "2026-11-24T10:00:00Z",
    accounts: [
      {
        id: "123456789012",
        users: [
          {
            name: "u",
            path: "/",
            id: "AIDAAAAAAAAAAAAAAAAA",
            access: "none",
            tags: { team: "red", "cost center": "" },
            accessKeys: [key("AKIAU")],
          },
        ],
        roles: [
          {
            name: "r",
            path: "/",
            id: "AROAAAAAAAAAAAAAAAAA",
            access: "none",
            tags: { team: "red", stage: "test" },
            sessions: [
              { name: "a", ...key("ASIAA"), ...session, tags: { Team: "blue" } },
              { name: "b", ...key("ASIAB"), ...session, issuedAt: "2026-11-25T00:00:00Z" },
            ],
          },
        ],
      },
    ],
  });
  const identities = await directoryOf(await load(), { partition: "aws-us-gov" });
  const account = "aws-us-gov:iam::123456789012";
  const there = [
    `arn:${account}:user/u`,
    `arn:${account}:role/r`,
    "arn:aws-us-gov:sts::123456789012:assumed-role/r/anybody",
    "arn:aws:iam::999999999999:user/of-another-account",
  ];
  const gone = [
    `arn:${account}:user/v`,
    `arn:${account}:user/path/u`,
    `arn:${account}:role/u`,
    "arn:aws:iam::123456789012:role/r",
    "arn:aws-us-gov:sts::123456789012:assumed-role/s/anybody",
  ];
  expect([...there, ...gone].filter((arn) => identities.principalExists(arn))).toEqual(there);
  const callerOf = (id: string) => identities.findByAccessKey(id, now)?.caller;
  expect(callerOf("AKIAU")?.tags).toEqual([
    { Key: "team", Value: "red" },
    { Key: "cost center", Value: "" },
  ]);
  expect(callerOf("AKIAU")?.issuedAt).toBeUndefined();
  expect(callerOf("ASIAA")).toMatchObject({
    tags: [
      { Key: "Team", Value: "blue" },
      { Key: "stage", Value: "test" },
    ],
    issuedAt: new Date("2026-11-24T10:00:00Z"),
  });
  expect(callerOf("ASIAB")?.tags).toHaveLength(2);
  expect(callerOf("ASIAB")?.issuedAt).toEqual(new Date("2026-11-25T00:00:00Z"));
});

describe("a broken file", () => {
  const user = {
    name: "u",
    path: "/",
    id: "AIDAAAAAAAAAAAAAAAAA",
    access: "none",
    accessKeys: [{ accessKeyId: "AKIAAAAAAAAAAAAAAAAA", secretAccessKey: "very-secret-text" }],
  };
  const account = { id: "123456789012", users: [user], roles: [] };
  const valid = { version: 1, createdAt: "2026-11-24T10:00:00Z", accounts: [account] };

  test("the base of these cases is itself good", async () => {
    await write(valid);
    expect((await load()).accounts).toEqual([account]);
  });

  test.each([
    ["cut short", JSON.stringify(valid).slice(0, -3), /line 1, column \d+: .*not valid JSON/],
    ["empty", "", /line 1, column 1: .*ends early/],
    ["unknown field", { ...valid, extra: 1 }, /extra is unknown; known here are version/],
    ["missing field", { ...valid, createdAt: undefined }, /createdAt is missing/],
    ["later version", { ...valid, version: 2 }, /version must be 1/],
    ["no account", { ...valid, accounts: [] }, /accounts must hold at least one account/],
    [
      "short account id",
      { ...valid, accounts: [{ ...account, id: "12345" }] },
      /line 6, column 13: accounts\[0\]\.id must be a string of twelve digits/,
    ],
    [
      "account twice",
      { ...valid, accounts: [account, { ...account, users: [] }] },
      /accounts\[1\]\.id repeats/,
    ],
    [
      "access key twice",
      { ...valid, accounts: [{ ...account, users: [user, { ...user, name: "v" }] }] },
      /accounts\[0\]\.users\[1\]\.accessKeys\[0\]\.accessKeyId repeats/,
    ],
    [
      "unknown access",
      { ...valid, accounts: [{ ...account, users: [{ ...user, access: "all" }] }] },
      /access must be "administrator" or "objects" or "none"/,
    ],
    [
      "tags that differ in case only",
      {
        ...valid,
        accounts: [{ ...account, users: [{ ...user, tags: { team: "a", Team: "b" } }] }],
      },
      /users\[0\]\.tags\.Team repeats a name given before/,
    ],
    [
      "a tag that IAM would not take",
      { ...valid, accounts: [{ ...account, users: [{ ...user, tags: { "a*": "b" } }] }] },
      /tags\.a\* must have a name of 1 to 128/,
    ],
    [
      "a tag without a text",
      { ...valid, accounts: [{ ...account, users: [{ ...user, tags: { team: 1 } }] }] },
      /tags\.team must be a string of up to 256/,
    ],
    ["a name twice in one object", '{"version": 1, "version": 1}', /column 16.*stands twice/],
  ])("%s: is named with its place, and kept", async (_, value, message) => {
    const text = await write(value);
    const error = await failure();
    expect(error.code).toBe("ConfigurationError");
    expect(error.message).toContain(file());
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain("very-secret");
    expect(error.remedy).toBeDefined();
    expect(await readFile(file(), "utf8")).toBe(text);
  });

  test("a file that others may read is refused with the chmod to run", async () => {
    await write(valid);
    await chmod(file(), 0o644);
    const error = await failure();
    expect(error.message).toContain("644");
    expect(error.remedy).toContain(`chmod 600 '${file()}'`);
  });

  test("a link to nowhere is not taken for a first start", async () => {
    await load();
    await rm(file());
    await symlink(join(directory, "gone"), file());
    expect((await failure()).message).toContain("cannot be read (ENOENT)");
    expect(await readdir(directory)).toEqual(["identities.json"]);
  });

  test("a folder in the place of the data folder's parent file is a clear error", async () => {
    await load();
    directory = join(file(), "below");
    expect((await failure()).message).toMatch(/data folder .* cannot be made \(ENOTDIR\)/);
    directory = join(directory, "..", "..");
  });

  test.runIf(existsSync("/proc/self"))(
    "a folder that nobody can make is a clear error",
    async () => {
      const own = directory;
      directory = "/proc/no/such/folder";
      const error = await failure();
      directory = own;
      expect(error.message).toMatch(/data folder .* cannot be made \(ENOENT\)/);
      expect(error.remedy).toContain("may write");
    },
  );
});

test("the second SSO role of a first start works with objects and with no settings", async () => {
  const created = await load();
  const identities = await directoryOf(created, { partition: "aws" });
  const [account] = created.accounts;
  const scientist = account!.roles.find(({ name }) => name.startsWith("AWSReservedSSO_Scientist"));
  const [session] = scientist!.sessions;
  const { caller } = identities.findByAccessKey(session!.accessKeyId, now)!;
  const may = (action: string, resource: string): boolean =>
    decideAccess({
      request: { principal: caller, action, resource, context: () => undefined },
      resourcePolicy: undefined,
      caller: caller.layers,
      sameAccount: true,
    }).outcome === "allowed";
  const object = "arn:aws:s3:::sims/a/b";
  const bucket = "arn:aws:s3:::sims";
  for (const action of ["s3:GetObject", "s3:PutObject", "s3:DeleteObjectVersion"]) {
    expect([action, may(action, object)]).toEqual([action, true]);
  }
  for (const action of ["s3:ListBucket", "s3:GetBucketLocation"]) {
    expect([action, may(action, bucket)]).toEqual([action, true]);
  }
  for (const action of ["s3:PutBucketPolicy", "s3:PutEncryptionConfiguration", "s3:DeleteBucket"]) {
    expect([action, may(action, bucket)]).toEqual([action, false]);
  }
  expect(may("s3:CreateBucket", "arn:aws:s3:::new")).toBe(false);
  expect(may("iam:ListUsers", "*")).toBe(false);
});
