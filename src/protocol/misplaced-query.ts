import type { OperationScope, S3OperationShape } from "./operation-table.ts";
import type { QueryParameters } from "./query.ts";
import { invalidArgument, S3Error } from "./s3-error.ts";

/**
 * Parameters that say what of a resource is meant, and the operations that read them: with any other
 * operation the request means something else. Source: botocore's model (1.44).
 */
const readers: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["annotationName", words("GetObjectAnnotation PutObjectAnnotation DeleteObjectAnnotation")],
  ["partNumber", words("GetObject HeadObject UploadPart UploadPartCopy")],
  [
    "versionId",
    words(`
      GetObject HeadObject DeleteObject GetObjectAttributes RestoreObject UpdateObjectEncryption
      GetObjectAcl PutObjectAcl GetObjectTagging PutObjectTagging DeleteObjectTagging
      GetObjectLegalHold PutObjectLegalHold GetObjectRetention PutObjectRetention
      GetObjectAnnotation ListObjectAnnotations PutObjectAnnotation DeleteObjectAnnotation`),
  ],
]);

/**
 * Parameters that the model has for operations that only read; with a write they say nothing, as AWS
 * takes them, and are no sub-resource of a later day. Source: botocore's model (1.44).
 */
const harmless = words(`
  annotation-prefix bucket-region continuation-token delimiter encoding-type fetch-owner id key-marker
  list-type marker max-annotation-results max-buckets max-directory-buckets max-keys max-parts
  max-uploads part-number-marker prefix select-type start-after upload-id-marker version-id-marker`);

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

/**
 * The name of a parameter with which an operation cannot be meant. A write is refused, too, with a bare
 * name that this server does not know: it may be S3's next sub-resource, whose place is not the plain
 * write. S3 passes over names that begin with `x-` (User Guide, "Amazon S3 server access log format"),
 * and with reads over all that it does not know.
 */
export function findMisplaced(shape: S3OperationShape, query: QueryParameters): string | undefined {
  const { name: operation, method } = shape;
  if (method === "OPTIONS") return undefined;
  const reads = method === "GET" || method === "HEAD";
  const found = query.entries().find(([name, value]) => {
    const readBy = readers.get(name);
    if (readBy !== undefined) return !readBy.has(operation);
    return !reads && value === "" && isUnknown(name, shape);
  });
  return found?.[0];
}

function isUnknown(name: string, { query = "" }: S3OperationShape): boolean {
  if (harmless.has(name) || query.split("&").includes(name)) return false;
  return !/^(x-|response-)/i.test(name);
}

interface Place {
  readonly method: string;
  readonly scope: OperationScope;
  /** The one sub-resource that is asked for. */
  readonly selector: string | undefined;
  /** Of the operation that would be there otherwise; see `findMisplaced`. */
  readonly misplaced: string | undefined;
  readonly query: QueryParameters;
}

/**
 * Why S3 has no operation at a place. Sources: answers of AWS as measured by brekkylab/backlot
 * (2026-09); versitygw's tests that are run against AWS.
 */
export function explainPlace(place: Place): S3Error {
  const { method, scope, selector, misplaced, query } = place;
  const inParts = query.has("partNumber");
  if (inParts && selector === "uploadId") return methodNotAllowed(method, "part");
  if (misplaced !== undefined) return explainMisplaced(misplaced, place);
  if (inParts && scope === "object" && selector === undefined) {
    return explainMisplaced("partNumber", place);
  }
  const message = wrongPlaces.get(`${scope} ${selector}`);
  if (message !== undefined && (scope === "bucket" || method === "GET")) {
    return new S3Error("InvalidRequest", { message });
  }
  return methodNotAllowed(method, selector ?? scope);
}

function methodNotAllowed(method: string, resource: string): S3Error {
  const ResourceType = resourceTypes.get(resource) ?? resource.toUpperCase();
  return new S3Error("MethodNotAllowed", { extra: { Method: method, ResourceType } });
}

/** At a key only GET is answered so. */
const wrongPlaces: ReadonlyMap<string, string> = new Map([
  ["bucket uploadId", "A key must be specified"],
  ["object uploads", "Key is not expected for the GET method ?uploads subresource"],
  ["object versions", "There is no such thing as the ?versions sub-resource for a key"],
]);

/** Source: User Guide, "Amazon S3 server access log format", which names operations by them. */
const resourceTypes: ReadonlyMap<string, string> = new Map([
  ["delete", "MULTI_OBJECT_DELETE"],
  ["policy", "BUCKETPOLICY"],
  ["uploadId", "UPLOAD"],
  ["versions", "BUCKETVERSIONS"],
]);

function explainMisplaced(name: string, { scope, selector, query }: Place): S3Error {
  const value = query.get(name) ?? "";
  if (name === "versionId") {
    return invalidArgument("This operation does not accept a version-id.", name, value);
  }
  if (selector !== undefined) return conflictingParameters([selector, name].sort());
  if (name !== "partNumber") {
    return invalidArgument("Unexpected query string parameter", "ResourceType", name);
  }
  if (scope === "object") {
    const message = "This operation does not accept partNumber without uploadId";
    return invalidArgument(message, name, value);
  }
  return new S3Error("InvalidRequest", { message: "Object must have a valid key name." });
}

/** `names` in order. */
export function conflictingParameters(names: readonly string[]): S3Error {
  const message = `Conflicting query string parameters: ${names.join(", ")}`;
  return invalidArgument(message, "ResourceType", names[0] ?? "");
}
