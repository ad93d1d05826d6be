import { S3Error } from "../../protocol/s3-error.ts";
import type { ServerIdentity } from "../operation.ts";
import { isRegionOf } from "./known-regions.ts";

export interface RegionQuestion {
  /** The `LocationConstraint` of the request; undefined or empty: none. */
  readonly constraint: string | undefined;
  /** The region whose endpoint the client means. */
  readonly endpointRegion: string;
  readonly server: Pick<ServerIdentity, "region" | "partition" | "onlyRegion">;
}

/**
 * The region of a new bucket. The endpoint of us-east-1 creates buckets everywhere and refuses its own
 * name; every other endpoint wants its own name and nothing else.
 * Throws InvalidLocationConstraint or IllegalLocationConstraintException, and for an endpoint that
 * does not exist AuthorizationHeaderMalformed with the server's region, to which s3cmd and SDKs turn
 * by themselves. Source: recordings of AWS of 2026-02 in LocalStack's snapshots
 * (`test_different_location_constraint` and neighbours).
 */
export function chooseRegion(question: RegionQuestion): string {
  const { endpointRegion, server } = question;
  const constraint = question.constraint === "" ? undefined : question.constraint;
  if (server.onlyRegion === true) return assertOnlyRegion(constraint, server.region);
  const isKnown = (region: string): boolean =>
    region === server.region || isRegionOf(server.partition, region);
  if (!isKnown(endpointRegion)) throw wrongEndpoint(endpointRegion, server.region);
  if (endpointRegion === "us-east-1") {
    if (constraint === undefined) return endpointRegion;
    const region = constraint === "EU" ? "eu-west-1" : constraint;
    if (region === "us-east-1" || !isKnown(region)) throw invalid(constraint);
    return region;
  }
  if (constraint !== endpointRegion) throw illegal(constraint ?? "unspecified");
  return constraint;
}

function assertOnlyRegion(constraint: string | undefined, region: string): string {
  if (constraint === undefined || constraint === region) return region;
  throw invalid(constraint);
}

function invalid(constraint: string): S3Error {
  return new S3Error("InvalidLocationConstraint", { extra: { LocationConstraint: constraint } });
}

function illegal(constraint: string): S3Error {
  return new S3Error("IllegalLocationConstraintException", {
    message:
      `The ${constraint} location constraint is incompatible for the region specific endpoint this ` +
      "request was sent to.",
  });
}

function wrongEndpoint(region: string, expected: string): S3Error {
  return new S3Error("AuthorizationHeaderMalformed", {
    message:
      `The authorization header is malformed; the region '${region}' is wrong; expecting ` +
      `'${expected}'`,
    extra: { Region: expected },
    headers: { "x-amz-bucket-region": expected },
  });
}
