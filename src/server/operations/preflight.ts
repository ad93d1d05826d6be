import type { S3OperationName } from "../../protocol/operations.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import type { Operation } from "../operation.ts";

/** No bucket here has CORS rules, so a browser's question is always answered with no. */
function refusePreflight(name: S3OperationName, resourceType: "BUCKET" | "OBJECT"): Operation {
  return {
    name,
    judgedBy: "nothing",
    handle: async (request) => {
      request.bucket();
      throw new S3Error("AccessForbidden", {
        extra: {
          Method: request.header("access-control-request-method") ?? "",
          ResourceType: resourceType,
        },
      });
    },
  };
}

export const preflightBucket = refusePreflight("PreflightBucket", "BUCKET");
export const preflightObject = refusePreflight("PreflightObject", "OBJECT");
