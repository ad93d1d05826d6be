/**
 * What an operation says of itself, so that those who run it name none. An absent trait means what
 * most operations need.
 */
export interface OperationTraits {
  /**
   * What access is judged by, and so when.
   * - `action` (default): its IAM action, before anything of the body is read.
   * - `document`: the keys in its document, which it judges itself by `OperationRequest.authorize`.
   * - `tags`: as `document`, where the bucket's policy asks for tags of the request; else as `action`.
   * - `form`: as `action`, once the form in the body has told who asks for what.
   * - `nothing`: the answer is the same for everybody.
   */
  readonly judgedBy?: "action" | "document" | "tags" | "form" | "nothing";
  /**
   * The bucket in the address.
   * - absent: it has to be there, in the region and of the owner that the request says.
   * - `new`: a name to be made. Whose it is already is no matter of permission.
   * - `none`: the address has no bucket.
   */
  readonly bucket?: "new" | "none";
  /**
   * Only the account that owns the bucket may call it, whatever a policy gives to others. The value is
   * the ResourceType of the MethodNotAllowed for everybody else.
   */
  readonly ownerOnly?: "BUCKETPOLICY";
  /**
   * Condition keys of policies that stand for the operation itself where the request does not say
   * them, in lower case: what a listing without `max-keys` asks for, and whether a call makes an object
   * or only brings its parts. Source: S3 User Guide, "Enforce conditional writes on Amazon S3 buckets".
   */
  readonly conditionKeys?: Readonly<Record<string, string>>;
  /**
   * It tags its object by the header `x-amz-tagging`. Elsewhere the header means nothing, so that
   * conditions on the tags of a request do not see it. Default false.
   */
  readonly tagsByHeader?: boolean;
  /** Its document has to come with Content-MD5 or a checksum. Default false. */
  readonly digestRequired?: boolean;
  /** The longest document that is read. Default `documentLimits.plainBytes`. */
  readonly documentBytes?: number;
  /** Whose checksum the `x-amz-checksum-*` headers give. Default `body`: that of the request. */
  readonly checksumsOf?: "body" | "object";
  /** How BadDigest of Content-MD5 writes the expected value. Default `base64`. */
  readonly md5InErrors?: "base64" | "hex";
  /** Every error tells the bucket's region in a header: a HEAD has no body for it. Default false. */
  readonly errorsTellRegion?: boolean;
  /**
   * A link of Signature Version 2 may stand for it although its signature leaves the sub-resource
   * out: what the same link without it gives is as good. Default false.
   */
  readonly selectorMayBeUnsigned?: boolean;
}
