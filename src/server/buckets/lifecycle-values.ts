import { s3Limits } from "../../core/limits.ts";
import { invalidArgument, S3Error } from "../../protocol/s3-error.ts";

const noncurrentVersions = 100;

/** Throws InvalidArgument unless a whole number above zero. */
export function assertPositive(days: number, field: string, action: string): void {
  if (Number.isInteger(days) && days > 0) return;
  throw invalidArgument(
    `'${field}' for ${action} action must be a positive integer`,
    field,
    String(days),
  );
}

/** Throws InvalidArgument unless 1 to 100, or not given. */
export function assertKeptVersions(count: number | undefined, action: string): void {
  if (
    count === undefined ||
    (Number.isInteger(count) && count > 0 && count <= noncurrentVersions)
  ) {
    return;
  }
  throw invalidArgument(
    `'NewerNoncurrentVersions' for ${action} action must be an integer between 1 and ` +
      `${noncurrentVersions}`,
    "NewerNoncurrentVersions",
    String(count),
  );
}

/**
 * Throws InvalidRequest for bounds that no size of an object lies between. Sources: S3 User Guide,
 * "Lifecycle configuration elements"; hashicorp/terraform-provider-aws#41521 for the text.
 */
export function assertSizes(greaterThan: number | undefined, lessThan: number | undefined): void {
  assertSize(greaterThan, "ObjectSizeGreaterThan", 0);
  assertSize(lessThan, "ObjectSizeLessThan", 1);
  if (greaterThan === undefined || lessThan === undefined || greaterThan < lessThan) return;
  throw new S3Error("InvalidRequest", {
    message: "'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'.",
  });
}

function assertSize(size: number | undefined, name: string, least: number): void {
  const most = s3Limits.lifecycleSizeBytes;
  if (size === undefined || (size >= least && size <= most)) return;
  throw new S3Error("InvalidRequest", {
    message: `'${name}' should be between ${least} and ${most}`,
  });
}

/** Throws InvalidArgument unless midnight in UTC, MalformedXML when it is no date at all. */
export function assertMidnight(text: string): void {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new S3Error("MalformedXML");
  if (time % 86_400_000 !== 0) {
    throw invalidArgument("'Date' must be at midnight GMT", "Date", text);
  }
}
