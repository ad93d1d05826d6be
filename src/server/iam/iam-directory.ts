import { serverLimits } from "../../core/limits.ts";
import type { Engine } from "../../engine/engine.ts";
import type { RecordChanges, RecordReader } from "../../engine/records.ts";
import type {
  CallerLayers,
  OrganizationLevels,
  ResourceLayers,
} from "../../policy/access-layers.ts";
import { administratorAccess } from "../../policy/administrator-access.ts";
import { isUniqueId } from "../../policy/parse-principals.ts";
import type { Organization } from "../../policy/request.ts";
import { canonicalId } from "../buckets/canonical-id.ts";
import type { AuthenticatedCaller } from "../caller.ts";
import type {
  Identities,
  ResolvedIdentity,
  ResolvedPrincipal,
  ResolvedRole,
} from "../identities/identities.ts";
import type { CompiledPolicy } from "../../policy/compile-policy.ts";
import { findPolicyDocument, layersOfRole, layersOfUser, levelsOf } from "./caller-layers.ts";
import { iamArn, parseIamArn } from "./iam-arn.ts";
import {
  type AccountRecord,
  iamTables,
  nameKey,
  type OrganizationRecord,
  type RoleRecord,
  type SessionRecord,
  type UserRecord,
} from "./iam-records.ts";
import { type OrganizationPlace, placeOf } from "./organization-place.ts";
import { PolicyDocuments } from "./policy-documents.ts";
import { sessionTags } from "./session-tags.ts";

export interface KeyUse {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** `s3`, `iam`, ... */
  readonly service: string;
  readonly region: string;
}

interface KeptUser {
  readonly name: string;
  readonly principal: ResolvedPrincipal;
}

/**
 * Who there is: accounts, users, groups, roles, policies, keys and the organisation, in the store's
 * records. What requests ask is answered from memory; any change forgets that, and what is asked next
 * is made again.
 */
export class IamDirectory implements Identities {
  readonly documents = new PolicyDocuments();
  readonly randomBytes: (count: number) => Buffer;
  readonly #engine: Pick<Engine, "records" | "secrets">;
  readonly #holders = new Map<string, ResolvedIdentity>();
  readonly #users = new Map<string, KeptUser>();
  readonly #roles = new Map<string, ResolvedRole>();
  readonly #lastUses = new Map<string, KeyUse>();
  readonly #places = new Map<string, AccountPlace>();
  #arns: ReadonlyMap<string, string> | undefined;

  constructor(engine: Pick<Engine, "records" | "secrets">, randomBytes: (count: number) => Buffer) {
    this.#engine = engine;
    this.randomBytes = randomBytes;
  }

  /** For `iamTables`. */
  get records(): RecordReader {
    return this.#engine.records;
  }

  /** One atomic change, on disk when it resolves; see `Records.update`. */
  async update<T>(change: (records: RecordChanges) => T): Promise<T> {
    try {
      return await this.#engine.records.update(change);
    } finally {
      this.#holders.clear();
      this.#users.clear();
      this.#roles.clear();
      this.#places.clear();
      this.#arns = undefined;
    }
  }

  seal(secret: string): string {
    return this.#engine.secrets.seal(Buffer.from(secret)).toString("base64");
  }

  open(sealed: string): string {
    return this.#engine.secrets.open(Buffer.from(sealed, "base64")).toString();
  }

  findByAccessKey(accessKeyId: string, now: Date): ResolvedIdentity | undefined {
    const found = this.#holders.get(accessKeyId) ?? this.#resolve(accessKeyId);
    if (found === undefined) return undefined;
    const { expiresAt } = found;
    return expiresAt === undefined ? found : { ...found, expired: expiresAt <= now };
  }

  /** What a key was last used for, as far as it is remembered. */
  lastUseOf(accessKeyId: string): KeyUse | undefined {
    return this.#lastUses.get(accessKeyId);
  }

