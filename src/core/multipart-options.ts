import type { ResolvedRange } from "./byte-range.ts";
import type { ChecksumAlgorithm, ChecksumType, ObjectChecksum } from "./checksum.ts";
import type { CopiedExtras } from "./object-extras.ts";
import type {
  CallOptions,
  EncryptionOptions,
  ObjectHeaders,
  ObjectTags,
  UploadAddress,
  UploadedPart,
  WriteConditions,
} from "./object-store.ts";

/** Headers, tags and checksums of the object that an upload in parts will become. */
export interface CreateUploadOptions
  extends CallOptions, ObjectHeaders, EncryptionOptions, CopiedExtras {
  /** The algorithm of the parts' checksums. Default: the dialect's choice, as for `uploadPart`. */
  readonly checksumAlgorithm?: ChecksumAlgorithm | "none";
  /** Default: S3's for the algorithm. */
  readonly checksumType?: ChecksumType;
  readonly tags?: ObjectTags;
}

/** How to send one part. */
export interface UploadPartOptions extends CallOptions {
  /** As of `PutOptions`. Default `auto`. */
  readonly checksum?: "auto" | "none" | ChecksumAlgorithm | ObjectChecksum;
}

/** How to copy one part from another object. */
export interface CopyPartOptions extends CallOptions {
  /** Of the source. Default: all of it, up to 5 GiB. */
  readonly range?: ResolvedRange;
}

/** How to make the object of an upload's parts. */
export interface CompleteOptions extends CallOptions, WriteConditions {
  /** Of the whole object; checked by the store before it publishes. */
  readonly checksum?: ObjectChecksum;
  /** `FULL_OBJECT`: `checksum` is combined from those of the parts, which must all be CRCs. */
  readonly checksumType?: ChecksumType;
}

/** Which parts of an upload to list. */
export interface ListPartsOptions extends CallOptions {
  /** Parts behind this number. Default: from the first. */
  readonly partNumberMarker?: number;
  /** 1 to 1,000. Default 1,000. */
  readonly maxParts?: number;
}

/** Some parts of an upload, in the order of their numbers. */
export interface ListPartsPage {
  readonly parts: readonly UploadedPart[];
  /** Set when there are more. */
  readonly nextPartNumberMarker?: number;
}

/** Which unfinished uploads to list. */
export interface ListUploadsOptions extends CallOptions {
  readonly prefix?: string;
  readonly delimiter?: string;
  readonly keyMarker?: string;
  readonly uploadIdMarker?: string;
  /** 1 to 1,000. Default 1,000. */
  readonly maxUploads?: number;
}

/** Some unfinished uploads, in the order of their keys. */
export interface ListUploadsPage {
  readonly uploads: readonly (UploadAddress & { readonly initiated: Date })[];
  readonly commonPrefixes: readonly string[];
  /** Set when there are more. */
  readonly nextKeyMarker?: string;
  /** Goes with `nextKeyMarker`. */
  readonly nextUploadIdMarker?: string;
}
