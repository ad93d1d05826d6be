import { s3Limits } from "../../core/limits.ts";
import type { BucketRecord, ObjectAttributes } from "../../engine/engine.ts";
import { withoutAwsChunked } from "../../protocol/headers/content-encoding.ts";
import { metadataPrefix, storedMetadataText } from "../../protocol/headers/metadata-text.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import type { OperationRequest } from "../operation.ts";
import { assertAclAllowed } from "./acl-headers.ts";
import { readEncryption } from "./encryption.ts";
import { noObjectLock } from "./no-object-lock.ts";
import { readTaggingHeader } from "./tags.ts";

const redirectHeader = "x-amz-website-redirect-location";

/** Headers that S3 keeps with an object and gives back as they came. */
const storedHeaders = [
  "cache-control",
  "content-disposition",
  "content-language",
  "expires",
  redirectHeader,
] as const;

/** Source: S3 API reference, PutObject, `x-amz-storage-class`; the ones that a general bucket takes. */
const storageClasses: ReadonlySet<string> = new Set([
  "STANDARD",
  "REDUCED_REDUNDANCY",
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "GLACIER",
  "GLACIER_IR",
  "DEEP_ARCHIVE",
]);

/** All that a write request says of its object beside the bytes. Throws S3Error for what S3 refuses. */
export function readObjectAttributes(
  request: OperationRequest,
  bucket: BucketRecord,
): ObjectAttributes {
  assertAclAllowed(request, bucket);
  refuseObjectLock(request);
  const tags = readTaggingHeader(request.header("x-amz-tagging"));
  const storageClass = readStorageClass(request);
  return {
    headers: readStoredHeaders(request),
    metadata: readMetadata(request),
    encryption: readEncryption(request, bucket),
    tags,
    storageClass,
  };
}

function readStoredHeaders(request: OperationRequest): Record<string, string> {
  const contentType = request.header("content-type") ?? "";
  const headers: Record<string, string> = {
    "content-type": contentType === "" ? "binary/octet-stream" : contentType,
  };
  const encoding = withoutAwsChunked(request.header("content-encoding"));
  if (encoding !== undefined && encoding !== "") headers["content-encoding"] = encoding;
  for (const name of storedHeaders) {
    const value = request.header(name);
    if (value !== undefined) headers[name] = value;
  }
  assertRedirect(headers[redirectHeader]);
  return headers;
}

/** What S3 takes as the place that a website leads to. */
function assertRedirect(location: string | undefined): void {
  if (location === undefined) return;
  if (!/^(https?:\/\/|\/)/.test(location)) throw new S3Error("InvalidRedirectLocation");
  const most = s3Limits.redirectLocationBytes;
  if (Buffer.byteLength(location, "utf8") <= most) return;
  throw new S3Error("InvalidRedirectLocation", {
    message: `The length of website redirect location cannot exceed ${most.toLocaleString("en")} characters.`,
  });
}

/** User metadata by lower-case name. Names and values together are limited to 2 KiB. */
function readMetadata(request: OperationRequest): Record<string, string> {
  const metadata: [string, string][] = [];
  let sizeBytes = 0;
  for (const [header, sent] of request.headersStarting(metadataPrefix)) {
    const value = storedMetadataText(sent);
    const name = header.slice(metadataPrefix.length);
    sizeBytes += Buffer.byteLength(name, "utf8") + Buffer.byteLength(value, "utf8");
    metadata.push([name, value]);
  }
  if (sizeBytes > s3Limits.userMetadataBytes) {
    throw new S3Error("MetadataTooLarge", {
      extra: {
        Size: String(sizeBytes),
        MaxSizeAllowed: String(s3Limits.userMetadataBytes),
      },
    });
  }
  // Unlike an assignment this also takes the name `__proto__`.
  return Object.fromEntries(metadata);
}

/** Undefined: not said, so STANDARD. */
function readStorageClass(request: OperationRequest): string | undefined {
  const storageClass = request.header("x-amz-storage-class");
  if (storageClass === undefined || storageClasses.has(storageClass)) return storageClass;
  throw new S3Error("InvalidStorageClass", { extra: { StorageClassRequested: storageClass } });
}

function refuseObjectLock(request: OperationRequest): void {
  if (request.headersStarting("x-amz-object-lock-").size > 0) throw noObjectLock();
}
