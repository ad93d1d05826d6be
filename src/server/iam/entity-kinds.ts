import type { Tag } from "../../core/bucket-settings.ts";
import { iamLimits } from "../../core/iam-limits.ts";
import type { RecordChanges, RecordReader } from "../../engine/records.ts";
import { QueryError } from "../aws-query/query-error.ts";
import { reservedPath } from "./iam-input.ts";
import { iamArn } from "./iam-arn.ts";
import { type IamCall, judge } from "./iam-call.ts";
import { noSuchEntity, notEmpty } from "./iam-error.ts";
import {
  type GroupRecord,
  iamTables,
  nameKey,
  type RoleRecord,
  type UserRecord,
} from "./iam-records.ts";
import type { ContextLookup } from "../../policy/request.ts";

export type EntityRecord = UserRecord | GroupRecord | RoleRecord;

/** What users, groups and roles have in common. */
export interface EntityKind<Row extends EntityRecord = EntityRecord> {
  readonly kind: "user" | "group" | "role";
  /** As it stands in the names of operations and parameters. */
  readonly label: "User" | "Group" | "Role";
  readonly nameCharacters: number;
  readonly table: {
    get(records: RecordReader, id: string): Row | undefined;
    list(records: RecordReader, prefix?: string): Row[];
    put(records: RecordChanges, id: string, row: Row): void;
    remove(records: RecordChanges, id: string): void;
  };
}

export const userKind: EntityKind<UserRecord> = {
  kind: "user",
  label: "User",
  nameCharacters: iamLimits.nameCharacters,
  table: iamTables.users,
};

export const groupKind: EntityKind<GroupRecord> = {
  kind: "group",
  label: "Group",
  nameCharacters: iamLimits.longNameCharacters,
  table: iamTables.groups,
};

export const roleKind: EntityKind<RoleRecord> = {
  kind: "role",
  label: "Role",
  nameCharacters: iamLimits.nameCharacters,
  table: iamTables.roles,
};

export const entityKinds: readonly EntityKind[] = [userKind, groupKind, roleKind];

/** The name that a call gives. Throws QueryError ValidationError. */
export function nameIn(call: IamCall, { label, kind }: EntityKind): string {
  // Users and groups that are there may be asked for by longer names than new ones may have.
  const characters = kind === "role" ? iamLimits.nameCharacters : iamLimits.longNameCharacters;
  return call.input.name(`${label}Name`, characters);
}

/** By the name as it is written. Throws QueryError NoSuchEntity. */
export function existing<Row extends EntityRecord>(
  records: RecordReader,
  { kind, table }: EntityKind<Row>,
  accountId: string,
  name: string,
): Row {
  const row = table.get(records, nameKey(accountId, name));
  if (row?.name === name) return row;
  throw noSuchEntity(`The ${kind} with name ${name} cannot be found.`);
}

/**
 * What a call is about, when the caller may do the operation on it. Throws QueryError AccessDenied before
 * NoSuchEntity, so that names are not told to those who may not ask.
 */
export function permitted<Row extends EntityRecord>(
  call: IamCall,
  kind: EntityKind<Row>,
  action: string,
  {
    name = nameIn(call, kind),
    keys,
  }: { readonly name?: string; readonly keys?: ContextLookup } = {},
): Row {
  const { directory, account } = call;
  const row = kind.table.get(directory.records, nameKey(account.id, name));
  const there = row?.name === name ? row : undefined;
  const arn = iamArn(account, kind.kind, there ?? { path: "/", name });
  const words = `${kind.kind} ${name}`;
  judge(call, action, { arn, words, tags: there === undefined ? [] : tagsOf(there) }, keys);
  return existing(directory.records, kind, account.id, name);
}

export function tagsOf(row: EntityRecord): readonly Tag[] {
  return "tags" in row ? row.tags : [];
}

/** One atomic change of what is there by then. Throws QueryError NoSuchEntity, UnmodifiableEntity. */
export async function change<Row extends EntityRecord>(
  { directory, account }: IamCall,
  kind: EntityKind<Row>,
  name: string,
  edit: (row: Row, records: RecordChanges) => Row,
): Promise<Row> {
  return await directory.update((records) => {
    const row = existing(records, kind, account.id, name);
    assertModifiable(row);
    const edited = edit(row, records);
    kind.table.put(records, nameKey(account.id, name), edited);
    return edited;
  });
}

/** Throws QueryError DeleteConflict while policies stand there. */
export function assertBare({ inline, attached }: EntityRecord): void {
  if (attached.length > 0) throw notEmpty("detach all policies");
  if (Object.keys(inline).length > 0) throw notEmpty("delete policies");
}

/** Roles that AWS keeps for its services and for its sign-on are changed by those alone. */
export function assertModifiable({ path, name }: EntityRecord): void {
  if (!reservedPath.test(path)) return;
  throw new QueryError(
    "UnmodifiableEntity",
    `Cannot perform the operation on the protected role '${name}' - this role is only modifiable by AWS`,
  );
}
