import { expect, test } from "vitest";
import { decideAccess } from "../../policy/decide-access.ts";
import { openDirectory } from "../testing-fixtures/open-directory.ts";
import { applyDeclaration } from "./apply-declaration.ts";
import type { Declaration, DeclaredAccount } from "./declaration.ts";
import type { IamDirectory } from "./iam-directory.ts";
import { iamTables, nameKey, type OrganizationRecord } from "./iam-records.ts";

const accountId = "111122223333";
const management = "999999999999";
const now = new Date("2026-11-26T10:00:00Z");
const everything = "arn:aws:iam::aws:policy/AdministratorAccess";

function statement(effect: "Allow" | "Deny", action: string, principal?: string): string {
  const Principal = principal === undefined ? {} : { Principal: principal };
  const Statement = [{ Effect: effect, ...Principal, Action: action, Resource: "*" }];
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

const trustPolicy = JSON.stringify({
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Principal: { AWS: accountId }, Action: "sts:AssumeRole" },
});

type User = DeclaredAccount["users"][number];

function user(name: string, more: Partial<User> = {}): User {
  const accessKeys = [{ accessKeyId: `AKIA${name}`, secretAccessKey: `secret of ${name}` }];
  return { name, path: "/", inline: {}, attached: [], tags: [], groups: [], accessKeys, ...more };
}

function account(more: Partial<DeclaredAccount> = {}): DeclaredAccount {
  const none = { rootKeys: [], policies: [], groups: [], users: [], roles: [] };
  return { id: accountId, partition: "aws", ...none, ...more };
}

async function apply(
  directory: IamDirectory,
  accounts: readonly DeclaredAccount[],
  organization?: OrganizationRecord,
): Promise<void> {
  const declaration: Declaration = { accounts, ...(organization && { organization }) };
  await applyDeclaration(directory, "world", declaration, now);
}

function may(directory: IamDirectory, accessKeyId: string, action: string): boolean {
  const identity = directory.findByAccessKey(accessKeyId, now);
  if (identity === undefined) throw new Error(`${accessKeyId} is unknown`);
  const { caller } = identity;
  const decision = decideAccess({
    request: { principal: caller, action, resource: "arn:aws:s3:::bkt" },
    resourcePolicy: undefined,
    caller: caller.layers,
    sameAccount: true,
    ...directory.resourceLayers(accountId),
  });
  return decision.outcome === "allowed";
}

test("a user has its own policies, those of its groups and of its account, within its boundary", async () => {
  const directory = await openDirectory();
  const list = { inline: { list: statement("Allow", "s3:List*") }, attached: [] };
  const own = `arn:aws:iam::${accountId}:policy/team/own`;
  await apply(directory, [
    account({
      policies: [{ name: "own", path: "/team/", document: statement("Allow", "s3:Get*") }],
      groups: [{ name: "Listers", path: "/", ...list }],
      users: [
        user("plain"),
        user("grouped", { groups: ["Listers"] }),
        user("attached", { attached: [own] }),
        user("elsewhere", { attached: [own.replace("/team/", "/")] }),
        user("bounded", { attached: [everything], boundary: own }),
        user("lost", { attached: [everything], boundary: `${own}-gone` }),
      ],
      rootKeys: [{ accessKeyId: "AKIAroot", secretAccessKey: "secret of root" }],
    }),
  ]);
  const can = (name: string) =>
    ["s3:ListBucket", "s3:GetBucketAcl", "s3:PutBucketAcl"].filter((action) =>
      may(directory, `AKIA${name}`, action),
    );
  expect(can("plain")).toEqual([]);
  expect(can("grouped")).toEqual(["s3:ListBucket"]);
  expect(can("elsewhere")).toEqual([]);
  expect(can("attached")).toEqual(["s3:GetBucketAcl"]);
  expect(can("bounded")).toEqual(["s3:GetBucketAcl"]);
  expect(can("lost")).toEqual([]);
  expect(can("root")).toHaveLength(3);
  expect(directory.findByAccessKey("AKIAplain", now)?.secretAccessKey).toBe("secret of plain");
});

