import { parseContentSha256 } from "../protocol/payload/content-sha256.ts";
import { S3Error } from "../protocol/s3-error.ts";
import { emptySha256 } from "../protocol/sigv4/canonical-request.ts";
import type { SignatureClaim } from "../protocol/sigv4/verify.ts";
import type { RequestHeaders } from "./request-headers.ts";

/**
 * Refuses a request that came without a body and was signed with one, whether or not its operation
 * reads bodies: a document left out is often another document's place, as a bucket's region is.
 * Throws S3Error XAmzContentSHA256Mismatch, and IncompleteBody for framed bodies.
 */
export function assertNotStripped(
  hasBody: boolean,
  headers: RequestHeaders,
  claim: SignatureClaim | undefined,
): void {
  if (hasBody) return;
  const announced = headers.get("x-amz-content-sha256") ?? claim?.payloadHash ?? "";
  const content = parseContentSha256(announced);
  if (content?.kind === "sha256" && content.hex !== emptySha256) {
    throw new S3Error("XAmzContentSHA256Mismatch", {
      extra: {
        ClientComputedContentSHA256: content.hex,
        S3ComputedContentSHA256: emptySha256,
      },
    });
  }
  const decodedLength = headers.get("x-amz-decoded-content-length") ?? "0";
  if (content?.kind === "chunked" && decodedLength !== "0") throw new S3Error("IncompleteBody");
}
