import type { BucketRecord, Engine, ObjectRecord } from "../../engine/engine.ts";
import { isOwnVersionId, isVersionId } from "../../engine/version-id.ts";
import { formatHttpDate } from "../../protocol/http-date.ts";
import { invalidArgument, S3Error } from "../../protocol/s3-error.ts";
import type { OperationRequest } from "../operation.ts";

/** The `versionId` of a request, checked. Undefined: the latest. */
export function requestedVersion(
  request: OperationRequest,
  bucket: BucketRecord,
): string | undefined {
  const versionId = request.query.get("versionId");
  if (versionId !== undefined) assertVersionId(request, bucket, { key: request.key, versionId });
  return versionId;
}

interface NamedVersion {
  readonly key: string;
  readonly versionId: string;
}

/** Throws S3Error InvalidArgument for an id that cannot be one of this bucket. */
export function assertVersionId(
  { engine }: OperationRequest,
  bucket: BucketRecord,
  version: NamedVersion,
): void {
  const { versionId } = version;
  if (versionId === "") {
    throw invalidArgument("Version id cannot be the empty string", "versionId", "");
  }
  if (!isPossibleVersion(engine, bucket, version)) {
    throw invalidArgument("Invalid version id specified", "versionId", versionId);
  }
}

/** Whether a version is there or, by its id, may have been. */
export function isPossibleVersion(
  engine: Engine,
  { name, settings }: BucketRecord,
  { key, versionId }: NamedVersion,
): boolean {
  if (versionId === "null") return true;
  if (settings.versioning === undefined || !isVersionId(versionId)) return false;
  return isOwnVersionId(versionId) || engine.getObject(name, key, versionId) !== undefined;
}

interface MarkerAnswer {
  /** The request's method, which S3 repeats in its error. */
  readonly method: "GET" | "PUT" | "POST" | "DELETE";
  /** When the latest version is a marker and the request names none; by its id it is always 405. */
  readonly ofMarker: "NoSuchKey" | "MethodNotAllowed";
  /** How NoSuchKey names the key. Default: as it is. */
  readonly missingKey?: string;
}

const reading: MarkerAnswer = { method: "GET", ofMarker: "NoSuchKey" };

/**
 * The version that a request is about. Throws NoSuchKey, NoSuchVersion, or for delete markers what S3
 * answers.
 */
export function findVersion(
  request: OperationRequest,
  bucket: BucketRecord,
  { method, ofMarker, missingKey = request.key }: MarkerAnswer = reading,
): ObjectRecord {
  const versionId = requestedVersion(request, bucket);
  const record = request.engine.getObject(bucket.name, request.key, versionId);
  if (record === undefined) throw missing(request, versionId, missingKey);
  if (!record.deleteMarker) return record;
  const headers = markerHeaders(record);
  if (versionId === undefined && ofMarker === "NoSuchKey") {
    const error = missing(request, versionId, missingKey);
    throw error.code === "NoSuchKey"
      ? new S3Error(error.code, { extra: error.extra, headers })
      : error;
  }
  throw new S3Error("MethodNotAllowed", {
    extra: { Method: method, ResourceType: "DeleteMarker" },
    headers: { ...headers, allow: "DELETE", "last-modified": formatHttpDate(record.lastModified) },
  });
}

export function markerHeaders({ versionId }: ObjectRecord): Record<string, string> {
  return { "x-amz-delete-marker": "true", "x-amz-version-id": versionId };
}

/** Who may not list a bucket may not learn either which keys it lacks. */
function missing(request: OperationRequest, versionId: string | undefined, key: string): S3Error {
  const listAction = versionId === undefined ? "s3:ListBucket" : "s3:ListBucketVersions";
  const denial = request.denialOf(listAction);
  if (denial !== undefined) return new S3Error("AccessDenied", { cause: denial });
  if (versionId === undefined) return new S3Error("NoSuchKey", { extra: { Key: key } });
  return new S3Error("NoSuchVersion", { extra: { Key: request.key, VersionId: versionId } });
}
