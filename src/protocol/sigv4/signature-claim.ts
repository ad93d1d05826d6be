/** What a request says about its signature; nothing of it is proven yet. */
export interface SignatureClaim {
  readonly kind: "header" | "presigned";
  readonly accessKeyId: string;
  /** `yyyyMMdd` of the credential scope. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  /** `yyyyMMdd'T'HHmmss'Z'`. */
  readonly amzDate: string;
  /** Lower case, sorted. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly sessionToken?: string;
  /** Of presigned requests only. */
  readonly expiresInSeconds?: number;
  /**
   * The value that the signature covers. Empty when a service other than S3 sent no
   * `x-amz-content-sha256`: then put the body's SHA-256 here before verifying.
   */
  readonly payloadHash: string;
}

/**
 * Canonical order and case, whatever order they came in. Each name once: every repetition of a long
 * header would add its value to the text that is hashed for a caller who is not known yet.
 */
export function parseSignedHeaders(text: string): string[] {
  const names = text
    .toLowerCase()
    .split(";")
    .filter((name) => name !== "");
  return [...new Set(names)].sort();
}
