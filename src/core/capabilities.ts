/** `unknown`: neither documented nor probed; callers try and are ready for a refusal. */
export type Support = "yes" | "no" | "unknown";

/** What a store can do, as data: a missing ability is an entry here, not a missing method. */
export interface Capabilities {
  /** PutObject over an existing key. `no`: the store refuses it, so replacing means delete first. */
  readonly overwrite: Support;
  /** `x-amz-checksum-*` headers on uploads. */
  readonly checksumHeaders: Support;
  /** DeleteObjects, the batch call. */
  readonly batchDelete: Support;
  /** `If-Match` and `If-None-Match` on writes. */
  readonly conditionalWrites: Support;
  /** `If-Match` on DeleteObject. */
  readonly conditionalDeletes: Support;
  readonly versioning: Support;
  /** GetObjectAttributes. */
  readonly objectAttributes: Support;
  /** `x-amz-meta-*` headers. */
  readonly userMetadata: Support;
  /** Tags of objects, sent with an upload and read. */
  readonly objectTags: Support;
  /** `x-amz-server-side-encryption` on uploads. */
  readonly serverSideEncryptionHeader: Support;
  /** Uploads by POST, as browsers send forms. */
  readonly formUploads: Support;
  /** Temporary keys. */
  readonly sessionTokens: Support;
  /** UploadPartCopy. */
  readonly copyPart: Support;
  /** Keys come in UTF-8 byte order, and any text is a valid prefix. */
  readonly orderedListing: Support;
  /** The ETag of a single-part, SSE-S3 upload is the MD5 of its bytes. */
  readonly etagIsMd5: Support;
  /** All parts of an upload but the last must have one size. */
  readonly equalParts: Support;
  /** Where the bucket stands: behind the host, or in its name. */
  readonly addressing: "path" | "virtual-hosted";
  /** Part sizes must be multiples of this, the last one excepted. */
  readonly partSizeMultipleBytes: number;
}
