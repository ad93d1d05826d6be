import { invalidArgument } from "../../protocol/s3-error.ts";

/** Binds an object's key of KMS to names and values of the writer's, beside those of S3. */
export const contextHeader = "x-amz-server-side-encryption-context";

/**
 * Reads that header: JSON of texts by name, in base64. Throws S3Error InvalidArgument. Sources: API
 * reference, PutObject; AWS's answer in HADOOP-19197 for the text.
 */
export function parseContext(encoded: string): Readonly<Record<string, string>> {
  try {
    const bytes = Buffer.from(encoded, "base64");
    const parsed: unknown = JSON.parse(bytes.toString("utf8"));
    if (isTextByName(parsed)) return parsed;
  } catch {
    // Refused like any other text that is no such map.
  }
  throw invalidArgument(
    `The header '${contextHeader}' shall be Base64-encoded UTF-8 string holding JSON which ` +
      "represents a string-string map",
    contextHeader,
    encoded,
  );
}

function isTextByName(value: unknown): value is Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((one) => typeof one === "string");
}
