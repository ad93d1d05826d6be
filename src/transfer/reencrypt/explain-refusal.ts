import { isStorageError } from "../../core/errors.ts";
import { restateError } from "../../core/restate-error.ts";

/** A refusal of a call on one object, with the permission that is missing as far as it can be told. */
export function explainRefusal(
  error: unknown,
  {
    bucket,
    key,
    kmsKeyId,
  }: { readonly bucket: string; readonly key: string; readonly kmsKeyId?: string },
): unknown {
  if (!isStorageError(error, "PermissionDenied")) return error;
  return restateError(error, {
    operation: "re-encrypt",
    message: error.message,
    remedy: remedyFor(error.message, { bucket, key, kmsKeyId }),
  });
}

function remedyFor(
  message: string,
  {
    bucket,
    key,
    kmsKeyId = "the object's key",
  }: { readonly bucket: string; readonly key: string; readonly kmsKeyId: string | undefined },
): string {
  if (/kms:|\bKMS\b/i.test(message)) {
    return (
      `Allow kms:Decrypt on ${kmsKeyId}: its key policy has to name you or leave it to IAM, and your own ` +
      "policy has to allow it. Of AWSReservedSSO roles the permission set is what can be changed."
    );
  }
  const named = /\bs3:[A-Za-z]+/.exec(message)?.[0];
  const actions =
    named ??
    "s3:GetObject, s3:PutObject, s3:GetObjectTagging and s3:PutObjectTagging (and kms:Decrypt on " +
      `${kmsKeyId}; of a locked object s3:PutObjectRetention and s3:PutObjectLegalHold, ` +
      "of one with an ACL s3:GetObjectAcl and s3:PutObjectAcl)";
  return `Allow ${actions} on ${bucket}/${key}, and see that no Deny of the bucket policy is about it.`;
}
