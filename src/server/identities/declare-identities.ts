import type { Declaration, DeclaredRole, DeclaredUser } from "../iam/declaration.ts";
import type { AccountEntry, IdentitiesFile, IdentityAccess } from "./identities-file.ts";

/** An identities file as IAM takes it. `partition`: of accounts that name none. */
export function declareIdentities(
  file: IdentitiesFile,
  options: { readonly partition: string },
): Declaration {
  const createdAt = Date.parse(file.createdAt);
  return {
    accounts: file.accounts.map((account) => {
      const partition = account.partition ?? options.partition;
      return {
        id: account.id,
        partition,
        createdAt,
        rootKeys: account.root?.accessKeys ?? [],
        policies: [],
        groups: [],
        users: account.users.map((user) => declareUser(user, partition)),
        roles: account.roles.map((role) =>
          declareRole(role, { accountId: account.id, partition, createdAt }),
        ),
      };
    }),
  };
}

function declareUser(user: AccountEntry["users"][number], partition: string): DeclaredUser {
  const { name, path, id, tags = [], accessKeys } = user;
  const attached = policiesOf(user.access, partition);
  return { name, path, id, tags, accessKeys, attached, inline: {}, groups: [] };
}

function declareRole(
  role: AccountEntry["roles"][number],
  account: { readonly accountId: string; readonly partition: string; readonly createdAt: number },
): DeclaredRole {
  const { name, path, id, tags = [] } = role;
  return {
    name,
    path,
    id,
    tags,
    inline: {},
    attached: policiesOf(role.access, account.partition),
    trustPolicy: accountTrust(account),
    sessions: role.sessions.map(({ issuedAt, expiresAt, ...session }) => ({
      ...session,
      tags: session.tags ?? [],
      issuedAt: issuedAt === undefined ? account.createdAt : Date.parse(issuedAt),
      expiresAt: Date.parse(expiresAt),
    })),
  };
}

function policiesOf(access: IdentityAccess, partition: string): readonly string[] {
  return access === "none" ? [] : [`arn:${partition}:iam::aws:policy/AdministratorAccess`];
}

/** The file keeps no trust policies: whom the account lets may assume its roles. */
function accountTrust(account: { readonly accountId: string; readonly partition: string }): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: `arn:${account.partition}:iam::${account.accountId}:root` },
        Action: "sts:AssumeRole",
      },
    ],
  });
}
