import { accountIdForm } from "../../shapes/text-form.ts";
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
import {
  accessKeyIdForm,
  nameForm,
  partitionForm,
  pathForm,
  secretForm,
  sessionTokenForm,
  tagKeyForm,
  tagValueForm,
  uniqueIdForm,
} from "./text-forms.ts";

const accesses: readonly IdentityAccess[] = ["administrator", "objects", "none"];

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
    id: fields.unique("id", accountIdForm, seen.accounts),
    ...(fields.has("partition") && { partition: fields.text("partition", partitionForm) }),
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
    accessKeyId: fields.unique("accessKeyId", accessKeyIdForm, seen.accessKeys),
    secretAccessKey: fields.text("secretAccessKey", secretForm),
  };
}

function parseUser(fields: JsonFields, seen: Seen, names: Set<string>): UserEntry {
  fields.allow("name", "path", "id", "access", "tags", "accessKeys");
  return {
    name: fields.unique("name", nameForm, names),
    path: fields.text("path", pathForm),
    id: fields.text("id", uniqueIdForm),
    access: fields.oneOf("access", accesses),
    ...parseTags(fields),
    accessKeys: parseAccessKeys(fields, seen),
  };
}

function parseRole(fields: JsonFields, seen: Seen, names: Set<string>): RoleEntry {
  fields.allow("name", "path", "id", "access", "tags", "sessions");
  return {
    name: fields.unique("name", nameForm, names),
    path: fields.text("path", pathForm),
    id: fields.text("id", uniqueIdForm),
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
    name: fields.text("name", nameForm),
    ...parseAccessKey(fields, seen),
    sessionToken: fields.text("sessionToken", sessionTokenForm),
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
    if (!tagKeyForm.pattern.test(Key)) {
      object.fault(Key, `must have a name of ${tagKeyForm.meaning}`);
    }
    if (seen.has(Key.toLowerCase())) object.fault(Key, "repeats a name given before");
    seen.add(Key.toLowerCase());
    return { Key, Value: object.text(Key, tagValueForm) };
  });
  return { tags };
}
