import { findAction } from "../protocol/operations.ts";

/** What to look at to find the remedy of a refused request. */
export interface RefusedRequest {
  readonly operation: string;
  readonly bucket: string;
  readonly key: string | undefined;
  readonly status: number;
  readonly s3Code: string | undefined;
  readonly message: string;
  /** Region that the store named in its answer. */
  readonly region: string | undefined;
  readonly dialect: string;
}

const byCode: Readonly<Record<string, string>> = {
  ExpiredToken:
    "The temporary credentials have ended. Sign in again (aws sso login) or renew the session token.",
  TokenRefreshRequired: "The session token is stale. Sign in again (aws sso login).",
  InvalidToken:
    "The session token does not belong to these keys. Take all three values from one sign-in.",
  InvalidAccessKeyId:
    "The store does not know this access key id. Check that it belongs to this endpoint; temporary keys need their session token too.",
  SignatureDoesNotMatch:
    "The secret access key does not fit the access key id, or a proxy changes requests. Check the secret for missing or added characters.",
  RequestTimeTooSkewed:
    "This machine's clock differs from the store's by more than 15 minutes. Set the clock (timedatectl set-ntp true).",
  NoSuchUpload: "The multipart upload was completed, aborted or has expired. Start it again.",
  EntityTooLarge: "Objects over 5 GiB need a multipart upload.",
  KeyTooLongError: "Shorten the key to 1,024 bytes of UTF-8.",
  SlowDown: "The store asks for fewer requests. Lower the concurrency and try again.",
  BadDigest: "The bytes changed on the way or the checksum given is wrong. Send them again.",
  AccessDeniedByBucketPolicy:
    "Qumulo's bucket policy allows this to none of the caller's identities. Add an Allow statement for it.",
  QumuloDirectoryEntryLimitReached: "The directory is full. Spread the keys over more directories.",
};

/** One or two sentences on what to do next; undefined when there is no honest advice. */
export function remedyFor(refused: RefusedRequest): string | undefined {
  if (refused.region !== undefined && isRegionAnswer(refused)) {
    return `The bucket is in region ${refused.region}. Set the region to it (STORAGE_S3_REGION=${refused.region}).`;
  }
  if (refused.s3Code === "NoSuchBucket") {
    return `Check the name ${refused.bucket} and the endpoint, or create the bucket (sms-storage setup).`;
  }
  const fixed = refused.s3Code === undefined ? undefined : byCode[refused.s3Code];
  if (fixed !== undefined) return fixed;
  if (refused.status === 403) return forbiddenRemedy(refused);
  if (refused.status >= 300 && refused.status < 400 && refused.status !== 304) {
    return "The endpoint sends requests elsewhere. Check the endpoint and the region.";
  }
  return undefined;
}

function isRegionAnswer({ status, s3Code }: RefusedRequest): boolean {
  return (
    status === 301 ||
    status === 307 ||
    s3Code === "AuthorizationHeaderMalformed" ||
    s3Code === "IllegalLocationConstraintException" ||
    (status === 400 && s3Code === undefined)
  );
}

function forbiddenRemedy(refused: RefusedRequest): string {
  if (/\bkms:/i.test(refused.message)) {
    const action = /kms:\w+/i.exec(refused.message)?.[0] ?? "kms:GenerateDataKey";
    return (
      "The bucket encrypts with a KMS key that the caller may not use. " +
      `Grant ${action} on the key, or encrypt with SSE-S3 (AES256).`
    );
  }
  const reads = refused.operation === "GetObject" || refused.operation === "HeadObject";
  if (reads && refused.key !== undefined) {
    return (
      "The object is missing or forbidden: without s3:ListBucket on the bucket, S3 answers 403 " +
      "for missing keys too. Grant s3:ListBucket to tell the two apart."
    );
  }
  const action = findAction(refused.operation) ?? `s3:${refused.operation}`;
  return `The credentials may not do this. Grant ${action} on the bucket to their role.`;
}
