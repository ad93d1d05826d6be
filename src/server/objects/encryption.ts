import { createHash } from "node:crypto";
import type { BucketRecord, ObjectEncryption } from "../../engine/engine.ts";
import { invalidArgument, type S3Error } from "../../protocol/s3-error.ts";
import type { OperationRequest } from "../operation.ts";
import { customerKeyHeaders, readCustomerKey } from "./customer-key.ts";

const header = "x-amz-server-side-encryption";
const keyIdHeader = "x-amz-server-side-encryption-aws-kms-key-id";
const bucketKeyHeader = "x-amz-server-side-encryption-bucket-key-enabled";

/**
 * How a new object is encrypted: as the request says, else by the bucket's default, else SSE-S3.
 * Throws S3Error InvalidArgument for unknown or contradictory headers.
 */
export function readEncryption(request: OperationRequest, bucket: BucketRecord): ObjectEncryption {
  const customer = readCustomerKey(request, bucket);
  if (customer !== undefined) return { algorithm: "AES256", customerKeyMd5: customer.md5 };
  const algorithm = request.header(header);
  const keyId = request.header(keyIdHeader);
  if (algorithm === undefined && keyId === undefined) return bucketDefault(request, bucket);
  if (!isAlgorithm(algorithm)) {
    if (algorithm !== undefined) {
      throw invalidArgument("The encryption method specified is not supported", header, algorithm);
    }
    throw keyWithoutKms("null");
  }
  if (algorithm === "AES256") {
    if (keyId !== undefined) throw keyWithoutKms(algorithm);
    return { algorithm };
  }
  return kmsEncryption(request, bucket, {
    algorithm,
    keyId,
    // Two layers of encryption know no such key.
    bucketKey: algorithm === "aws:kms" && usesBucketKey(request, bucket),
  });
}

/** The answer's headers that tell how an object is encrypted. */
export function encryptionHeaders(encryption: ObjectEncryption): Record<string, string> {
  const { customerKeyMd5 } = encryption;
  if (customerKeyMd5 !== undefined) return customerKeyHeaders(customerKeyMd5);
  const headers: Record<string, string> = { [header]: encryption.algorithm };
  if (encryption.kmsKeyId !== undefined) headers[keyIdHeader] = encryption.kmsKeyId;
  if (encryption.bucketKeyEnabled === true) headers[bucketKeyHeader] = "true";
  return headers;
}

/** Reading takes no encryption header: the object's own holds. */
export function refuseReadEncryption(request: OperationRequest): void {
  const sent = request.header(header);
  if (sent === undefined) return;
  throw invalidArgument(`${header} header is not supported for this operation.`, header, sent);
}

function bucketDefault(request: OperationRequest, bucket: BucketRecord): ObjectEncryption {
  const rule = bucket.settings.encryption?.Rules[0];
  const byDefault = rule?.ApplyServerSideEncryptionByDefault;
  if (byDefault === undefined || byDefault.SSEAlgorithm === "AES256")
    return { algorithm: "AES256" };
  return kmsEncryption(request, bucket, {
    algorithm: byDefault.SSEAlgorithm,
    keyId: byDefault.KMSMasterKeyID,
    bucketKey: rule?.BucketKeyEnabled === true,
  });
}

/** Where the request says nothing the bucket's setting counts, also for another key than its own. */
function usesBucketKey(request: OperationRequest, bucket: BucketRecord): boolean {
  const asked = request.header(bucketKeyHeader)?.toLowerCase();
  if (asked !== undefined) return asked === "true";
  return bucket.settings.encryption?.Rules[0]?.BucketKeyEnabled === true;
}

const managedAlias = "alias/aws/s3";

/** The id of the account's own key: made of what it belongs to, so that it is always the same. */
function managedKeyId({ region, ownerAccountId }: BucketRecord): string {
  const digest = createHash("sha256").update(`${managedAlias} ${region} ${ownerAccountId}`);
  const hex = digest.digest("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20, 32),
  ].join("-");
}

/** S3 answers with the key's ARN, whatever form it was given in; without a key it is `aws/s3`. */
function kmsEncryption(
  request: OperationRequest,
  bucket: BucketRecord,
  wish: {
    readonly algorithm: "aws:kms" | "aws:kms:dsse";
    readonly keyId: string | undefined;
    readonly bucketKey: boolean;
  },
): ObjectEncryption {
  const prefix = `arn:${request.server.partition}:kms:${bucket.region}:${bucket.ownerAccountId}`;
  const asked = wish.keyId ?? managedAlias;
  const keyId = asked === managedAlias ? managedKeyId(bucket) : asked;
  const relative = keyId.startsWith("alias/") || keyId.startsWith("key/") ? keyId : `key/${keyId}`;
  return {
    algorithm: wish.algorithm,
    kmsKeyId: keyId.startsWith("arn:") ? keyId : `${prefix}:${relative}`,
    ...(wish.bucketKey && { bucketKeyEnabled: true }),
  };
}

function isAlgorithm(text: string | undefined): text is ObjectEncryption["algorithm"] {
  return text === "AES256" || text === "aws:kms" || text === "aws:kms:dsse";
}

function keyWithoutKms(value: string): S3Error {
  return invalidArgument(
    "Server Side Encryption with AWS KMS managed key requires HTTP header " +
      "x-amz-server-side-encryption : aws:kms",
    header,
    value,
  );
}
