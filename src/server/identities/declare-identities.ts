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
  return { name, path, id, tags, accessKeys, ...policiesOf(user.access, partition), groups: [] };
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
    ...policiesOf(role.access, account.partition),
    trustPolicy: accountTrust(account),
    sessions: role.sessions.map(({ issuedAt, expiresAt, ...session }) => ({
      ...session,
      tags: session.tags ?? [],
      issuedAt: issuedAt === undefined ? account.createdAt : Date.parse(issuedAt),
      expiresAt: Date.parse(expiresAt),
    })),
  };
}

function policiesOf(
  access: IdentityAccess,
  partition: string,
): Pick<DeclaredRole, "inline" | "attached"> {
  if (access === "administrator") {
    return { inline: {}, attached: [`arn:${partition}:iam::aws:policy/AdministratorAccess`] };
  }
  return { inline: access === "objects" ? { objects: objectAccess } : {}, attached: [] };
}

/** To work with objects, under whatever keys, and to change nothing of the buckets that they are in. */
const objectAccess = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "ReadAndWriteObjects",
      Effect: "Allow",
      Action: [
        "s3:AbortMultipartUpload",
        "s3:DeleteObject",
        "s3:DeleteObjectTagging",
        "s3:DeleteObjectVersion",
        "s3:GetObject*",
        "s3:ListMultipartUploadParts",
        "s3:PutObject",
        "s3:PutObjectTagging",
      ],
      Resource: "arn:*:s3:::*/*",
    },
    {
      Sid: "FindThem",
      Effect: "Allow",
      Action: [
        "s3:GetBucketLocation",
        "s3:ListAllMyBuckets",
        "s3:ListBucket",
        "s3:ListBucketMultipartUploads",
        "s3:ListBucketVersions",
      ],
      Resource: "*",
    },
    {
      Sid: "UseKeys",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"],
      Resource: "*",
    },
  ],
});

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
