import { JsonError } from "../aws-json/json-error.ts";
import type { AuthenticatedCaller } from "../caller.ts";

/** Codes and texts as CloudTrail has them. Source: CloudTrail API reference; botocore's service model. */
export function trailNotFound(name: string, { accountId }: AuthenticatedCaller): JsonError {
  return new JsonError(
    "TrailNotFoundException",
    `Unknown trail: ${name} for the user: ${accountId}`,
  );
}

export function trailExists(name: string, accountId: string): JsonError {
  return new JsonError(
    "TrailAlreadyExistsException",
    `Trail ${name} already exists for customer: ${accountId}`,
  );
}

export function noTrailBucket(bucket: string): JsonError {
  return new JsonError("S3BucketDoesNotExistException", `S3 bucket ${bucket} does not exist!`);
}

/** AWS says the first half alone. */
export function badBucketPolicy(bucket: string, why: string): JsonError {
  return new JsonError(
    "InsufficientS3BucketPolicyException",
    `Incorrect S3 bucket policy is detected for bucket: ${bucket}. ${why}`,
  );
}

export function badSelectors(message: string): JsonError {
  return new JsonError("InvalidEventSelectorsException", message);
}

export function notBuilt(what: string, instead: string): JsonError {
  return new JsonError("UnsupportedOperationException", `This server ${what}. ${instead}`);
}