  noteUse(accessKeyId: string, use: KeyUse): void {
    keep(this.#lastUses, accessKeyId, use);
  }

  findAccount(accountId: string): AccountRecord | undefined {
    return this.#placeOf(accountId).account;
  }

  /** By the name as it is written. */
  findUser(accountId: string, name: string): UserRecord | undefined {
    const found = iamTables.users.get(this.records, nameKey(accountId, name));
    return found?.name === name ? found : undefined;
  }

  findRole(accountId: string, roleName: string): ResolvedRole | undefined {
    const key = nameKey(accountId, roleName);
    const known = this.#roles.get(key) ?? this.#resolveRole(accountId, key);
    return known?.role.name === roleName ? known : undefined;
  }

  findPrincipal(
    accountId: string,
    kind: "user" | "role",
    name: string,
  ): ResolvedPrincipal | undefined {
    if (kind === "role") {
      const found = this.findRole(accountId, name);
      return found && { ...found, id: found.role.id, tags: found.role.tags };
    }
    const key = nameKey(accountId, name);
    const known = this.#users.get(key);
    if (known?.name === name) return known.principal;
    const user = this.findUser(accountId, name);
    const account = this.findAccount(accountId);
    if (user === undefined || account === undefined) return undefined;
    const { id, tags } = user;
    const principal = {
      arn: iamArn(account, "user", user),
      id,
      tags,
      layers: this.#userLayers(user),
    };
    keep(this.#users, key, { name, principal });
    return principal;
  }

  findRoot(accountId: string): ResolvedPrincipal | undefined {
    const { account, serviceControl } = this.#placeOf(accountId);
    if (account === undefined) return undefined;
    const arn = `arn:${account.partition}:iam::${accountId}:root`;
    const layers = { identity: [administratorAccess], ...(serviceControl && { serviceControl }) };
    return { arn, id: accountId, tags: [], layers };
  }

  findManagedPolicy(arn: string): CompiledPolicy | undefined {
    const document = findPolicyDocument(this.records, arn);
    return document === undefined ? undefined : this.documents.compiled("identity", document);
  }

  principalExists(arn: string): boolean {
    const [, partition, accountId = "", roleName] =
      /^arn:([^:]+):[^:]+::(\d+):(?:assumed-role\/([^/]+))?/.exec(arn) ?? [];
    const account = this.findAccount(accountId);
    if (account === undefined) return true;
    if (partition !== account.partition) return false;
    if (roleName !== undefined) return this.findRole(accountId, roleName) !== undefined;
    // A trust policy may be there before its provider.
    return arn.includes(":oidc-provider/") || this.#entityExists(accountId, parseIamArn(arn));
  }

  #entityExists(accountId: string, arn: ReturnType<typeof parseIamArn>): boolean {
    if (arn?.kind === "user") return this.findUser(accountId, arn.name)?.path === arn.path;
    if (arn?.kind !== "role") return false;
    return this.findRole(accountId, arn.name)?.role.path === arn.path;
  }

  idOfPrincipal(arn: string): string | undefined {
    const parsed = parseIamArn(arn);
    if (parsed === undefined || !this.principalExists(arn)) return undefined;
    const { accountId, kind, name } = parsed;
    if (kind !== "user" && kind !== "role") return undefined;
    const id = this.findPrincipal(accountId, kind, name)?.id;
    return id !== undefined && isUniqueId(id) ? id : undefined;
  }

  arnOfId(id: string): string | undefined {
    this.#arns ??= this.#arnsById();
    return this.#arns.get(id);
  }

  organizationOf(accountId: string): Organization | undefined {
    return this.#placeOf(accountId).place;
  }

  /** The whole organisation that an account is in. */
  organizationRecordOf(accountId: string): OrganizationRecord | undefined {
    const id = this.#placeOf(accountId).place?.id;
    return iamTables.organizations.list(this.records).find((each) => each.id === id);
  }

  resourceLayers(accountId: string): ResourceLayers {
    return this.#placeOf(accountId).resourceLayers;
  }

  #userLayers(user: UserRecord): CallerLayers {
    return layersOfUser(this, user, this.#placeOf(user.accountId).serviceControl);
  }

  #arnsById(): ReadonlyMap<string, string> {
    const arns = new Map<string, string>();
    const add = (kind: "user" | "role", row: UserRecord | RoleRecord): void => {
      const account = this.findAccount(row.accountId);
      if (account !== undefined) arns.set(row.id, iamArn(account, kind, row));
    };
    for (const user of iamTables.users.list(this.records)) add("user", user);
    for (const role of iamTables.roles.list(this.records)) add("role", role);
    return arns;
  }

