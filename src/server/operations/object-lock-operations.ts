import type { S3OperationName } from "../../protocol/operations.ts";
import { findVersion } from "../objects/find-version.ts";
import { noObjectLock } from "../objects/no-object-lock.ts";
import type { Operation } from "../operation.ts";

function withoutLock(name: S3OperationName, method: "GET" | "PUT"): Operation {
  return {
    name,
    handle: async (request) => {
      findVersion(request, request.bucket(), { method, ofMarker: "MethodNotAllowed" });
      throw noObjectLock();
    },
  };
}

/** The operations on an object's retention and legal hold, which no bucket here can have. */
export const objectLockOperations: readonly Operation[] = [
  withoutLock("GetObjectLegalHold", "GET"),
  withoutLock("GetObjectRetention", "GET"),
  withoutLock("PutObjectLegalHold", "PUT"),
  withoutLock("PutObjectRetention", "PUT"),
];
