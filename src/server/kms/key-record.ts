import type { Tag } from "../../core/bucket-settings.ts";

/** A symmetric key of KMS as the store keeps it. */
export interface KeyRecord {
  /** A UUID. */
  readonly id: string;
  readonly accountId: string;
  readonly region: string;
  readonly partition: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly state: "Enabled" | "Disabled" | "PendingDeletion";
  /** When it will be deleted; only while that is pending. */
  readonly deletionAt?: number;
  readonly description: string;
  /** `AWS`: the account's `aws/s3`, which nobody can change. */
  readonly manager: "CUSTOMER" | "AWS";
  /** The key policy, as it was put. */
  readonly policy: string;
  /** Of 32 bytes; base64, sealed under the store's master key. */
  readonly material: string;
  readonly tags?: readonly Tag[];
}

export interface AliasRecord {
  readonly keyId: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export const grantOperations = [
  "Decrypt",
  "Encrypt",
  "GenerateDataKey",
  "GenerateDataKeyWithoutPlaintext",
  "ReEncryptFrom",
  "ReEncryptTo",
  "CreateGrant",
  "RetireGrant",
  "DescribeKey",
] as const;

export type GrantOperation = (typeof grantOperations)[number];

export interface GrantRecord {
  readonly id: string;
  /** A unique id, where the user or role had one here; else an ARN. */
  readonly granteePrincipal: string;
  readonly retiringPrincipal?: string;
  readonly operations: readonly GrantOperation[];
  readonly name?: string;
  readonly createdAt: number;
  readonly issuingAccount: string;
  /** The whole of a request's encryption context, or a part of it. */
  readonly equals?: Readonly<Record<string, string>>;
  readonly subset?: Readonly<Record<string, string>>;
}

export interface KeyAddress {
  readonly accountId: string;
  readonly region: string;
  readonly partition: string;
}

export function keyArn({ partition, region, accountId, id }: KeyAddress & { id: string }): string {
  return `arn:${partition}:kms:${region}:${accountId}:key/${id}`;
}

export function aliasArn({ partition, region, accountId }: KeyAddress, name: string): string {
  return `arn:${partition}:kms:${region}:${accountId}:${name}`;
}
