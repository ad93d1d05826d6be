import type { PresignFormRequest, PresignRequest } from "../core/presigned-url.ts";
import type { CopiedExtras } from "../core/object-extras.ts";
import type { ResolvedRange } from "../core/byte-range.ts";
import {
  type Check,
  type OptionChecks,
  callChecks,
  checkArgument,
  checkOptions,
  headerChecks,
  isArray,
  isCallback,
  isChecksumChoice,
  isDate,
  isFilledText,
  isFlag,
  isHeaderText,
  isOneOf,
  isPlainObject,
  isRange,
  isTags,
  isText,
  isWholeNumber,
  ownOptions,
  wrongArgument,
} from "../core/check-options.ts";
import { checksumAlgorithms } from "../core/checksum.ts";
import { s3Limits } from "../core/limits.ts";
import { assertObjectKey } from "../core/object-key.ts";
import type {
  CompleteOptions,
  CopyPartOptions,
  CreateUploadOptions,
  ListPartsOptions,
  ListUploadsOptions,
  UploadPartOptions,
} from "../core/multipart-options.ts";
import type {
  CopyOptions,
  CopySource,
  DeleteOptions,
  GetOptions,
  HeadOptions,
  ListOptions,
  ListVersionsOptions,
  ObjectHeaders,
  PartAddress,
  PutOptions,
  ReadConditions,
  UploadAddress,
  UploadBody,
  VersionOptions,
} from "../core/object-store.ts";

// What each argument of an ObjectStore may be. A type's own table has all its names: see OptionChecks.

const isEncryption: Check = (value) => {
  if (value === "AES256") return undefined;
  const isKms = isPlainObject(value) && ["", "kmsKeyId"].includes(Object.keys(value).join());
  const key = isKms ? value["kmsKeyId"] : null;
  return key === undefined || typeof key === "string" ? undefined : '"AES256" or { kmsKeyId: KEY }';
};

const isObjectChecksum: Check = (value) => {
  const isOne =
    isPlainObject(value) &&
    isOneOf(...checksumAlgorithms)(value["algorithm"]) === undefined &&
    isOneOf("FULL_OBJECT", "COMPOSITE")(value["type"]) === undefined &&
    isFilledText(value["value"]) === undefined;
  return isOne ? undefined : "{ algorithm, type, value } as the store tells it";
};

const isUploadChecksum: Check = (value) =>
  isPlainObject(value) ? isObjectChecksum(value) : isChecksumChoice(value);

const isCount = isWholeNumber(0);

export const versionChecks: OptionChecks<VersionOptions> = {
  ...callChecks,
  versionId: isFilledText,
};

const conditionChecks: OptionChecks<ReadConditions> = {
  ifMatch: isFilledText,
  ifNoneMatch: isFilledText,
  ifModifiedSince: isDate,
  ifUnmodifiedSince: isDate,
};

export const headChecks: OptionChecks<HeadOptions> = {
  ...versionChecks,
  ...conditionChecks,
  checksum: isFlag,
  partNumber: isWholeNumber(1, s3Limits.partsPerUpload),
};

export const getChecks: OptionChecks<GetOptions> = {
  ...headChecks,
  range: isRange,
  verify: isFlag,
};

const storedChecks: OptionChecks<ObjectHeaders & Pick<PutOptions, "encryption" | "tags">> = {
  ...headerChecks,
  encryption: isEncryption,
  tags: isTags,
};

const isGrants: Check = (value) =>
  isPlainObject(value) && Object.values(value).every((each) => isHeaderText(each) === undefined)
    ? undefined
    : "grantees by permission";

const extraChecks: OptionChecks<CopiedExtras> = {
  websiteRedirect: isHeaderText,
  lockMode: isOneOf("GOVERNANCE", "COMPLIANCE"),
  lockedUntil: isHeaderText,
  legalHold: isOneOf("ON", "OFF"),
  grants: isGrants,
};

const writeChecks = { ifAbsent: isFlag, ifMatch: isFilledText };

export const putChecks: OptionChecks<PutOptions> = {
  ...callChecks,
  ...storedChecks,
  ...writeChecks,
  checksum: isUploadChecksum,
};

export const deleteChecks: OptionChecks<DeleteOptions> = {
  ...versionChecks,
  ifMatch: isFilledText,
};

export const copyChecks: OptionChecks<CopyOptions> = {
  ...callChecks,
  ...storedChecks,
  ...writeChecks,
  ...extraChecks,
  metadataDirective: isOneOf("COPY", "REPLACE"),
  checksumAlgorithm: isOneOf(...checksumAlgorithms),
};

export const listChecks: OptionChecks<ListOptions> = {
  ...callChecks,
  prefix: isText,
  delimiter: isText,
  startAfter: isText,
  continuationToken: isText,
  maxKeys: isCount,
};

export const listVersionsChecks: OptionChecks<ListVersionsOptions> = {
  ...callChecks,
  prefix: isText,
  delimiter: isText,
  keyMarker: isText,
  versionIdMarker: isText,
  maxKeys: isCount,
};

export const createUploadChecks: OptionChecks<CreateUploadOptions> = {
  ...callChecks,
  ...storedChecks,
  ...extraChecks,
  checksumAlgorithm: isOneOf("none", ...checksumAlgorithms),
  checksumType: isOneOf("FULL_OBJECT", "COMPOSITE"),
};

