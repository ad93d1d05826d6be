import { parseIamArn } from "./iam-arn.ts";

/** A policy that AWS keeps for everybody. */
export interface ManagedPolicy {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly description: string;
  readonly document: string;
}

interface StatementOf {
  readonly effect?: "Allow" | "Deny";
  /** Words. */
  readonly actions: string;
  readonly not?: true;
  readonly resource?: string;
}

function managed(
  name: string,
  id: string,
  description: string,
  ...statements: readonly StatementOf[]
): ManagedPolicy {
  const Statement = statements.map(({ effect = "Allow", actions, not, resource = "*" }) => {
    const list = actions.trim().split(/\s+/);
    const named = list.length === 1 ? list[0] : list;
    return {
      Effect: effect,
      ...(not === true ? { NotAction: named } : { Action: named }),
      Resource: resource,
    };
  });
  const document = JSON.stringify({ Version: "2012-10-17", Statement }, null, 4);
  const slash = name.lastIndexOf("/");
  const path = slash === -1 ? "/" : `/${name.slice(0, slash + 1)}`;
  return { name: name.slice(slash + 1), path, id, description, document };
}

const readsIam = "iam:Get* iam:List* iam:SimulateCustomPolicy iam:SimulatePrincipalPolicy";
const generates = "iam:GenerateCredentialReport iam:GenerateServiceLastAccessedDetails";

/**
 * The common ones among a thousand. Those that AWS keeps over all its services (ReadOnlyAccess,
 * ViewOnlyAccess, SecurityAudit) are cut down to the services of this server: S3, KMS, IAM and STS.
 * Source: AWS Managed Policy Reference Guide.
 */
export const managedPolicies: readonly ManagedPolicy[] = [
  managed(
    "AdministratorAccess",
    "ANPAIWMBCKSKIEE64ZLYK",
    "Provides full access to AWS services and resources.",
    { actions: "*" },
  ),
  managed(
    "PowerUserAccess",
    "ANPAJYRXTHIB4FOVS3ZXS",
    "Provides full access to AWS services and resources, but does not allow management of Users and groups.",
    { not: true, actions: "iam:* organizations:* account:*" },
    {
      actions: `
        account:GetAccountInformation account:GetPrimaryEmail account:ListRegions
        iam:CreateServiceLinkedRole iam:DeleteServiceLinkedRole iam:ListRoles
        organizations:DescribeEffectivePolicy organizations:DescribeOrganization
      `,
    },
  ),
  managed(
    "ReadOnlyAccess",
    "ANPAILL3HVNFSB6DCOWYQ",
    "Provides read-only access to AWS services and resources.",
    {
      actions: `
        iam:Generate* ${readsIam} kms:Describe* kms:Get* kms:List* s3:DescribeJob s3:Get* s3:List*
        sts:GetAccessKeyInfo sts:GetCallerIdentity sts:GetSessionToken
      `,
    },
  ),
  managed(
    "job-function/ViewOnlyAccess",
    "ANPAID22R6XPJATWOFDK6",
    "This policy grants permissions to view resources and basic metadata across all AWS services.",
    {
      actions: `
        iam:Get* iam:List* kms:ListAliases kms:ListKeys s3:ListAllMyBuckets s3:ListBucket
      `,
    },
  ),
  managed(
    "SecurityAudit",
    "ANPAIX2T3QCXHR2OGGCTO",
    "The security audit template grants access to read security configuration metadata.",
    {
      actions: `
        iam:Generate* ${readsIam} kms:Describe* kms:GetKeyPolicy kms:GetKeyRotationStatus kms:List*
        s3:GetAccelerateConfiguration s3:GetAccountPublicAccessBlock s3:GetAnalyticsConfiguration
        s3:GetBucket* s3:GetEncryptionConfiguration s3:GetInventoryConfiguration
        s3:GetLifecycleConfiguration s3:GetMetricsConfiguration s3:GetObjectAcl
        s3:GetObjectVersionAcl s3:GetReplicationConfiguration s3:ListAllMyBuckets
      `,
    },
  ),
  managed("AWSDenyAll", "ANPAZKAPJZG4P43IQ5CNW", "Deny all access.", {
    effect: "Deny",
    actions: "*",
  }),
  managed(
    "AmazonS3FullAccess",
    "ANPAIFIR6V6BVTRAHWINE",
    "Provides full access to all buckets via the AWS Management Console.",
    { actions: "s3:* s3-object-lambda:*" },
  ),
  managed(
    "AmazonS3ReadOnlyAccess",
    "ANPAIZTJ4DXE7G6AGAE6M",
    "Provides read only access to all buckets via the AWS Management Console.",
    { actions: "s3:Get* s3:List* s3:Describe* s3-object-lambda:Get* s3-object-lambda:List*" },
  ),
  managed(
    "IAMFullAccess",
    "ANPAI7XKCFMBPM3QQRRVQ",
    "Provides full access to IAM via the AWS Management Console.",
    {
      actions: `
        iam:* organizations:DescribeAccount organizations:DescribeOrganization
        organizations:DescribeOrganizationalUnit organizations:DescribePolicy
        organizations:ListChildren organizations:ListParents organizations:ListPoliciesForTarget
        organizations:ListRoots organizations:ListPolicies organizations:ListTargetsForPolicy
      `,
    },
  ),
  managed(
    "IAMReadOnlyAccess",
    "ANPAJKSO7NDY4T57MWDSQ",
    "Provides read only access to IAM via the AWS Management Console.",
    { actions: `${generates} ${readsIam}` },
  ),
  managed(
    "IAMUserChangePassword",
    "ANPAJ4L4MM2A7QIEB56MS",
    "Provides the ability for an IAM user to change their own password.",
    { actions: "iam:ChangePassword", resource: "arn:aws:iam::*:user/${aws:username}" },
    { actions: "iam:GetAccountPasswordPolicy" },
  ),
  managed(
    "AWSKeyManagementServicePowerUser",
    "ANPAJNPP7PPPPMJRV2SA4",
    "Provides access to AWS Key Management Service (KMS).",
    {
      actions: `
        kms:CreateAlias kms:CreateKey kms:DeleteAlias kms:Describe* kms:GenerateRandom kms:Get*
        kms:List* kms:TagResource kms:UntagResource iam:ListGroups iam:ListRoles iam:ListUsers
      `,
    },
  ),
];

const byName = new Map(managedPolicies.map((policy) => [policy.path + policy.name, policy]));

export const managedPolicyNames = managedPolicies.map(({ name }) => name);

/** Undefined: no such policy of AWS. The partition of the ARN does not count. */
export function findManagedPolicy(arn: string): ManagedPolicy | undefined {
  const parsed = parseIamArn(arn);
  if (parsed?.accountId !== "aws" || parsed.kind !== "policy") return undefined;
  return byName.get(parsed.path + parsed.name);
}
