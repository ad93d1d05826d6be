import { findAction } from "../protocol/operations.ts";
import type { AdminCall, ServiceAnswer } from "./service-answer.ts";

const byCode: Readonly<Record<string, string>> = {
  BucketAlreadyExists:
    "The name belongs to another account; bucket names are shared by all of AWS. Choose " +
    "another one.",
  BucketAlreadyOwnedByYou: "The bucket is yours already: nothing is to be made.",
  ExpiredToken: "The temporary credentials have ended. Sign in again: `aws sso login`.",
  ExpiredTokenException: "The temporary credentials have ended. Sign in again: `aws sso login`.",
  IllegalLocationConstraintException:
    "The region asked for is not the one of the endpoint. Set STORAGE_S3_REGION to the " +
    "bucket's region.",
  InvalidAccessKeyId:
    "The store does not know this access key. Keys of one partition (GovCloud, China) " +
    "do not work in another, and temporary keys need their session token.",
  InvalidBucketName: "Use 3 to 63 lower-case letters, digits and hyphens.",
  InvalidBucketOwnerAWSAccountID: "The expected owner must be an account id of twelve digits.",
  InvalidBucketState: "Object Lock is on, so versioning cannot be suspended.",
  InvalidClientTokenId:
    "STS does not know this access key. Keys of one partition (GovCloud, China) do not " +
    "work in another, and temporary keys need their session token.",
  InvalidLocationConstraint:
    "The store knows no such region. Set STORAGE_S3_REGION to one of its regions.",
  InvalidToken:
    "The session token does not belong to these keys or to this partition, or the " +
    "region is not enabled. Take all three values from one sign-in.",
  MalformedXML: "The document breaks a rule of S3; the plan should have caught it.",
  NotSignedUp: "The account is not open for S3. Ask AWS support.",
  OperationAborted:
    "Another change to the bucket is under way, or a bucket of this name was just " +
    "deleted. Try again in a while.",
  RequestTimeTooSkewed:
    "This machine's clock differs by more than 15 minutes. Set it: `timedatectl set-ntp true`.",
  SignatureDoesNotMatch:
    "The secret does not fit the access key, or a proxy changes requests. Copy the " +
    "secret again, without spaces and quotes.",
  TooManyBuckets: "The account has as many buckets as it may. Ask AWS for a higher quota.",
};

/** What to do about a refusal of the control plane; undefined when there is no honest advice. */
export function adminRemedy(answer: ServiceAnswer, call: AdminCall): string | undefined {
  const { status, message, region } = answer;
  if (isRegionAnswer(answer) && region !== undefined) {
    return `The bucket is in region ${region}. Set STORAGE_S3_REGION=${region}.`;
  }
  const byName = codeRemedy(answer, call);
  if (byName !== undefined) return byName;
  if (status === 405 && call.operation.endsWith("BucketPolicy")) {
    return "The bucket belongs to another account, and policies are its owner's alone.";
  }
  return status === 403 ? forbiddenRemedy(message, call) : undefined;
}

function codeRemedy({ code, message }: ServiceAnswer, { bucket }: AdminCall): string | undefined {
  if (code === undefined) return undefined;
  if (code === "NoSuchBucket") {
    return (
      "Check the name and the endpoint, or make the bucket: " +
      `\`sms-storage setup --bucket ${bucket ?? "NAME"}\`.`
    );
  }
  if (code === "MalformedPolicy") return malformedPolicyRemedy(message);
  if (code.startsWith("KMS.")) {
    return (
      "The bucket's KMS key is missing, disabled or elsewhere. Name it by its full ARN, " +
      "or use SSE-S3 (AES256)."
    );
  }
  return byCode[code];
}

function isRegionAnswer({ code, status }: ServiceAnswer): boolean {
  return (
    status === 301 ||
    status === 307 ||
    code === "AuthorizationHeaderMalformed" ||
    code === "IllegalLocationConstraintException"
  );
}

function malformedPolicyRemedy(message: string): string {
  if (/principal/i.test(message)) {
    return (
      "A principal does not exist: a role needs its full path, and one made a moment ago may need " +
      "some seconds. AROA... in place of an ARN is what is left of a deleted role."
    );
  }
  return (
    "The policy is no valid document: check its JSON, and that bucket actions name the " +
    "bucket and object actions name bucket/*."
  );
}

function forbiddenRemedy(message: string, call: AdminCall): string {
  if (/BlockPublicPolicy/.test(message)) {
    return (
      "The policy counts as public and Block Public Access refuses it. Name roles or " +
      "accounts instead of *."
    );
  }
  if (/explicit deny in a resource-based policy/.test(message)) {
    return "The bucket's own policy denies it; the account's root user can still change it.";
  }
  if (/service control policy|resource control policy/.test(message)) {
    return "A policy of the organization forbids it; only its administrators can change that.";
  }
  return (
    `Grant ${actionOf(call.operation)} to the caller, and check that bucket and ` +
    `credentials belong to the same account.`
  );
}

function actionOf(operation: string): string {
  if (operation === "GetCallerIdentity") return "sts:GetCallerIdentity";
  if (operation === "GetRole") return "iam:GetRole";
  return findAction(operation) ?? `s3:${operation}`;
}
