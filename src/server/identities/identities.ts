import type { Tag } from "../../core/bucket-settings.ts";
import { type CallerLayers, noLayers } from "../../policy/access-layers.ts";
import { administratorAccess } from "../../policy/administrator-access.ts";
import type { CompiledPolicy } from "../../policy/compile-policy.ts";
import { canonicalId } from "../buckets/canonical-id.ts";
import type { AuthenticatedCaller } from "../caller.ts";
import type {
  AccountEntry,
  IdentitiesFile,
  IdentityAccess,
  RoleEntry,
  RoleSessionEntry,
  UserEntry,
} from "./identities-file.ts";

/** Who can call the server, and with which keys. */
export interface Identities {
  /** Undefined: no such key. An expired session is found, with `expired` set. */
  findByAccessKey(accessKeyId: string, now: Date): ResolvedIdentity | undefined;
  /** A user or role, with what it may do now. */
  findPrincipal(
    accountId: string,
    kind: "user" | "role",
    name: string,
  ): ResolvedPrincipal | undefined;
  /** The root user of an account that is known here. */
  findRoot(accountId: string): ResolvedPrincipal | undefined;
  findManagedPolicy(arn: string): CompiledPolicy | undefined;
  findRole(accountId: string, roleName: string): ResolvedRole | undefined;
  /**
   * Whether the user or role of this ARN, its path included, or the role of this session's ARN is
   * there. Of accounts that are not known here everybody counts as there.
   */
  principalExists(arn: string): boolean;
  readonly accounts: readonly AccountEntry[];
}

export interface ResolvedIdentity {
  readonly caller: AuthenticatedCaller;
  readonly secretAccessKey: string;
  /** Set for role sessions; requests must carry the same. */
  readonly sessionToken?: string;
  readonly expiresAt?: Date;
  readonly expired: boolean;
}

export interface ResolvedPrincipal {
  /** With the path, as IAM has it. */
  readonly arn: string;
  /** `AIDA...`, `AROA...`, or the account's for its root user. */
  readonly id: string;
  readonly tags: readonly Tag[];
  readonly layers: CallerLayers;
}

export interface ResolvedRole {
  /** With the path, as IAM has it. */
  readonly arn: string;
  readonly role: RoleEntry;
  readonly createdAt: Date;
}

/** Indexes a checked file. `partition` is the server's; an account may name its own. */
export function createIdentities(
  file: IdentitiesFile,
  options: { readonly partition: string },
): Identities {
  const byAccessKey = new Map<string, Omit<ResolvedIdentity, "expired">>();
  const roles = new Map<string, ResolvedRole>();
  const principals = new Map<string, ResolvedPrincipal>();
  const arns = new Set<string>();
  const createdAt = new Date(file.createdAt);
  for (const account of file.accounts) {
    const partition = account.partition ?? options.partition;
    indexUsers(account, partition, byAccessKey);
    principals.set(`${account.id}/root`, rootOf(partition, account.id));
    for (const user of account.users) {
      const arn = userArn(partition, account.id, user);
      principals.set(`${account.id}/user/${user.name}`, resolvePrincipal(user, arn));
      arns.add(arn);
    }
    for (const role of account.roles) {
      const arn = roleArn(partition, account.id, role);
      roles.set(`${account.id}/${role.name}`, { arn, role, createdAt });
      principals.set(`${account.id}/role/${role.name}`, resolvePrincipal(role, arn));
      arns.add(arn);
      indexSessions(account, partition, { role, createdAt }, byAccessKey);
    }
  }
  return {
    accounts: file.accounts,
    findByAccessKey: (accessKeyId, now) => {
      const found = byAccessKey.get(accessKeyId);
      if (found === undefined) return undefined;
      const expired = found.expiresAt !== undefined && found.expiresAt <= now;
      return { ...found, expired };
    },
    findPrincipal: (accountId, kind, name) => principals.get(`${accountId}/${kind}/${name}`),
    findRoot: (accountId) => principals.get(`${accountId}/root`),
    findManagedPolicy: () => undefined,
    findRole: (accountId, roleName) => roles.get(`${accountId}/${roleName}`),
    principalExists: (arn) => {
      const [, account = "", roleName] =
        /^arn:[^:]+:[^:]+::(\d+):(?:assumed-role\/([^/]+))?/.exec(arn) ?? [];
      if (!file.accounts.some(({ id }) => id === account)) return true;
      return roleName === undefined ? arns.has(arn) : roles.has(`${account}/${roleName}`);
    },
  };
}

