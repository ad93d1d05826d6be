import { endOfDays } from "../../engine/lifecycle/due-date.ts";
import { restoreRequest } from "../../protocol/documents/restore-request.ts";
import { invalidArgument, S3Error } from "../../protocol/s3-error.ts";
import { isArchived, restoredUntil } from "../objects/archived.ts";
import { findVersion } from "../objects/find-version.ts";
import type { Operation } from "../operation.ts";

/** Dates of HTTP have years of four digits. */
const lastDay = Date.parse("9999-12-31T00:00:00Z");

/**
 * Makes the bytes of an archived object readable for some days. There is no tape here that would have to
 * be fetched: they are so when the answer comes, where S3 needs minutes to days. As on S3 the first
 * answer is 202, and 200 where only the days change. Source: S3 API reference, RestoreObject.
 */
export const restoreObject: Operation = {
  name: "RestoreObject",
  handle: async (request) => {
    const bucket = request.bucket();
    const record = findVersion(request, bucket, {
      method: "POST",
      ofMarker: "MethodNotAllowed",
    });
    const { storageClass = "STANDARD", versionId } = record;
    if (!isArchived(record)) {
      throw new S3Error("InvalidObjectState", {
        message: "Restore is not allowed for the object's current storage class",
        extra: { StorageClass: storageClass },
      });
    }
    const days = readDays(await request.readDocument(), storageClass);
    const until = new Date(Math.min(endOfDays(request.now, days), lastDay));
    const address = { bucket: bucket.name, key: request.key, versionId };
    await request.engine.setRestoredUntil(address, until);
    return { status: restoredUntil(record, request.now) === undefined ? 202 : 200, headers: {} };
  },
};

function readDays(document: Buffer, storageClass: string): number {
  const { Days, GlacierJobParameters, Tier, Type } = restoreRequest.parse(document);
  if (Type !== undefined) {
    throw new S3Error("NotImplemented", { message: "Queries of archives are not implemented." });
  }
  const tier = GlacierJobParameters?.Tier ?? Tier;
  if (tier === "Expedited" && storageClass === "DEEP_ARCHIVE") {
    throw invalidArgument("Retrieval option is not supported by this storage class", "Tier", tier);
  }
  if (Days === undefined) throw new S3Error("MalformedXML");
  if (Days < 1) throw invalidArgument("'Days' must be a positive integer", "Days", String(Days));
  return Days;
}
