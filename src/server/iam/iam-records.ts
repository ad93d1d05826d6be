import type { Tag } from "../../core/bucket-settings.ts";
import type { RecordChanges, RecordReader } from "../../engine/records.ts";

/** What IAM keeps, as rows of the store. Times are milliseconds since 1970. */

export interface AccountRecord {
  /** Twelve digits. */
  readonly id: string;
  readonly partition: string;
  /** As people call it. */
  readonly name?: string;
  readonly alias?: string;
  readonly createdAt: number;
  /** Ids of the root user's. */
  readonly accessKeys: readonly string[];
}

interface NamedRecord {
  readonly accountId: string;
  readonly name: string;
  /** `/`, or `/.../`. */
  readonly path: string;
  /** `AIDA...`, `AGPA...`, `AROA...` or `ANPA...`; a name that is used again gets another. */
  readonly id: string;
  readonly createdAt: number;
}

/** Where policies can stand. */
export interface PolicyHolder {
  /** Documents by name. */
  readonly inline: Readonly<Record<string, string>>;
  /** ARNs of managed policies. */
  readonly attached: readonly string[];
}

export interface UserRecord extends NamedRecord, PolicyHolder {
  readonly tags: readonly Tag[];
  /** Names. */
  readonly groups: readonly string[];
  /** ARN of a managed policy. */
  readonly boundary?: string;
  readonly accessKeys: readonly string[];
}

export interface GroupRecord extends NamedRecord, PolicyHolder {}

export interface RoleRecord extends NamedRecord, PolicyHolder {
  readonly tags: readonly Tag[];
  readonly boundary?: string;
  readonly trustPolicy: string;
  readonly description?: string;
  readonly maxSessionSeconds: number;
}

export interface PolicyRecord extends NamedRecord {
  readonly description?: string;
  /** In the order in which they were made. */
  readonly versions: readonly PolicyVersion[];
  /** The highest number that a version ever had; default: as many as there are. */
  readonly latest?: number;
  readonly defaultVersionId: string;
  readonly updatedAt: number;
  readonly tags: readonly Tag[];
}

interface PolicyVersion {
  /** `v1`, `v2`, ...; a number is never used again. */
  readonly id: string;
  readonly document: string;
  readonly createdAt: number;
}

export interface AccessKeyRecord {
  readonly accessKeyId: string;
  readonly accountId: string;
  /** Undefined: of the root user. */
  readonly userName?: string;
  /** Sealed, base64. */
  readonly secret: string;
  readonly status: "Active" | "Inactive";
  readonly createdAt: number;
}

/** A session of a role whose keys stand in the identities file. */
export interface SessionRecord {
  readonly accessKeyId: string;
  readonly accountId: string;
  readonly roleName: string;
  readonly roleId: string;
  readonly name: string;
  /** Sealed, base64. */
  readonly secret: string;
  readonly token: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly tags: readonly Tag[];
}

export interface NamedDocument {
  readonly name: string;
  readonly document: string;
}

/** A place in an organisation and what is attached there, AWS's own policies included. */
interface OrganizationPlace {
  readonly serviceControl: readonly NamedDocument[];
  readonly resourceControl: readonly NamedDocument[];
}

export interface OrganizationUnit extends OrganizationPlace {
  /** `r-ab12`, or `ou-ab12-cdefghij`. */
  readonly id: string;
  /** Undefined: the root, or of a store of before units kept their names. */
  readonly name?: string;
  readonly units: readonly OrganizationUnit[];
  readonly accounts: readonly OrganizationAccount[];
}

export interface OrganizationAccount extends OrganizationPlace {
  readonly id: string;
}

export interface OrganizationRecord {
  /** `o-abcdefghij` */
  readonly id: string;
  /** The account that no policy of the organisation limits. */
  readonly managementAccountId: string;
  /** Accounts that may read it as the management account does. Default none. */
  readonly delegatedAdministrators?: readonly string[];
  readonly root: OrganizationUnit;
}

/** How a declared thing stood when it was last taken over; see `applyDeclaration`. */
export interface DeclaredRecord {
  /** Sealed, base64. */
  readonly hash: string;
  /** What was made of it, by its unique id. */
  readonly made: string;
}

/** An issuer whose tokens AssumeRoleWithWebIdentity takes. */
export interface OidcProviderRecord {
  readonly accountId: string;
  /** `https://issuer.example/path`, as its tokens name it. */
  readonly issuer: string;
  readonly clientIds: readonly string[];
  readonly thumbprints: readonly string[];
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly tags: readonly Tag[];
}

interface IamTable<Row> {
  get(records: RecordReader, id: string): Row | undefined;
  list(records: RecordReader, prefix?: string): Row[];
  entries(records: RecordReader, prefix?: string): { readonly id: string; readonly row: Row }[];
  put(records: RecordChanges, id: string, row: Row): void;
  remove(records: RecordChanges, id: string): void;
}

function tableOf<Row>(kind: string): IamTable<Row> {
  const entries: IamTable<Row>["entries"] = (records, prefix) =>
    Array.from(records.list(kind, prefix), ({ id, value }) => ({ id, row: value as Row }));
  return {
    get: (records, id) => records.get(kind, id) as Row | undefined,
    list: (records, prefix) => entries(records, prefix).map(({ row }) => row),
    entries,
    put: (records, id, row) => records.put(kind, id, row),
    remove: (records, id) => records.remove(kind, id),
  };
}

/** Of users, groups, roles and policies by `nameKey`, of keys and sessions by their id. */
export const iamTables = {
  accounts: tableOf<AccountRecord>("iamaccount"),
  users: tableOf<UserRecord>("iamuser"),
  groups: tableOf<GroupRecord>("iamgroup"),
  roles: tableOf<RoleRecord>("iamrole"),
  policies: tableOf<PolicyRecord>("iampolicy"),
  keys: tableOf<AccessKeyRecord>("iamkey"),
  sessions: tableOf<SessionRecord>("iamsession"),
  organizations: tableOf<OrganizationRecord>("iamorg"),
  oidcProviders: tableOf<OidcProviderRecord>("iamoidc"),
  declared: tableOf<DeclaredRecord>("iamdeclared"),
} as const;

/** The issuer as ARNs and condition keys name it. */
export function issuerName(issuer: string): string {
  return issuer.replace(/^https?:\/\//, "");
}

/** Of `iamTables.oidcProviders`. */
export function oidcKey(accountId: string, issuer: string): string {
  return `${accountId}/${issuerName(issuer)}`;
}

/** Names of an account differ in more than case, though they are found only as they are written. */
export function nameKey(accountId: string, name: string): string {
  return `${accountId}/${name.toLowerCase()}`;
}
