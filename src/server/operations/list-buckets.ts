import { s3Limits } from "../../core/limits.ts";
import { renderListBuckets } from "../../protocol/documents/listings/list-buckets.ts";
import type { QueryParameters } from "../../protocol/query.ts";
import { invalidArgument, S3Error } from "../../protocol/s3-error.ts";
import { canonicalId } from "../buckets/canonical-id.ts";
import { isRegionOf } from "../buckets/known-regions.ts";
import {
  decodeContinuationToken,
  encodeContinuationToken,
} from "../listings/continuation-token.ts";
import type { Operation, OperationRequest } from "../operation.ts";
import { xmlResponse } from "../xml-response.ts";

/** The caller's own buckets, in name order. */
export const listBuckets: Operation = {
  name: "ListBuckets",
  bucket: "none",
  handle: async (request) => {
    const { caller, query, server } = request;
    if (caller.kind === "anonymous") throw new S3Error("AccessDenied");
    const limit = readMaxBuckets(query);
    const prefix = nonEmpty(query.get("prefix"));
    const region = readRegion(request);
    const token = nonEmpty(query.get("continuation-token"));
    const scope = `buckets of ${caller.accountId}`;
    const after = token === undefined ? undefined : decodeContinuationToken(scope, token);

    const owned = request.engine
      .listBuckets({
        ...(prefix !== undefined && { prefix }),
        ...(after !== undefined && { after }),
      })
      .filter((bucket) => bucket.ownerAccountId === caller.accountId)
      .filter((bucket) => region === undefined || bucket.region === region);
    const page = owned.slice(0, limit);
    const last = owned.length > limit ? page.at(-1) : undefined;
    const withRegion = knownParameters.some((name) => query.has(name));
    return xmlResponse(
      renderListBuckets({
        ownerId: canonicalId(caller.accountId),
        buckets: page.map((bucket) => ({
          name: bucket.name,
          createdAt: bucket.createdAt,
          // Regions are shown only to who asks with a parameter, as S3 has it.
          region: withRegion ? bucket.region : undefined,
          arn: `arn:${server.partition}:s3:::${bucket.name}`,
        })),
        prefix,
        continuationToken: last && encodeContinuationToken(scope, last.name),
      }),
    );
  },
};

const knownParameters = ["prefix", "max-buckets", "continuation-token", "bucket-region"];

function readMaxBuckets(query: QueryParameters): number {
  const text = query.get("max-buckets");
  if (text === undefined || text === "") return s3Limits.listBucketsPage;
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > s3Limits.listBucketsPage) {
    throw invalidArgument(
      `Argument max-buckets must be an integer between 1 and ${s3Limits.listBucketsPage}`,
      "max-buckets",
      text,
    );
  }
  return limit;
}

function readRegion({ query, server }: OperationRequest): string | undefined {
  const region = nonEmpty(query.get("bucket-region"));
  if (region === undefined || region === server.region || isRegionOf(server.partition, region)) {
    return region;
  }
  throw new S3Error("InvalidArgument", {
    message: `Argument value ${region} is not a valid AWS Region`,
    extra: { ArgumentName: "bucket-region" },
  });
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