  #resolveRole(accountId: string, key: string): ResolvedRole | undefined {
    const role = iamTables.roles.get(this.records, key);
    const { account, serviceControl } = this.#placeOf(accountId);
    if (role === undefined || account === undefined) return undefined;
    const resolved: ResolvedRole = {
      arn: iamArn(account, "role", role),
      role,
      createdAt: new Date(role.createdAt),
      layers: layersOfRole(this, role, serviceControl),
      trustPolicy: this.documents.compiled("trust", role.trustPolicy),
    };
    return keep(this.#roles, key, resolved);
  }

  #resolve(accessKeyId: string): ResolvedIdentity | undefined {
    const holder = this.#holderOfKey(accessKeyId) ?? this.#holderOfSession(accessKeyId);
    return holder && keep(this.#holders, accessKeyId, holder);
  }

  #holderOfKey(accessKeyId: string): ResolvedIdentity | undefined {
    const key = iamTables.keys.get(this.records, accessKeyId);
    if (key?.status !== "Active") return undefined;
    const { accountId, userName } = key;
    const account = this.findAccount(accountId);
    const principal =
      userName === undefined
        ? this.findRoot(accountId)
        : this.findPrincipal(accountId, "user", userName);
    if (account === undefined || principal === undefined) return undefined;
    const { arn, id, tags, layers } = principal;
    const caller: AuthenticatedCaller = {
      kind: userName === undefined ? "root" : "user",
      ...this.#membership(account),
      arn,
      principalArn: arn,
      userId: id,
      tags,
      accessKeyId,
      layers,
    };
    return { caller, secretAccessKey: this.open(key.secret), expired: false };
  }

  #holderOfSession(accessKeyId: string): ResolvedIdentity | undefined {
    const session = iamTables.sessions.get(this.records, accessKeyId);
    if (session === undefined) return undefined;
    const role = this.findRole(session.accountId, session.roleName);
    if (role?.role.id !== session.roleId) return undefined;
    const caller = this.#sessionCaller(role, session);
    if (caller === undefined) return undefined;
    return {
      caller,
      secretAccessKey: this.open(session.secret),
      sessionToken: this.open(session.token),
      expiresAt: new Date(session.expiresAt),
      expired: false,
    };
  }

  /** A session's ARN leaves the role's path out; its user id is the role's with the session name. */
  #sessionCaller(
    { arn, role, layers }: ResolvedRole,
    session: Pick<SessionRecord, "name" | "issuedAt" | "tags" | "accessKeyId">,
  ): AuthenticatedCaller | undefined {
    const account = this.findAccount(role.accountId);
    if (account === undefined) return undefined;
    return {
      kind: "assumed-role",
      ...this.#membership(account),
      arn: `arn:${account.partition}:sts::${account.id}:assumed-role/${role.name}/${session.name}`,
      principalArn: arn,
      userId: `${role.id}:${session.name}`,
      tags: sessionTags(role.tags, session.tags),
      issuedAt: new Date(session.issuedAt),
      accessKeyId: session.accessKeyId,
      layers,
    };
  }

  #membership({ id }: AccountRecord) {
    const organization = this.organizationOf(id);
    return {
      accountId: id,
      canonicalUserId: canonicalId(id),
      ...(organization !== undefined && { organization }),
    };
  }

  #placeOf(accountId: string): AccountPlace {
    const known = this.#places.get(accountId);
    if (known !== undefined) return known;
    const account = iamTables.accounts.get(this.records, accountId);
    const place = placeOf(iamTables.organizations.list(this.records), accountId);
    return keep(this.#places, accountId, accountPlace(account, place, this.documents));
  }
}

/** What follows from the account alone. */
interface AccountPlace {
  readonly account: AccountRecord | undefined;
  readonly place: OrganizationPlace | undefined;
  readonly serviceControl: OrganizationLevels | undefined;
  readonly resourceLayers: ResourceLayers;
}

function accountPlace(
  account: AccountRecord | undefined,
  place: OrganizationPlace | undefined,
  documents: PolicyDocuments,
): AccountPlace {
  if (place === undefined || place.isManagement) {
    return { account, place, serviceControl: undefined, resourceLayers: {} };
  }
  const serviceControl = levelsOf(documents, "service-control", place.levels);
  const resourceControl = levelsOf(documents, "resource-control", place.levels);
  return { account, place, serviceControl, resourceLayers: { resourceControl } };
}

function keep<Value>(kept: Map<string, Value>, key: string, value: Value): Value {
  if (kept.size >= serverLimits.callersKept) kept.clear();
  kept.set(key, value);
  return value;
}
