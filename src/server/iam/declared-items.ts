import type { RecordChanges, RecordReader } from "../../engine/records.ts";
import type { Declaration, DeclaredAccount, DeclaredKey } from "./declaration.ts";
import { oidcItem } from "./declared-oidc-provider.ts";
import { iamTables, nameKey, type PolicyHolder } from "./iam-records.ts";
import { newEntityId } from "./unique-id.ts";

/** One thing of a declaration, by itself. */
export interface DeclaredItem {
  /** Such as `user/123456789012/ada`. */
  readonly place: string;
  /** When that one is made anew, so is this one. */
  readonly within?: string;
  /** All that is said of it. */
  readonly content: unknown;
  /** Writes it over what is there; answers its unique id. */
  put(records: RecordChanges, tools: DeclaringTools): string;
}

interface DeclaringTools {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly randomBytes: (count: number) => Buffer;
  readonly seal: (secret: string) => string;
}

/** Accounts before what is in them, users and roles before their keys. */
export function itemsOf({ accounts, organization }: Declaration): readonly DeclaredItem[] {
  const items = accounts.flatMap(accountItems);
  if (organization === undefined) return items;
  const { id } = organization;
  const put = (records: RecordChanges): string => {
    iamTables.organizations.put(records, id, organization);
    return id;
  };
  return [...items, { place: `organization/${id}`, content: organization, put }];
}

function accountItems(account: DeclaredAccount): readonly DeclaredItem[] {
  const { policies, groups, users, roles, rootKeys, oidcProviders = [], ...own } = account;
  const within = `account/${account.id}`;
  return [
    { place: within, content: own, put: (records, tools) => putAccount(records, account, tools) },
    ...policies.map((policy) => policyItem(account, policy)),
    ...groups.map((group) => groupItem(account, group)),
    ...users.flatMap((user) => userItems(account, user)),
    ...roles.flatMap((role) => roleItems(account, role)),
    ...rootKeys.map((key) => keyItem(account, key, within, undefined)),
    ...oidcProviders.map((provider) => oidcItem(account, provider)),
  ];
}

function putAccount(
  records: RecordChanges,
  { id, partition, name, alias, createdAt }: DeclaredAccount,
  { now }: DeclaringTools,
): string {
  const there = iamTables.accounts.get(records, id);
  iamTables.accounts.put(records, id, {
    id,
    partition,
    ...(name !== undefined && { name }),
    ...(alias !== undefined && { alias }),
    createdAt: createdAt ?? there?.createdAt ?? now,
    accessKeys: there?.accessKeys ?? [],
  });
  return id;
}

type Named = DeclaredAccount["groups"][number] | DeclaredAccount["policies"][number];

/** What a named thing is made of that stays when it is declared otherwise. */
function identityOf(
  kind: Parameters<typeof newEntityId>[0],
  account: DeclaredAccount,
  { name, path, id }: Pick<Named, "name" | "path" | "id">,
  there: { readonly id: string; readonly createdAt: number } | undefined,
  { now, randomBytes }: DeclaringTools,
) {
  return {
    accountId: account.id,
    name,
    path,
    id: id ?? there?.id ?? newEntityId(kind, randomBytes),
    createdAt: there?.createdAt ?? account.createdAt ?? now,
  };
}

function holderOf({ inline, attached }: PolicyHolder): PolicyHolder {
  return { inline, attached };
}

function policyItem(
  account: DeclaredAccount,
  policy: DeclaredAccount["policies"][number],
): DeclaredItem {
  const key = nameKey(account.id, policy.name);
  return {
    place: `policy/${key}`,
    content: policy,
    put: (records, tools) => {
      const there = iamTables.policies.get(records, key);
      const latest = (there?.latest ?? there?.versions.length ?? 0) + 1;
      const version = { id: `v${latest}`, document: policy.document, createdAt: tools.now };
      const own = identityOf("policy", account, policy, there, tools);
      iamTables.policies.put(records, key, {
        ...own,
        ...(policy.description !== undefined && { description: policy.description }),
        versions: [version],
        latest,
        defaultVersionId: version.id,
        updatedAt: tools.now,
        tags: there?.tags ?? [],
      });
      return own.id;
    },
  };
}

function groupItem(
  account: DeclaredAccount,
  group: DeclaredAccount["groups"][number],
): DeclaredItem {
  const key = nameKey(account.id, group.name);
  return {
    place: `group/${key}`,
    content: group,
    put: (records, tools) => {
      const there = iamTables.groups.get(records, key);
      const own = identityOf("group", account, group, there, tools);
      iamTables.groups.put(records, key, { ...own, ...holderOf(group) });
      return own.id;
    },
  };
}

function userItems(
  account: DeclaredAccount,
  user: DeclaredAccount["users"][number],
): readonly DeclaredItem[] {
  const { accessKeys, ...content } = user;
  const key = nameKey(account.id, user.name);
  const place = `user/${key}`;
  const item: DeclaredItem = {
    place,
    content,
    put: (records, tools) => {
      const there = iamTables.users.get(records, key);
      const own = identityOf("user", account, user, there, tools);
      iamTables.users.put(records, key, {
        ...own,
        ...holderOf(user),
        tags: user.tags,
        groups: user.groups,
        ...(user.boundary !== undefined && { boundary: user.boundary }),
        accessKeys: there?.accessKeys ?? [],
      });
      return own.id;
    },
  };
  return [item, ...accessKeys.map((one) => keyItem(account, one, place, user.name))];
}

