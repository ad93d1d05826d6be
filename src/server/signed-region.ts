import type { BucketRecord } from "../engine/engine.ts";
import { assertCredentialScope, type SignatureClaim } from "../protocol/sigv4/verify.ts";
import { isRegionOf } from "./buckets/known-regions.ts";
import type { OperationRequest, ServerIdentity } from "./operation.ts";

/**
 * One endpoint stands for all regions: a request may be signed for the bucket's region or the
 * server's. Anything else is the mistake that S3 answers with the region to use.
 */
export function assertBucketRegion(
  claim: SignatureClaim | undefined,
  bucket: BucketRecord,
  server: ServerIdentity,
): void {
  if (claim === undefined || claim.region === server.region || server.onlyRegion === true) return;
  assertCredentialScope(claim, { region: bucket.region, service: "s3" });
}

/**
 * Without a bucket in the address the server's region is right, and that of any bucket of the
 * caller's account: clients have one region for all that they do.
 */
export function assertServiceRegion(
  claim: SignatureClaim | undefined,
  { caller, engine, server }: OperationRequest,
): void {
  if (claim === undefined || claim.region === server.region || server.onlyRegion === true) return;
  const isBucketsRegion = engine
    .listBuckets()
    .some(
      ({ ownerAccountId, region }) =>
        caller.kind !== "anonymous" &&
        ownerAccountId === caller.accountId &&
        region === claim.region,
    );
  if (!isBucketsRegion) assertCredentialScope(claim, { region: server.region, service: "s3" });
}

/** STS and IAM belong to no bucket: they take any region that there is in the partition. */
export function assertKnownRegion(
  claim: SignatureClaim | undefined,
  { region, partition }: ServerIdentity,
): void {
  if (claim === undefined || claim.region === region) return;
  if (isRegionOf(partition, claim.region)) return;
  assertCredentialScope(claim, { region, service: claim.service });
}