function limitedBy(deny: string, rcpDeny: string): OrganizationRecord {
  const full = { name: "FullAWSAccess", document: statement("Allow", "*") };
  const fullResource = { name: "RCPFullAWSAccess", document: statement("Allow", "*", "*") };
  const everywhere = { serviceControl: [full], resourceControl: [fullResource] };
  const unit = {
    id: "ou-ab12-11111111",
    serviceControl: [full, { name: "limit", document: statement("Deny", deny) }],
    resourceControl: [fullResource, { name: "rcp", document: statement("Deny", rcpDeny, "*") }],
    units: [],
    accounts: [{ id: accountId, ...everywhere }],
  };
  return {
    id: "o-a1b2c3d4e5",
    managementAccountId: management,
    root: {
      id: "r-ab12",
      ...everywhere,
      units: [unit],
      accounts: [{ id: management, ...everywhere }],
    },
  };
}

test("an organisation limits all of an account but roles of services, and not its management account", async () => {
  const directory = await openDirectory();
  const session = {
    name: "s3",
    secretAccessKey: "secret",
    sessionToken: "token",
    issuedAt: now.getTime(),
    expiresAt: now.getTime() + 1000,
    tags: [],
  };
  const roles = ["/", "/aws-service-role/s3.amazonaws.com/"].map((path, index) => ({
    name: `Role${index}`,
    path,
    inline: {},
    attached: [everything],
    tags: [],
    trustPolicy,
    sessions: [{ ...session, accessKeyId: `ASIA${index}` }],
  }));
  const rootKeys = [{ accessKeyId: "AKIAroot", secretAccessKey: "secret of root" }];
  const first = { accessKeyId: "AKIAfirst", secretAccessKey: "secret of first" };
  const accounts = [
    account({ rootKeys, users: [user("all", { attached: [everything] })], roles }),
    account({ id: management, rootKeys: [first] }),
  ];
  await apply(directory, accounts, limitedBy("s3:Put*", "s3:Delete*"));
  expect(may(directory, "AKIAall", "s3:ListBucket")).toBe(true);
  expect(may(directory, "AKIAall", "s3:PutBucketAcl")).toBe(false);
  expect(may(directory, "AKIAroot", "s3:PutBucketAcl")).toBe(false);
  expect(may(directory, "AKIAroot", "s3:DeleteBucket")).toBe(false);
  expect(may(directory, "ASIA0", "s3:PutBucketAcl")).toBe(false);
  expect(may(directory, "ASIA1", "s3:PutBucketAcl")).toBe(true);
  // Resource control policies leave roles of services alone too (Organizations User Guide).
  expect(may(directory, "ASIA1", "s3:DeleteBucket")).toBe(true);
  expect(may(directory, "AKIAfirst", "s3:PutBucketAcl")).toBe(true);
  expect(directory.resourceLayers(management)).toEqual({});
  expect(directory.findByAccessKey("AKIAall", now)?.caller.organization).toMatchObject({
    id: "o-a1b2c3d4e5",
    path: "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/",
  });
  await apply(directory, accounts);
  expect(may(directory, "AKIAall", "s3:PutBucketAcl")).toBe(true);
  expect(directory.organizationOf(accountId)).toBeUndefined();
});

test("what a file says stays as it was changed since, until the file says otherwise", async () => {
  const directory = await openDirectory();
  await apply(directory, [account({ users: [user("ada"), user("bob")] })]);
  const { id } = directory.findUser(accountId, "ada")!;
  await directory.update((records) => {
    const there = iamTables.users.get(records, nameKey(accountId, "ada"))!;
    iamTables.users.put(records, nameKey(accountId, "ada"), { ...there, attached: [everything] });
    iamTables.keys.remove(records, "AKIAbob");
  });

  await apply(directory, [account({ users: [user("ada"), user("bob")] })]);
  expect(may(directory, "AKIAada", "s3:ListBucket")).toBe(true);
  expect(directory.findByAccessKey("AKIAbob", now)).toBeUndefined();

  await apply(directory, [account({ users: [user("ada", { path: "/new/" }), user("bob")] })]);
  expect(may(directory, "AKIAada", "s3:ListBucket")).toBe(false);
  expect(directory.findUser(accountId, "ada")).toMatchObject({ id, path: "/new/" });

  await apply(directory, [account({ users: [user("bob")] })]);
  expect(directory.findUser(accountId, "ada")).toBeUndefined();
  expect(directory.findByAccessKey("AKIAada", now)).toBeUndefined();
});

