import type { CopiedExtras } from "../../core/object-extras.ts";
import { formatRange } from "../../core/byte-range.ts";
import { StorageError } from "../../core/errors.ts";
import type {
  EncryptionOptions,
  GetOptions,
  HeadOptions,
  ObjectHead,
  ObjectHeaders,
  ObjectTags,
  ReadConditions,
  WriteConditions,
} from "../../core/object-store.ts";
import type { AnswerHeaders } from "../answer-headers.ts";
import { readChecksumHeaders } from "../../protocol/headers/checksum-headers.ts";
import { parseContentRange } from "../../protocol/headers/content-range.ts";
import { bareEtag, matchesEtag } from "../../protocol/headers/etag.ts";
import { decodeMetadataText, metadataPrefix } from "../../protocol/headers/metadata-text.ts";
import { formatTaggingHeader } from "../../protocol/headers/tagging-header.ts";
import { formatHttpDate } from "../../protocol/http-date.ts";
import { requireAbility, type StoreContext } from "./store-context.ts";

type HeaderMap = Record<string, string | undefined>;

export interface StoredHeaders extends ObjectHeaders, EncryptionOptions, CopiedExtras {
  readonly tags?: ObjectTags;
}

/** Request headers for what S3 stores beside the bytes. */
export function storedHeaders(
  store: StoreContext,
  operation: string,
  options: StoredHeaders,
): HeaderMap {
  const headers: HeaderMap = {
    "content-type": options.contentType,
    "content-encoding": options.contentEncoding,
    "content-disposition": options.contentDisposition,
    "content-language": options.contentLanguage,
    "cache-control": options.cacheControl,
    expires: options.expires,
    "x-amz-storage-class": options.storageClass,
    "x-amz-tagging": options.tags === undefined ? undefined : formatTaggingHeader(options.tags),
    "x-amz-website-redirect-location": options.websiteRedirect,
    "x-amz-object-lock-mode": options.lockMode,
    "x-amz-object-lock-retain-until-date": options.lockedUntil,
    "x-amz-object-lock-legal-hold": options.legalHold,
  };
  for (const [permission, grantees] of Object.entries(options.grants ?? {})) {
    headers[`x-amz-grant-${permission}`] = grantees;
  }
  const metadata = Object.entries(options.metadata ?? {});
  if (metadata.length > 0) {
    requireAbility(store, "userMetadata", { operation, name: "user metadata" });
    for (const [name, value] of metadata) headers[metadataPrefix + name.toLowerCase()] = value;
  }
  if (options.encryption !== undefined) {
    requireAbility(store, "serverSideEncryptionHeader", {
      operation,
      name: "choice of server-side encryption",
    });
    Object.assign(headers, encryptionHeaders(options.encryption));
  }
  return headers;
}

function encryptionHeaders(encryption: NonNullable<EncryptionOptions["encryption"]>): HeaderMap {
  if (encryption === "AES256") return { "x-amz-server-side-encryption": "AES256" };
  return {
    "x-amz-server-side-encryption": "aws:kms",
    "x-amz-server-side-encryption-aws-kms-key-id": encryption.kmsKeyId,
  };
}

export function writeConditionHeaders(
  store: StoreContext,
  operation: string,
  conditions: WriteConditions,
): HeaderMap {
  const ifAbsent = conditions.ifAbsent ?? false;
  if (!ifAbsent && conditions.ifMatch === undefined) return {};
  if (ifAbsent && conditions.ifMatch !== undefined) {
    throw new StorageError("InvalidArgument", "ifAbsent and ifMatch exclude each other.", {
      operation,
    });
  }
  // Such a store creates only, whatever it is told; a condition that it does not know adds nothing.
  const { overwrite, conditionalWrites: looksAt } = store.capabilities;
  if (ifAbsent && overwrite === "no" && looksAt === "no") return {};
  requireAbility(store, "conditionalWrites", { operation, name: "conditional writes" });
  return {
    "if-none-match": ifAbsent ? "*" : undefined,
    "if-match": conditionEtag(store, conditions.ifMatch),
  };
}

/** An ETag as the store wants it in the condition of a write. */
export function conditionEtag(store: StoreContext, etag: string | undefined): string | undefined {
  const isBare = store.dialect.writeConditionEtag.value === "bare";
  return isBare && etag !== undefined ? bareEtag(etag) : etag;
}

