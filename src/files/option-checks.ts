import {
  type Check,
  type OptionChecks,
  callChecks,
  headerChecks,
  isCallback,
  isChecksumChoice,
  isDate,
  isFilledText,
  isFlag,
  isOneOf,
  isPlainObject,
  isRange,
  isStore,
  isTags,
  isWholeNumber,
} from "../core/check-options.ts";
import { s3Limits, transferLimits } from "../core/limits.ts";
import type {
  ContentsOptions,
  CopyFileOptions,
  DownloadOptions,
  RangeReadOptions,
  ReadOptions,
  UploadFileOptions,
  UploadOptions,
  UploadStreamOptions,
} from "../transfer/transfer-options.ts";
import type { DeleteFileOptions, ListingOptions } from "./result-types.ts";
import type { SignedFormOptions, SignedUrlOptions } from "./link-types.ts";
import type { PagedListingOptions } from "./listing-types.ts";
import type { DeleteManyOptions, DeletePrefixOptions, MoveFileOptions } from "./prefix-types.ts";
import type { RestoreOptions, RestorePrefixOptions } from "./version-types.ts";

// What each option of a FileService may be. A type's own table has all its names: see OptionChecks.

export const isEncryptionChoice: Check = (value) => {
  if (value === "AES256" || value === "bucket-default") return undefined;
  const isKms = isPlainObject(value) && Object.keys(value).join() === "kms";
  return isKms && typeof value["kms"] === "string"
    ? undefined
    : '"AES256", "bucket-default" or { kms: KEY }';
};

export const isDirectoriesChoice: Check = isOneOf("omit", "include");
export const isReplaceStrategy: Check = isOneOf("direct", "delete-first", "staged");

export const isConcurrency: Check = isWholeNumber(1, transferLimits.concurrency);

export const readChecks: OptionChecks<ReadOptions> = { ...callChecks, versionId: isFilledText };

export const rangeReadChecks: OptionChecks<RangeReadOptions> = {
  ...readChecks,
  range: isRange,
  ifMatch: isFilledText,
  onProgress: isCallback,
};

export const contentsChecks: OptionChecks<ContentsOptions> = {
  ...readChecks,
  onProgress: isCallback,
};

export const deleteManyChecks: OptionChecks<DeleteManyOptions> = {
  ...callChecks,
  onProgress: isCallback,
};

export const uploadChecks: OptionChecks<UploadOptions> = {
  ...callChecks,
  ...headerChecks,
  tags: isTags,
  sse: isEncryptionChoice,
  ifAbsent: isFlag,
  ifMatch: isFilledText,
  replace: isReplaceStrategy,
  checksum: isChecksumChoice,
  partSizeBytes: isWholeNumber(s3Limits.minPartBytes, s3Limits.maxPartBytes),
  concurrency: isConcurrency,
  onProgress: isCallback,
  onNotice: isCallback,
};

export const uploadFileChecks: OptionChecks<UploadFileOptions> = {
  ...uploadChecks,
  keepModifiedTime: isFlag,
};

export const uploadStreamChecks: OptionChecks<UploadStreamOptions> = {
  ...uploadChecks,
  expectedBytes: isWholeNumber(0),
};

export const downloadChecks: OptionChecks<DownloadOptions> = {
  ...readChecks,
  keepModifiedTime: isFlag,
  concurrency: isConcurrency,
  onProgress: isCallback,
  onNotice: isCallback,
};

export const copyChecks: OptionChecks<CopyFileOptions> = {
  ...readChecks,
  ...headerChecks,
  tags: isTags,
  sourceStore: isStore,
  replace: isReplaceStrategy,
  sse: isEncryptionChoice,
  ifAbsent: isFlag,
  onProgress: isCallback,
};

export const listingChecks: OptionChecks<ListingOptions> = {
  ...callChecks,
  prefixMode: isOneOf("directory", "raw"),
  directories: isDirectoriesChoice,
  limit: isWholeNumber(1),
  onProgress: isCallback,
};

const { onProgress: _ofWholeOnes, ...anyListing } = listingChecks;

export const pagedListingChecks: OptionChecks<PagedListingOptions> = {
  ...anyListing,
  cursor: isFilledText,
  pageSize: isWholeNumber(1, s3Limits.listPageKeys),
  delimiter: isFilledText,
  startAfter: isFilledText,
  versions: isFlag,
};

const { prefixMode } = listingChecks;

export const deletePrefixChecks: OptionChecks<DeletePrefixOptions> = {
  ...callChecks,
  prefixMode,
  dryRun: isFlag,
  maxObjects: isWholeNumber(0),
  confirm: isCallback,
  versions: isFlag,
  onProgress: isCallback,
};

const { versionId: _older, sourceStore: _other, ...moved } = copyChecks;
export const moveChecks: OptionChecks<MoveFileOptions> = moved;

export const restoreChecks: OptionChecks<RestoreOptions> = {
  ...readChecks,
  asOf: isDate,
  onProgress: isCallback,
};

export const restorePrefixChecks: OptionChecks<RestorePrefixOptions> = {
  ...callChecks,
  asOf: isDate,
  prefixMode,
  dryRun: isFlag,
  onProgress: isCallback,
};

const { metadata: isMetadata, contentType: isMediaType, ...otherHeaders } = headerChecks;
const { storageClass: _class, ...answered } = { ...otherHeaders, contentType: isMediaType };

/** Headers by name, of an answer; what is wrong with one is told with its name. */
const isAnswer: Check = (value) => {
  if (!isPlainObject(value)) return "an object of headers, such as { contentDisposition }";
  for (const [name, entry] of Object.entries(value)) {
    const check = Object.entries(answered).find(([known]) => known === name)?.[1];
    if (check === undefined) return `an object of ${Object.keys(answered).join(", ")}`;
    const problem = entry === undefined ? undefined : check(entry);
    if (problem !== undefined) return `an object whose ${name} is ${problem}`;
  }
  return undefined;
};

const isLinkTime = isWholeNumber(1, s3Limits.presignSeconds);

export const signedUrlChecks: OptionChecks<SignedUrlOptions> = {
  ...readChecks,
  method: isOneOf("GET", "PUT", "HEAD", "DELETE"),
  expiresInSeconds: isLinkTime,
  contentType: isMediaType,
  answer: isAnswer,
};

export const signedFormChecks: OptionChecks<SignedFormOptions> = {
  ...callChecks,
  anyName: isFlag,
  expiresInSeconds: isLinkTime,
  contentType: isMediaType,
  minBytes: isWholeNumber(0, s3Limits.singlePutBytes),
  maxBytes: isWholeNumber(0, s3Limits.singlePutBytes),
  metadata: isMetadata,
};

export const deleteChecks: OptionChecks<DeleteFileOptions> = {
  ...readChecks,
  mustExist: isFlag,
  ifMatch: isFilledText,
};