function resolvePrincipal(
  { id, tags = [], access }: Pick<UserEntry, "id" | "tags" | "access">,
  arn: string,
): ResolvedPrincipal {
  return { arn, id, tags, layers: layersOf(access) };
}

function rootOf(partition: string, accountId: string): ResolvedPrincipal {
  const arn = `arn:${partition}:iam::${accountId}:root`;
  return { arn, id: accountId, tags: [], layers: layersOf("administrator") };
}

function layersOf(access: IdentityAccess): CallerLayers {
  return access === "administrator" ? { identity: [administratorAccess] } : noLayers;
}

function userArn(partition: string, accountId: string, { path, name }: UserEntry): string {
  return `arn:${partition}:iam::${accountId}:user${path}${name}`;
}

function roleArn(partition: string, accountId: string, role: RoleEntry): string {
  return `arn:${partition}:iam::${accountId}:role${role.path}${role.name}`;
}

function indexUsers(
  account: AccountEntry,
  partition: string,
  index: Map<string, Omit<ResolvedIdentity, "expired">>,
): void {
  const rootArn = `arn:${partition}:iam::${account.id}:root`;
  for (const { accessKeyId, secretAccessKey } of account.root?.accessKeys ?? []) {
    const caller: AuthenticatedCaller = {
      kind: "root",
      accountId: account.id,
      canonicalUserId: canonicalId(account.id),
      arn: rootArn,
      principalArn: rootArn,
      userId: account.id,
      accessKeyId,
      layers: layersOf("administrator"),
    };
    index.set(accessKeyId, { caller, secretAccessKey });
  }
  for (const user of account.users) {
    const arn = userArn(partition, account.id, user);
    for (const { accessKeyId, secretAccessKey } of user.accessKeys) {
      const caller: AuthenticatedCaller = {
        kind: "user",
        accountId: account.id,
        canonicalUserId: canonicalId(account.id),
        arn,
        principalArn: arn,
        userId: user.id,
        tags: user.tags ?? [],
        accessKeyId,
        layers: layersOf(user.access),
      };
      index.set(accessKeyId, { caller, secretAccessKey });
    }
  }
}

/** A session's ARN leaves the role's path out; its user id is the role's with the session name. */
function indexSessions(
  account: AccountEntry,
  partition: string,
  { role, createdAt }: { readonly role: RoleEntry; readonly createdAt: Date },
  index: Map<string, Omit<ResolvedIdentity, "expired">>,
): void {
  for (const session of role.sessions) {
    const caller: AuthenticatedCaller = {
      kind: "assumed-role",
      accountId: account.id,
      canonicalUserId: canonicalId(account.id),
      arn: `arn:${partition}:sts::${account.id}:assumed-role/${role.name}/${session.name}`,
      principalArn: roleArn(partition, account.id, role),
      userId: `${role.id}:${session.name}`,
      tags: sessionTags(role, session),
      issuedAt: session.issuedAt === undefined ? createdAt : new Date(session.issuedAt),
      accessKeyId: session.accessKeyId,
      layers: layersOf(role.access),
    };
    index.set(session.accessKeyId, {
      caller,
      secretAccessKey: session.secretAccessKey,
      sessionToken: session.sessionToken,
      expiresAt: new Date(session.expiresAt),
    });
  }
}

/** A session's tags take the place of its role's with that key. */
function sessionTags(role: RoleEntry, { tags = [] }: RoleSessionEntry): readonly Tag[] {
  const own = new Set(tags.map(({ Key }) => Key.toLowerCase()));
  return [...tags, ...(role.tags ?? []).filter(({ Key }) => !own.has(Key.toLowerCase()))];
}
