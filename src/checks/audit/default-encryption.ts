import type { ServerSideEncryptionConfiguration } from "../../core/bucket-settings.ts";

/** What new objects are encrypted with; since 2023 SSE-S3 where nothing is set. */
export function defaultAlgorithm(
  encryption: ServerSideEncryptionConfiguration | undefined,
): string {
  return encryption?.Rules[0]?.ApplyServerSideEncryptionByDefault.SSEAlgorithm ?? "AES256";
}

/** The key of KMS; `id` is undefined where it is the account's own for S3. */
export function kmsKeyOf(
  encryption: ServerSideEncryptionConfiguration | undefined,
): { readonly algorithm: string; readonly id: string | undefined } | undefined {
  const algorithm = defaultAlgorithm(encryption);
  if (!algorithm.startsWith("aws:kms")) return undefined;
  return {
    algorithm,
    id: encryption?.Rules[0]?.ApplyServerSideEncryptionByDefault.KMSMasterKeyID,
  };
}