/** Stored checksums are told only to those who ask. One literal: it is made for each small object of a tree. */
export function readHeaders(
  { dialect }: StoreContext,
  options: ReadConditions & Partial<Pick<GetOptions, "range"> & Pick<HeadOptions, "checksum">>,
): HeaderMap {
  const { range, checksum = true } = options;
  const asksForChecksum = checksum && dialect.readChecksums.value;
  return {
    range: range === undefined ? undefined : formatRange(range),
    "x-amz-checksum-mode": asksForChecksum ? "ENABLED" : undefined,
    "if-match": options.ifMatch,
    "if-none-match": options.ifNoneMatch,
    "if-modified-since": httpDate(options.ifModifiedSince),
    "if-unmodified-since": httpDate(options.ifUnmodifiedSince),
  };
}

/** Throws PreconditionFailed for an answer from another object than was asked for: some stores look at no condition. */
export function assertAsked(
  store: StoreContext,
  operation: string,
  head: ObjectHead,
  ifMatch: string | undefined,
): void {
  if (ifMatch === undefined || head.etag === "") return;
  if (matchesEtag(ifMatch, bareEtag(head.etag))) return;
  const message = `${operation} of ${head.key}: the store answers ${head.etag}, not ${ifMatch}.`;
  throw new StorageError("PreconditionFailed", message, {
    operation,
    bucket: store.bucket,
    key: head.key,
    remedy: "The object was replaced meanwhile: begin again with the one that is there now.",
  });
}

function httpDate(date: Date | undefined): string | undefined {
  return date === undefined ? undefined : formatHttpDate(date);
}

/** Reads the answer of GET and HEAD. `sizeBytes` is the whole object's, also of a range. */
export function readObjectHead(key: string, headers: AnswerHeaders): ObjectHead {
  const total = parseContentRange(headers.get("content-range") ?? "")?.sizeBytes;
  const sizeBytes = total ?? headers.getNumber("content-length");
  const lastModified = new Date(headers.get("last-modified") ?? Number.NaN);
  if (sizeBytes === undefined || Number.isNaN(lastModified.getTime())) {
    throw new StorageError("Unavailable", "The answer lacks Content-Length or Last-Modified.", {
      remedy: "Check that the endpoint is an S3 endpoint and that no proxy rewrites its answers.",
    });
  }
  const checksum = readChecksumHeaders((name) => headers.get(name));
  const partsCount = headers.getNumber("x-amz-mp-parts-count");
  const tagCount = headers.getNumber("x-amz-tagging-count");
  const etag = headers.get("etag") ?? "";
  const head: Head = { key, sizeBytes, etag, lastModified, metadata: readMetadata(headers) };
  copyTexts(head, headers);
  if (checksum !== undefined) head.checksum = checksum;
  if (partsCount !== undefined) head.partsCount = partsCount;
  if (tagCount !== undefined) head.tagCount = tagCount;
  return head;
}

type Head = { -readonly [Name in keyof ObjectHead]: ObjectHead[Name] };

/** Members of an object's head that are a header's text as it stands. */
const textMembers = [
  ["contentType", "content-type"],
  ["contentEncoding", "content-encoding"],
  ["contentDisposition", "content-disposition"],
  ["contentLanguage", "content-language"],
  ["cacheControl", "cache-control"],
  ["expires", "expires"],
  ["storageClass", "x-amz-storage-class"],
  ["versionId", "x-amz-version-id"],
  ["encryption", "x-amz-server-side-encryption"],
  ["kmsKeyId", "x-amz-server-side-encryption-aws-kms-key-id"],
  ["websiteRedirect", "x-amz-website-redirect-location"],
  ["lockMode", "x-amz-object-lock-mode"],
  ["lockedUntil", "x-amz-object-lock-retain-until-date"],
  ["legalHold", "x-amz-object-lock-legal-hold"],
] as const;

function copyTexts(head: Head, headers: AnswerHeaders): void {
  for (const [member, header] of textMembers) {
    const value = headers.get(header);
    if (value !== undefined) head[member] = value;
  }
}

function readMetadata(headers: AnswerHeaders): Record<string, string> {
  const metadata = headers.withPrefix(metadataPrefix);
  for (const [name, value] of Object.entries(metadata)) metadata[name] = decodeMetadataText(value);
  return metadata;
}
