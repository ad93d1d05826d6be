import type { S3OperationName } from "../../protocol/operations.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import { crossOriginHeaders } from "../cross-origin.ts";
import type { Operation, OperationRequest } from "../operation.ts";

const methods: ReadonlySet<string> = new Set(["GET", "PUT", "HEAD", "POST", "DELETE"]);

/**
 * A browser asks, before a request of a page of another site, whether that site may make it. It says not
 * who asks, so that the bucket's rules alone answer. Source: recordings of AWS of 2023-07 to 2025-07;
 * S3 Developer Guide, "OPTIONS object".
 */
function answerPreflight(name: S3OperationName, resourceType: "BUCKET" | "OBJECT"): Operation {
  return {
    name,
    judgedBy: "nothing",
    handle: async (request) => {
      const origin = request.header("origin") ?? "";
      const method = request.header("access-control-request-method");
      if (origin === "") {
        throw new S3Error("BadRequest", {
          message: "Insufficient information. Origin request header needed.",
        });
      }
      const rules = bucketRules(request);
      if (typeof rules === "string") throw forbidden(method, "BUCKET", rules);
      if (method === undefined || !methods.has(method)) {
        throw new S3Error("BadRequest", {
          message: `Invalid Access-Control-Request-Method: ${method ?? "null"}`,
        });
      }
      const requestHeaders = request.header("access-control-request-headers");
      const headers = crossOriginHeaders(rules, { origin, method, requestHeaders });
      if (headers === undefined) throw forbidden(method, resourceType, noRuleFits);
      return { status: 200, headers };
    },
  };
}

const noRuleFits =
  "CORSResponse: This CORS request is not allowed. This is usually because the evalution of " +
  "Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are " +
  "not whitelisted by the resource's CORS spec.";

/** A text: why there are none. */
function bucketRules({ engine, bucketName }: OperationRequest) {
  const bucket = engine.getBucket(bucketName);
  if (bucket === undefined) return "CORSResponse: Bucket not found";
  return bucket.settings.cors ?? "CORSResponse: CORS is not enabled for this bucket.";
}

function forbidden(
  Method = "OPTIONS",
  ResourceType: "BUCKET" | "OBJECT",
  message: string,
): S3Error {
  return new S3Error("AccessForbidden", { message, extra: { Method, ResourceType } });
}

export const preflightBucket = answerPreflight("PreflightBucket", "BUCKET");
export const preflightObject = answerPreflight("PreflightObject", "OBJECT");
