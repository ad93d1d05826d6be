import { S3Error } from "../s3-error.ts";

/** What must be there. */
export function required<Value>(value: Value | undefined): Value {
  if (value === undefined) throw malformed();
  return value;
}

export function malformed(): S3Error {
  return new S3Error("MalformedXML");
}
