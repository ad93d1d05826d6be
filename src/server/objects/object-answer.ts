import { checksumHeader } from "../../core/checksum.ts";
import type { BucketRecord, ObjectRecord } from "../../engine/engine.ts";
import { checksumHeaders } from "../../protocol/headers/checksum-headers.ts";
import { formatContentRange } from "../../protocol/headers/content-range.ts";
import { quoteEtag } from "../../protocol/headers/etag.ts";
import { encodeMetadataText, metadataPrefix } from "../../protocol/headers/metadata-text.ts";
import { formatHttpDate } from "../../protocol/http-date.ts";
import { actionFor } from "../../protocol/operations.ts";
import { invalidArgument, S3Error } from "../../protocol/s3-error.ts";
import type { OperationRequest, S3Response } from "../operation.ts";
import { assertReadableClass, restoreHeader } from "./archived.ts";
import { refuseCustomerKey } from "./customer-key.ts";
import { encryptionHeaders, refuseReadEncryption } from "./encryption.ts";
import { objectKey } from "./object-keys.ts";
import { expirationHeader } from "./expiration.ts";
import { findVersion } from "./find-version.ts";
import { isNotModified, judgeReadConditions } from "./read-conditions.ts";
import { versionHeader } from "./version-header.ts";
import { type SelectedBytes, selectBytes } from "./selected-bytes.ts";

export interface ObjectAnswer {
  readonly status: S3Response["status"];
  readonly headers: Readonly<Record<string, string>>;
  /** What the bytes are read with; undefined: the store's own key. */
  readonly dataKey: Buffer | undefined;
  readonly record: ObjectRecord;
  readonly selected: SelectedBytes;
}

/** Query parameters that replace an answer's headers, for signed requests. */
const overrides = [
  ["response-cache-control", "cache-control"],
  ["response-content-disposition", "content-disposition"],
  ["response-content-encoding", "content-encoding"],
  ["response-content-language", "content-language"],
  ["response-content-type", "content-type"],
  ["response-expires", "expires"],
] as const;

/** What GetObject and HeadObject have in common: everything but the bytes. */
export async function answerObject(
  request: OperationRequest,
  { reads }: { readonly reads: boolean },
): Promise<ObjectAnswer> {
  const bucket = request.bucket();
  refuseReadEncryption(request);
  const replaced = readOverrides(request);
  const record = findVersion(request, bucket);
  if (reads) assertReadableClass(record, request.now);
  const dataKey = await keyFor(request, bucket, record, reads);
  const whole: SelectedBytes = { range: undefined, part: undefined, partNumber: undefined };
  const verdict = judgeReadConditions(
    {
      ifMatch: request.header("if-match"),
      ifNoneMatch: request.header("if-none-match"),
      ifModifiedSince: request.header("if-modified-since"),
      ifUnmodifiedSince: request.header("if-unmodified-since"),
    },
    record,
    request.now,
  );
  if (isNotModified(verdict)) {
    const told = identityHeaders(bucket, record);
    return { status: 304, headers: told, record, selected: whole, dataKey };
  }
  const selected = selectBytes(request, record);
  const headers = identityHeaders(bucket, record);
  describeObject(headers, request, bucket, record);
  Object.assign(headers, describeSelection(record, selected));
  Object.assign(headers, selectedChecksum(request, record, selected), replaced);
  return { status: selected.range === undefined ? 200 : 206, headers, record, selected, dataKey };
}

/**
 * KMS is asked for the bytes, and for their checksum, which needs the same right. Source: API reference,
 * HeadObject, "Permissions".
 */
async function keyFor(
  request: OperationRequest,
  bucket: BucketRecord,
  record: ObjectRecord,
  reads: boolean,
): Promise<Buffer | undefined> {
  const asksForChecksum = request.header("x-amz-checksum-mode")?.toUpperCase() === "ENABLED";
  if (reads || asksForChecksum || record.encryption.dataKey === undefined) {
    return await objectKey(request, bucket, record);
  }
  refuseCustomerKey(request);
  return undefined;
}