test("one file does not remove what another has made, nor what took its name since", async () => {
  const directory = await openDirectory();
  await applyDeclaration(
    directory,
    "identities",
    { accounts: [account({ users: [user("ada")] })] },
    now,
  );
  await apply(directory, [account({ id: management, users: [user("bob"), user("eve")] })]);
  expect(directory.findByAccessKey("AKIAada", now)).toBeDefined();
  const key = nameKey(management, "eve");
  await directory.update((records) => {
    const there = iamTables.users.get(records, key)!;
    const accessKeys = [...there.accessKeys, "AKIAlater"];
    iamTables.users.put(records, key, { ...there, id: "AIDAANOTHER", accessKeys });
    const known = iamTables.keys.get(records, "AKIAeve")!;
    iamTables.keys.put(records, "AKIAlater", { ...known, accessKeyId: "AKIAlater" });
  });
  await apply(directory, [account({ id: management, users: [user("bob")] })]);
  expect(directory.findUser(management, "eve")).toMatchObject({
    id: "AIDAANOTHER",
    accessKeys: ["AKIAlater"],
  });
  expect(directory.findByAccessKey("AKIAlater", now)?.caller.userId).toBe("AIDAANOTHER");
  expect(directory.findByAccessKey("AKIAeve", now)).toBeUndefined();
});

test("a key that a file gives to another user is no longer the first one's", async () => {
  const directory = await openDirectory();
  const accessKeys = [{ accessKeyId: "AKIAshared", secretAccessKey: "secret" }];
  const users = (ada: typeof accessKeys, bob: typeof accessKeys) => [
    account({ users: [user("ada", { accessKeys: ada }), user("bob", { accessKeys: bob })] }),
  ];
  await apply(directory, users(accessKeys, []));
  await apply(directory, users([], accessKeys));
  expect(directory.findUser(accountId, "ada")?.accessKeys).toEqual([]);
  expect(directory.findUser(accountId, "bob")?.accessKeys).toEqual(["AKIAshared"]);
  await apply(directory, [account({ users: [user("bob", { accessKeys })] })]);
  expect(directory.findByAccessKey("AKIAshared", now)?.caller.arn).toMatch(/user\/bob$/);
});

test("a session of a role that was made anew is none", async () => {
  const directory = await openDirectory();
  const session = {
    name: "ada",
    accessKeyId: "ASIAada",
    secretAccessKey: "secret of ada",
    sessionToken: "token",
    issuedAt: now.getTime(),
    expiresAt: now.getTime() + 1000,
    tags: [],
  };
  const role = { name: "Dev", path: "/", inline: {}, attached: [], tags: [], trustPolicy };
  await apply(directory, [account({ roles: [{ ...role, sessions: [session] }] })]);
  const found = directory.findByAccessKey("ASIAada", now);
  expect(found).toMatchObject({ sessionToken: "token", expired: false });
  expect(found?.caller.userId).toMatch(/^AROA[A-Z2-7]{17}:ada$/);
  const key = nameKey(accountId, "Dev");
  await directory.update((records) => {
    iamTables.roles.put(records, key, { ...iamTables.roles.get(records, key)!, id: "AROAOTHER" });
  });
  expect(directory.findByAccessKey("ASIAada", now)).toBeUndefined();
});

test("inactive keys and keys of users that are gone are unknown", async () => {
  const directory = await openDirectory();
  await apply(directory, [account({ users: [user("ada"), user("bob")] })]);
  expect(directory.findByAccessKey("AKIAada", now)).toBeDefined();
  await directory.update((records) => {
    const key = iamTables.keys.get(records, "AKIAada")!;
    iamTables.keys.put(records, "AKIAada", { ...key, status: "Inactive" });
    iamTables.users.remove(records, nameKey(accountId, "bob"));
  });
  expect(directory.findByAccessKey("AKIAada", now)).toBeUndefined();
  expect(directory.findByAccessKey("AKIAbob", now)).toBeUndefined();
});

test("a principal is there under its whole ARN alone", async () => {
  const directory = await openDirectory();
  await apply(directory, [account({ users: [user("ada", { path: "/team/" })] })]);
  const exists = (arn: string) => directory.principalExists(arn);
  expect(exists(`arn:aws:iam::${accountId}:user/team/ada`)).toBe(true);
  expect(exists(`arn:aws:iam::${accountId}:user/ada`)).toBe(false);
  expect(exists(`arn:aws-cn:iam::${accountId}:user/team/ada`)).toBe(false);
  // Of other accounts nothing is known.
  expect(exists(`arn:aws:iam::${management}:user/anybody`)).toBe(true);
});
