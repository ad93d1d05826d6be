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

/** Throws InvalidArgument unless midnight in UTC, MalformedXML when it is no date at all. */
export function assertMidnight(text: string): void {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new S3Error("MalformedXML");
  if (time % 86_400_000 !== 0) {
    throw invalidArgument("'Date' must be at midnight GMT", "Date", text);
  }
}