/** What a client needs to know an object again; a 304 carries these too. */
function identityHeaders(bucket: BucketRecord, record: ObjectRecord): Record<string, string> {
  const headers: Record<string, string> = {
    etag: quoteEtag(record.etag),
    "last-modified": formatHttpDate(record.lastModified),
  };
  return Object.assign(headers, versionHeader(bucket, record));
}

/** Adds to the headers, which is cheaper than to spread them. */
function describeObject(
  headers: Record<string, string>,
  request: OperationRequest,
  bucket: BucketRecord,
  record: ObjectRecord,
): void {
  headers["accept-ranges"] = "bytes";
  Object.assign(headers, record.headers, encryptionHeaders(record.encryption));
  for (const [name, value] of Object.entries(record.metadata)) {
    headers[metadataPrefix + name] = encodeMetadataText(value);
  }
  if (record.storageClass !== undefined && record.storageClass !== "STANDARD") {
    headers["x-amz-storage-class"] = record.storageClass;
    const restore = restoreHeader(record, request.now);
    if (restore !== undefined) headers["x-amz-restore"] = restore;
  }
  const tagCount = record.tags?.length ?? 0;
  if (tagCount > 0 && mayReadTags(request)) headers["x-amz-tagging-count"] = String(tagCount);
  if (!request.query.has("versionId")) {
    const expiration = expirationHeader(bucket.settings.lifecycle, record);
    if (expiration !== undefined) headers["x-amz-expiration"] = expiration;
  }
}

/** S3 counts tags only for those who may read them. Source: API reference, GetObject. */
function mayReadTags(request: OperationRequest): boolean {
  const { key } = request;
  const versionId = request.query.get("versionId");
  return request.allows(actionFor("GetObjectTagging", { versioned: versionId !== undefined }), {
    key,
    ...(versionId !== undefined && { versionId }),
  });
}

function describeSelection(record: ObjectRecord, selected: SelectedBytes): Record<string, string> {
  const { range, part, partNumber } = selected;
  const lengthBytes =
    range === undefined ? (part?.sizeBytes ?? record.sizeBytes) : range.last - range.first + 1;
  return {
    "content-length": String(lengthBytes),
    ...(range !== undefined && {
      "content-range": formatContentRange(range, record.sizeBytes),
    }),
    ...(partNumber !== undefined &&
      record.parts !== undefined && { "x-amz-mp-parts-count": String(record.parts.length) }),
  };
}

/** A checksum is told when asked for, and only with the bytes that it is of. */
function selectedChecksum(
  request: OperationRequest,
  record: ObjectRecord,
  selected: SelectedBytes,
): Record<string, string> {
  const { checksum } = record;
  if (request.header("x-amz-checksum-mode")?.toUpperCase() !== "ENABLED") return {};
  if (checksum === undefined) return {};
  const { part, range } = selected;
  // Of the parts of a full-object checksum S3 tells none, but for one that is the whole object.
  if (part?.checksum !== undefined && checksum.type === "COMPOSITE") {
    return {
      [checksumHeader(checksum.algorithm)]: part.checksum,
      "x-amz-checksum-type": checksum.type,
    };
  }
  const isWhole = range === undefined || range.last - range.first + 1 === record.sizeBytes;
  const isTold = part === undefined || checksum.type === "FULL_OBJECT";
  return isWhole && isTold ? checksumHeaders(checksum) : {};
}

// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const controls = /[\u0000-\u001f\u007f]/;

function readOverrides(request: OperationRequest): Record<string, string> {
  const replaced: Record<string, string> = {};
  for (const [parameter, header] of overrides) {
    const value = request.query.get(parameter);
    if (value === undefined) continue;
    if (controls.test(value)) {
      throw invalidArgument(
        "Header value cannot be represented using ISO-8859-1.",
        parameter,
        value,
      );
    }
    replaced[header] = value;
  }
  if (Object.keys(replaced).length > 0 && request.caller.kind === "anonymous") {
    throw new S3Error("InvalidRequest", {
      message: "Request specific response headers cannot be used for anonymous GET requests.",
    });
  }
  return replaced;
}
