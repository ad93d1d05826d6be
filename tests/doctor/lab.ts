import type { ServerSideEncryptionConfiguration } from "../../src/core/bucket-settings.ts";
import { openBucketAdmin } from "../../src/open/open-bucket-admin.ts";
import { inspectSettings } from "../../src/settings/get-settings.ts";
import type { TestServer } from "../../src/testing/index.ts";
import type { Environment, Patient } from "./examine-with.ts";

export const account = "111122223333";
export const other = "444455556666";
const management = "999988887777";
export const bucket = "lab-data";
const keyId = "11111111-2222-3333-4444-555555555555";
export const keyArn = (owner: string) => `arn:aws:kms:us-east-1:${owner}:key/${keyId}`;
const both = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
export const policy = (...Statement: readonly unknown[]) => ({ Version: "2012-10-17", Statement });
export const allow = (Action: unknown, Resource: unknown = both) => ({
  Effect: "Allow",
  Action,
  Resource,
});
export const deny = (Action: unknown, Resource: unknown = both) => ({
  Effect: "Deny",
  Action,
  Resource,
});
export const everyone = { Principal: "*" };
const administrator = "arn:aws:iam::aws:policy/AdministratorAccess";

/** A world of a lab: what is said differs from one in which all is well. */
export interface Lab {
  /** What ada's own policy says. Default: everything of S3 on the bucket. */
  readonly own?: readonly unknown[];
  readonly boundary?: readonly unknown[];
  readonly bucketPolicy?: readonly unknown[];
  readonly keyPolicy?: readonly unknown[];
  readonly keyState?: "Enabled" | "Disabled" | "PendingDeletion";
  readonly keyOwner?: string;
  readonly serviceControl?: readonly unknown[];
  readonly resourceControl?: readonly unknown[];
  /** Whose ada is. Default: the bucket's account. */
  readonly adaIn?: string;
}

export function worldOf(lab: Lab): Readonly<Record<string, unknown>> {
  const { own = [allow("s3:*")], boundary, bucketPolicy, keyPolicy, keyState = "Enabled" } = lab;
  const { keyOwner = account, adaIn = account, serviceControl, resourceControl } = lab;
  const boss = { accessKeys: [{}], attached: [administrator] };
  const ada = {
    accessKeys: [{}],
    policies: { own: policy(...own) },
    ...(boundary !== undefined && { boundary: "limit" }),
  };
  const key = {
    id: keyId,
    state: keyState,
    allowLockOut: true,
    ...(keyPolicy !== undefined && { policy: policy(...keyPolicy) }),
  };
  const accountOf = (id: string | undefined) => ({
    users: { boss, ...(id === adaIn && { ada }) },
    ...(id === account && { root: { accessKeys: [{}] } }),
    ...(id === adaIn &&
      boundary !== undefined && { policies: { limit: { document: policy(...boundary) } } }),
    ...(id === keyOwner && { kmsKeys: { storage: key } }),
    ...(id === account && {
      buckets: {
        [bucket]: {
          ...(bucketPolicy !== undefined && { policy: policy(...bucketPolicy) }),
        },
      },
    }),
  });
  return {
    version: 1,
    accounts: Object.fromEntries([account, other, management].map((id) => [id, accountOf(id)])),
    ...organizationOf(serviceControl, resourceControl),
  };
}

function organizationOf(
  serviceControl: readonly unknown[] | undefined,
  resourceControl: readonly unknown[] | undefined,
) {
  return {
    organization: {
      id: "o-a1b2c3d4e5",
      managementAccount: management,
      accounts: {
        [account]: {
          ...(serviceControl !== undefined && {
            serviceControlPolicies: ["FullAWSAccess", "limit"],
          }),
          ...(resourceControl !== undefined && {
            resourceControlPolicies: ["RCPFullAWSAccess", "limit"],
          }),
        },
        [other]: {},
      },
      ...(serviceControl !== undefined && {
        serviceControlPolicies: { limit: policy(...serviceControl) },
      }),
      ...(resourceControl !== undefined && {
        resourceControlPolicies: { limit: policy(...resourceControl) },
      }),
    },
  };
}

/** The settings with the keys of a user; undefined: of the account's root user. */
export function patientOf(
  server: TestServer,
  user: string | undefined,
  owner: string = account,
  more: Environment = {},
): Patient {
  const { accessKeyId, secretAccessKey } = server.credentialsOf(owner, user);
  const environment = {
    ...server.env,
    STORAGE_S3_BUCKET: bucket,
    STORAGE_S3_ACCESS_KEY_ID: accessKeyId,
    STORAGE_S3_SECRET_ACCESS_KEY: secretAccessKey,
    ...more,
  };
  return { environment };
}

export const underKey = (id: string): ServerSideEncryptionConfiguration => ({
  Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: id } }],
});

/** What new objects of the bucket are encrypted with, set by its administrator. */
export async function encryptWith(
  server: TestServer,
  rule: ServerSideEncryptionConfiguration,
): Promise<void> {
  const { settings } = inspectSettings({ ...patientOf(server, "boss"), envFile: false });
  const { admin } = await openBucketAdmin(settings);
  await admin.put(bucket, "encryption", rule).finally(() => admin.close());
}
