import type { OwnStatement } from "../policy/merge.ts";
import type { AccessPreset, PolicyWish } from "./desired-state.ts";
import { principalPatterns, type ResolvedPrincipal } from "./resolve-principals.ts";

/** The Sids by which our statements are known again. */
export const ownSids = {
  bucket: "SmsStorageBucket",
  objects: "SmsStorageObjects",
  tlsOnly: "SmsStorageTlsOnly",
  minTls: "SmsStorageMinTls",
  guard: "SmsStorageGuard",
} as const;

interface PresetActions {
  readonly bucket: readonly string[];
  readonly objects: readonly string[];
}

/**
 * The guide's five, plus what `aws s3 cp` and `sync` need for large files. GetObjectAttributes asks
 * for GetObject too. Source: S3 API reference, "Required permissions" of each operation.
 */
const least: PresetActions = {
  bucket: ["s3:ListBucket", "s3:GetBucketLocation", "s3:ListBucketMultipartUploads"],
  objects: [
    "s3:GetObject",
    "s3:GetObjectAttributes",
    "s3:PutObject",
    "s3:DeleteObject",
    "s3:AbortMultipartUpload",
    "s3:ListMultipartUploadParts",
  ],
};

/** With versions to be listed and read, so that something deleted can be brought back. */
const readWrite: PresetActions = {
  bucket: [...least.bucket, "s3:ListBucketVersions", "s3:GetBucketVersioning"],
  objects: [
    ...least.objects,
    "s3:GetObjectVersion",
    "s3:GetObjectVersionAttributes",
    "s3:GetObjectTagging",
    "s3:PutObjectTagging",
  ],
};

/** With versions to be deleted for good, and the bucket's settings to be read and set up. */
const admin: PresetActions = {
  bucket: [
    ...readWrite.bucket,
    "s3:GetBucketPolicy",
    "s3:GetBucketPolicyStatus",
    "s3:PutBucketPolicy",
    "s3:GetBucketPublicAccessBlock",
    "s3:PutBucketPublicAccessBlock",
    "s3:GetBucketOwnershipControls",
    "s3:PutBucketOwnershipControls",
    "s3:GetEncryptionConfiguration",
    "s3:PutEncryptionConfiguration",
    "s3:PutBucketVersioning",
    "s3:GetLifecycleConfiguration",
    "s3:PutLifecycleConfiguration",
  ],
  objects: [...readWrite.objects, "s3:DeleteObjectVersion"],
};

/** Where nobody says what somebody may do. */
export const usualAccess = "read-write" satisfies AccessPreset;

/** From the smallest to the largest. */
const presets: Readonly<Record<AccessPreset, PresetActions>> = {
  least,
  "read-write": readWrite,
  admin,
};

export function presetActions(preset: AccessPreset): PresetActions {
  return presets[preset];
}

/** The smallest that holds all of these actions; undefined when one is none of ours. */
export function coveringPreset(
  bucketActions: readonly string[],
  objectActions: readonly string[],
): AccessPreset | undefined {
  const found = Object.entries(presets).find(
    ([, { bucket, objects }]) =>
      bucketActions.every((action) => bucket.includes(action)) &&
      objectActions.every((action) => objects.includes(action)),
  );
  return found?.[0] as AccessPreset | undefined;
}

export interface StatementScope {
  readonly partition: string;
  readonly bucket: string;
}

/** Bucket actions on the bucket's ARN, object actions on its objects': neither matches the other. */
export function accessStatements(
  scope: StatementScope,
  preset: AccessPreset,
  grantee: Grantee,
): OwnStatement[] {
  const bucketArn = `arn:${scope.partition}:s3:::${scope.bucket}`;
  const { bucket, objects } = presets[preset];
  const statement = (sid: string, actions: readonly string[], resource: string): OwnStatement => ({
    Sid: sid,
    Effect: "Allow",
    Principal: grantee.Principal,
    Action: actions,
    Resource: resource,
    ...(grantee.Condition !== undefined && { Condition: grantee.Condition }),
  });
  return [
    statement(ownSids.bucket, bucket, bucketArn),
    statement(ownSids.objects, objects, `${bucketArn}/*`),
  ];
}

/**
 * Denies on the bucket and on its objects, under no further condition: otherwise some requests
 * without TLS would get through.
 */
export function tlsOnlyStatement(scope: StatementScope): OwnStatement {
  const bucketArn = `arn:${scope.partition}:s3:::${scope.bucket}`;
  return {
    Sid: ownSids.tlsOnly,
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [bucketArn, `${bucketArn}/*`],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}

/** Requests that come without the key, as of a store that does not know it, are not denied. */
export function minTlsStatement(scope: StatementScope, version: string): OwnStatement {
  return {
    ...tlsOnlyStatement(scope),
    Sid: ownSids.minTls,
    Condition: { NumericLessThan: { "s3:TlsVersion": version } },
  };
}

/**
 * Only a Deny restricts. Services of AWS, such as S3's own logging, are not meant; who does not sign has
 * neither key and is refused.
 */
export function guardStatement(
  scope: StatementScope,
  guard: "account" | "principals",
  letIn: readonly string[],
): OwnStatement {
  const tls = tlsOnlyStatement(scope);
  const isAccount = guard === "account";
  return {
    ...tls,
    Sid: ownSids.guard,
    ...(!isAccount && {
      Action: ["s3:GetObject*", "s3:PutObject*", "s3:DeleteObject*"],
      Resource: `arn:${scope.partition}:s3:::${scope.bucket}/*`,
    }),
    Condition: {
      ...(isAccount
        ? { StringNotEquals: { "aws:PrincipalAccount": single(letIn) } }
        : { ArnNotLike: { "aws:PrincipalArn": single(letIn) } }),
      BoolIfExists: { "aws:PrincipalIsAWSService": "false" },
    },
  };
}

/** The Principal and Condition that name somebody. */
export interface Grantee {
  readonly Principal: unknown;
  readonly Condition?: unknown;
}

/**
 * `role-arn` where every ARN is known, else the stable form: everybody, but only of these accounts
 * and with these role names. `session`: as they were asked for. Undefined when there is nobody to name.
 */
export function granteeOf(
  principals: readonly ResolvedPrincipal[],
  form: PolicyWish["form"],
): Grantee | undefined {
  const named = principals.filter(({ kind }) => kind === "role" || kind === "user");
  if (named.length === 0) return undefined;
  if (form === "session") return { Principal: { AWS: single(named.map(({ asked }) => asked)) } };
  const arns = named.flatMap(({ arn }) => (arn === undefined ? [] : [arn]));
  if (form === "role-arn" && arns.length === named.length) {
    return { Principal: { AWS: single(arns) } };
  }
  const accounts = [...new Set(named.map(({ accountId }) => accountId))];
  return {
    Principal: "*",
    Condition: {
      StringEquals: { "aws:PrincipalAccount": single(accounts) },
      ArnLike: { "aws:PrincipalArn": single(named.flatMap(principalPatterns)) },
    },
  };
}

/** S3 gives lists of one back as a lone value. */
function single(values: readonly string[]): string | readonly string[] {
  const [first] = values;
  return values.length === 1 && first !== undefined ? first : values;
}