function keyItem(
  account: DeclaredAccount,
  { accessKeyId, secretAccessKey, status }: DeclaredKey,
  within: string,
  userName: string | undefined,
): DeclaredItem {
  return {
    place: `key/${accessKeyId}`,
    within,
    content: { within, secretAccessKey, ...(status !== undefined && { status }) },
    put: (records, { now, seal }) => {
      removeKey(records, accessKeyId);
      iamTables.keys.put(records, accessKeyId, {
        accessKeyId,
        accountId: account.id,
        ...(userName !== undefined && { userName }),
        secret: seal(secretAccessKey),
        status: status ?? "Active",
        createdAt: account.createdAt ?? now,
      });
      addKey(records, account.id, userName, accessKeyId);
      return accessKeyId;
    },
  };
}

function addKey(
  records: RecordChanges,
  accountId: string,
  userName: string | undefined,
  accessKeyId: string,
): void {
  const added = (keys: readonly string[]) => [...new Set([...keys, accessKeyId])];
  if (userName === undefined) {
    const account = iamTables.accounts.get(records, accountId);
    if (account === undefined) return;
    const accessKeys = added(account.accessKeys);
    iamTables.accounts.put(records, accountId, { ...account, accessKeys });
    return;
  }
  const key = nameKey(accountId, userName);
  const user = iamTables.users.get(records, key);
  if (user === undefined) return;
  iamTables.users.put(records, key, { ...user, accessKeys: added(user.accessKeys) });
}

const defaultSessionSeconds = 3600;

function roleItems(
  account: DeclaredAccount,
  role: DeclaredAccount["roles"][number],
): readonly DeclaredItem[] {
  const { sessions, ...content } = role;
  const key = nameKey(account.id, role.name);
  const place = `role/${key}`;
  const item: DeclaredItem = {
    place,
    content,
    put: (records, tools) => {
      const there = iamTables.roles.get(records, key);
      const own = identityOf("role", account, role, there, tools);
      iamTables.roles.put(records, key, {
        ...own,
        ...holderOf(role),
        tags: role.tags,
        ...(role.boundary !== undefined && { boundary: role.boundary }),
        trustPolicy: role.trustPolicy,
        ...(role.description !== undefined && { description: role.description }),
        maxSessionSeconds: role.maxSessionSeconds ?? defaultSessionSeconds,
      });
      return own.id;
    },
  };
  return [item, ...sessions.map((session) => sessionItem(account.id, role.name, session))];
}

function sessionItem(
  accountId: string,
  roleName: string,
  session: DeclaredAccount["roles"][number]["sessions"][number],
): DeclaredItem {
  const { accessKeyId, secretAccessKey, sessionToken, name, issuedAt, expiresAt, tags } = session;
  const key = nameKey(accountId, roleName);
  return {
    place: `session/${accessKeyId}`,
    within: `role/${key}`,
    content: { key, session },
    put: (records, { seal }) => {
      iamTables.sessions.put(records, accessKeyId, {
        accessKeyId,
        accountId,
        roleName,
        roleId: iamTables.roles.get(records, key)?.id ?? "",
        name,
        secret: seal(secretAccessKey),
        token: seal(sessionToken),
        issuedAt,
        expiresAt,
        tags,
      });
      return accessKeyId;
    },
  };
}

/** Removes what was declared at a place, unless something else has its name by now. */
export function removeItem(records: RecordChanges, place: string, made: string): void {
  const slash = place.indexOf("/");
  const id = place.slice(slash + 1);
  switch (place.slice(0, slash)) {
    case "account":
      return iamTables.accounts.remove(records, id);
    case "oidc":
      return iamTables.oidcProviders.remove(records, id);
    case "organization":
      return iamTables.organizations.remove(records, id);
    case "policy":
      return removeSame(records, iamTables.policies, id, made);
    case "group":
      return removeSame(records, iamTables.groups, id, made);
    case "role":
      return removeSame(records, iamTables.roles, id, made);
    case "user":
      return removeUser(records, id, made);
    case "key":
      return removeKey(records, id);
    case "session":
      return iamTables.sessions.remove(records, id);
    default:
      return undefined;
  }
}

function removeUser(records: RecordChanges, id: string, made: string): void {
  const user = iamTables.users.get(records, id);
  if (user?.id !== made) return;
  for (const key of user.accessKeys) iamTables.keys.remove(records, key);
  iamTables.users.remove(records, id);
}

function removeSame(
  records: RecordChanges,
  table: {
    get(from: RecordReader, id: string): { readonly id: string } | undefined;
    remove(from: RecordChanges, id: string): void;
  },
  id: string,
  made: string,
): void {
  if (table.get(records, id)?.id === made) table.remove(records, id);
}

function removeKey(records: RecordChanges, accessKeyId: string): void {
  const key = iamTables.keys.get(records, accessKeyId);
  if (key === undefined) return;
  iamTables.keys.remove(records, accessKeyId);
  const without = (keys: readonly string[]) => keys.filter((one) => one !== accessKeyId);
  const { accountId, userName } = key;
  const account = iamTables.accounts.get(records, accountId);
  if (userName === undefined && account !== undefined) {
    const accessKeys = without(account.accessKeys);
    iamTables.accounts.put(records, accountId, { ...account, accessKeys });
  }
  const userKey = nameKey(accountId, userName ?? "");
  const user = iamTables.users.get(records, userKey);
  if (user === undefined) return;
  iamTables.users.put(records, userKey, { ...user, accessKeys: without(user.accessKeys) });
}
