import { operationShape } from "../protocol/operations.ts";
import { S3Error } from "../protocol/s3-error.ts";
import { isSignedSubresource } from "../protocol/sigv2/subresources.ts";
import { unsupportedMechanism } from "../protocol/sigv4/header-claim.ts";
import type { Operation } from "./operation.ts";

/** S3's regions of before 2014; the later ones never took Signature Version 2. */
const regions: ReadonlySet<string> = new Set([
  "ap-northeast-1",
  "ap-southeast-1",
  "ap-southeast-2",
  "eu-west-1",
  "sa-east-1",
  "us-east-1",
  "us-west-1",
  "us-west-2",
]);

/**
 * Refuses what a link of Signature Version 2 cannot stand for. Its signature leaves most query
 * parameters out, so an operation that such a parameter selects may be the holder's own choice: the
 * link for one read could become another request; the trait `selectorMayBeUnsigned` says where not.
 * `region`: of the bucket, else of the server. Throws S3Error InvalidRequest.
 */
export function assertLinkReach(
  { name, selectorMayBeUnsigned = false }: Operation,
  region: string,
): void {
  const { query } = operationShape(name);
  const signed = query === undefined || query.split("&").every(isSignedSubresource);
  if ((signed || selectorMayBeUnsigned) && regions.has(region)) return;
  throw new S3Error("InvalidRequest", { message: unsupportedMechanism });
}
