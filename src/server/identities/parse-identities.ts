import type { Tag } from "../../core/bucket-settings.ts";
import { JsonFields, type JsonFault } from "./json-fields.ts";
import type {
  AccessKeyEntry,
  AccountEntry,
  IdentitiesFile,
  IdentityAccess,
  RoleEntry,
  RoleSessionEntry,
  UserEntry,
} from "./identities-file.ts";

const accountId = { pattern: /^\d{12}$/, meaning: "twelve digits" };
const partition = {
  pattern: /^aws(?:-[a-z]+)*$/,
  meaning: "a partition such as aws or aws-us-gov",
};
const name = {
  pattern: /^[\w+=,.@-]{1,64}$/,
  meaning: "1 to 64 of the characters A-Z a-z 0-9 _+=,.@-",
};
const path = {
  pattern: /^\/(?:[!-~]{1,510}\/)?$/,
  meaning: "a path that starts and ends with a slash",
};
const uniqueId = { pattern: /^[A-Z0-9]{16,128}$/, meaning: "16 to 128 capital letters and digits" };
const accessKeyId = { pattern: /^\w{3,128}$/, meaning: "3 to 128 letters, digits and underscores" };
const secret = {
  pattern: /^[!-~]{8,128}$/,
  meaning: "8 to 128 printable ASCII characters, no spaces",
};
const sessionToken = {
  pattern: /^[!-~]{1,4096}$/,
  meaning: "1 to 4,096 printable ASCII characters, no spaces",
};
/** Source: IAM User Guide, "Tags for AWS Identity and Access Management resources". */
const tagKey = {
  pattern: /^[\p{L}\p{Z}\p{N}_.:/=+@-]{1,128}$/u,
  meaning: "1 to 128 letters, digits, spaces and _.:/=+@-",
};
const tagValue = {
  pattern: /^[\p{L}\p{Z}\p{N}_.:/=+@-]{0,256}$/u,
  meaning: "up to 256 letters, digits, spaces and _.:/=+@-",
};
const accesses: readonly IdentityAccess[] = ["administrator", "none"];

/**
 * Checks the whole of an identities file, strictly: unknown and missing fields, wrong forms, account
 * ids, names and access keys given twice. Each fault goes to `fail`, which must throw; values are
 * not part of its message, for they may be secrets.
 */
export function parseIdentities(text: string, fail: (fault: JsonFault) => never): IdentitiesFile {
  const root = JsonFields.read(text, fail);
  root.allow("version", "createdAt", "accounts");
  const seen = { accounts: new Set<string>(), accessKeys: new Set<string>() };
  root.oneOf("version", [1]);
  const file: IdentitiesFile = {
    version: 1,
    createdAt: root.date("createdAt"),
    accounts: root.list("accounts").map((account) => parseAccount(account, seen)),
  };
  if (file.accounts.length === 0) root.fault("accounts", "must hold at least one account");
  return file;
}

interface Seen {
  readonly accounts: Set<string>;
  readonly accessKeys: Set<string>;
}

function parseAccount(fields: JsonFields, seen: Seen): AccountEntry {
  fields.allow("id", "partition", "root", "users", "roles");
  const names = { users: new Set<string>(), roles: new Set<string>() };
  const root = fields.optionalObject("root");
  root?.allow("accessKeys");
  return {
    id: fields.unique("id", accountId, seen.accounts),
    ...(fields.has("partition") && { partition: fields.text("partition", partition) }),
    ...(root !== undefined && { root: { accessKeys: parseAccessKeys(root, seen) } }),
    users: fields.list("users").map((user) => parseUser(user, seen, names.users)),
    roles: fields.list("roles").map((role) => parseRole(role, seen, names.roles)),
  };
}

function parseAccessKeys(fields: JsonFields, seen: Seen): AccessKeyEntry[] {
  return fields.list("accessKeys").map((key) => {
    key.allow("accessKeyId", "secretAccessKey");
    return parseAccessKey(key, seen);
  });
}

function parseAccessKey(fields: JsonFields, seen: Seen): AccessKeyEntry {
  return {
    accessKeyId: fields.unique("accessKeyId", accessKeyId, seen.accessKeys),
    secretAccessKey: fields.text("secretAccessKey", secret),
  };
}

function parseUser(fields: JsonFields, seen: Seen, names: Set<string>): UserEntry {
  fields.allow("name", "path", "id", "access", "tags", "accessKeys");
  return {
    name: fields.unique("name", name, names),
    path: fields.text("path", path),
    id: fields.text("id", uniqueId),
    access: fields.oneOf("access", accesses),
    ...parseTags(fields),
    accessKeys: parseAccessKeys(fields, seen),
  };
}

function parseRole(fields: JsonFields, seen: Seen, names: Set<string>): RoleEntry {
  fields.allow("name", "path", "id", "access", "tags", "sessions");
  return {
    name: fields.unique("name", name, names),
    path: fields.text("path", path),
    id: fields.text("id", uniqueId),
    access: fields.oneOf("access", accesses),
    ...parseTags(fields),
    sessions: fields.list("sessions").map((session) => parseSession(session, seen)),
  };
}

function parseSession(fields: JsonFields, seen: Seen): RoleSessionEntry {
  fields.allow(
    "name",
    "accessKeyId",
    "secretAccessKey",
    "sessionToken",
    "issuedAt",
    "expiresAt",
    "tags",
  );
  return {
    name: fields.text("name", name),
    ...parseAccessKey(fields, seen),
    sessionToken: fields.text("sessionToken", sessionToken),
    ...(fields.has("issuedAt") && { issuedAt: fields.date("issuedAt") }),
    expiresAt: fields.date("expiresAt"),
    ...parseTags(fields),
  };
}

/** IAM lets no two keys of one principal differ in nothing but case. */
function parseTags(fields: JsonFields): { readonly tags?: readonly Tag[] } {
  const object = fields.optionalObject("tags");
  if (object === undefined) return {};
  const seen = new Set<string>();
  const tags = object.names().map((Key) => {
    if (!tagKey.pattern.test(Key)) object.fault(Key, `must have a name of ${tagKey.meaning}`);
    if (seen.has(Key.toLowerCase())) object.fault(Key, "repeats a name given before");
    seen.add(Key.toLowerCase());
    return { Key, Value: object.text(Key, tagValue) };
  });
  return { tags };
}