export const uploadPartChecks: OptionChecks<UploadPartOptions> = {
  ...callChecks,
  checksum: isUploadChecksum,
};

export const copyPartChecks: OptionChecks<CopyPartOptions> = {
  ...callChecks,
  range: (value) =>
    isRange(value) ?? ((value as ResolvedRange).last === undefined ? "{ first, last }" : undefined),
};

export const completeChecks: OptionChecks<CompleteOptions> = {
  ...callChecks,
  ...writeChecks,
  checksum: isObjectChecksum,
  checksumType: isOneOf("FULL_OBJECT", "COMPOSITE"),
};

export const listPartsChecks: OptionChecks<ListPartsOptions> = {
  ...callChecks,
  partNumberMarker: isCount,
  maxParts: isCount,
};

export const listUploadsChecks: OptionChecks<ListUploadsOptions> = {
  ...callChecks,
  prefix: isText,
  delimiter: isText,
  keyMarker: isText,
  uploadIdMarker: isText,
  maxUploads: isCount,
};

const presignChecks: OptionChecks<PresignRequest> = {
  method: isOneOf("GET", "PUT", "HEAD", "DELETE"),
  key: isText,
  versionId: isFilledText,
  expiresInSeconds: isWholeNumber(1, s3Limits.presignSeconds),
  query: (value) =>
    isPlainObject(value) && Object.values(value).every((entry) => typeof entry === "string")
      ? undefined
      : "an object of strings",
  contentType: isHeaderText,
};

const presignFormChecks: OptionChecks<PresignFormRequest> = {
  key: isText,
  anyName: isFlag,
  expiresInSeconds: isWholeNumber(1, s3Limits.presignSeconds),
  contentType: isHeaderText,
  minBytes: isWholeNumber(0, s3Limits.singlePutBytes),
  maxBytes: isWholeNumber(0, s3Limits.singlePutBytes),
  metadata: headerChecks.metadata,
};

// Each answers an own copy of what it has checked: the caller's may be changed while the call runs.

export function takePresignForm(request: PresignFormRequest): PresignFormRequest {
  const taken = ownOptions(request);
  checkOptions("PresignForm", taken, presignFormChecks);
  checkArgument("PresignForm", "the key", taken.key, isText);
  return taken;
}

export function takePresign(request: PresignRequest): PresignRequest {
  const taken = ownOptions(request);
  checkArgument("Presign", "the request", taken, (value) =>
    isPlainObject(value) ? undefined : "an object with method and key",
  );
  checkOptions("Presign", taken, presignChecks);
  checkArgument("Presign", "the method", taken.method, presignChecks.method);
  return taken;
}

const sourceChecks: OptionChecks<CopySource> = {
  bucket: isFilledText,
  key: isText,
  versionId: isFilledText,
  ifMatch: isFilledText,
};

export function takeSource(operation: string, source: CopySource): CopySource {
  const taken = ownOptions(source);
  checkOptions(operation, taken, sourceChecks);
  assertObjectKey(taken?.key, operation);
  return taken;
}

export function takeUpload(operation: string, upload: UploadAddress): UploadAddress {
  const taken = { key: upload?.key, uploadId: upload?.uploadId };
  assertObjectKey(taken.key, operation);
  checkArgument(operation, "the uploadId", taken.uploadId, isFilledText);
  return taken;
}

export function takePart(operation: string, part: PartAddress): PartAddress {
  const taken = { ...takeUpload(operation, part), partNumber: part.partNumber };
  const isNumber = isWholeNumber(1, s3Limits.partsPerUpload);
  checkArgument(operation, "the partNumber", taken.partNumber, isNumber);
  return taken;
}

/** Of DeleteObjects and of a completion. */
export function takeEntries<Entry extends object>(
  operation: string,
  what: string,
  entries: readonly Entry[],
  checks: Readonly<Record<string, Check>>,
): readonly Entry[] {
  const taken = ownOptions(entries);
  checkArgument(operation, what, taken, isArray);
  for (const entry of taken) {
    if (!isPlainObject(entry)) throw wrongArgument(operation, what, "an array of objects", entry);
    for (const [name, check] of Object.entries(checks)) {
      checkArgument(operation, `the ${name} of each of ${what}`, entry[name], check);
    }
  }
  return taken;
}

export const partChecks = {
  partNumber: isWholeNumber(1, s3Limits.partsPerUpload),
  etag: isText,
  sizeBytes: isCount,
};

export const entryChecks: Readonly<Record<string, Check>> = {
  key: isFilledText,
  versionId: (value) => (value === undefined ? undefined : isFilledText(value)),
};

/** The bytes as this realm has them: those of another are no `instanceof Uint8Array`. */
export function uploadBody(operation: string, body: UploadBody): UploadBody {
  if (body instanceof Uint8Array) return body;
  const wanted = "a Uint8Array or { lengthBytes, open() }";
  if (ArrayBuffer.isView(body)) {
    const view: ArrayBufferView = body;
    const { buffer, byteOffset, byteLength } = view;
    if (!("length" in view) || view.length !== byteLength)
      throw wrongArgument(operation, "the body", wanted, body);
    return new Uint8Array(buffer, byteOffset, byteLength);
  }
  const source = body as { lengthBytes?: unknown; open?: unknown } | null | undefined;
  if (isCount(source?.lengthBytes) !== undefined || isCallback(source?.open) !== undefined)
    throw wrongArgument(operation, "the body", wanted, body);
  return body;
}
