import type { BucketRecord } from "../../engine/engine.ts";
import type { ObjectEncryption } from "../../engine/object-encryption.ts";
import { invalidArgument, type S3Error } from "../../protocol/s3-error.ts";
import type { OperationRequest } from "../operation.ts";
import { customerKeyHeaders, readCustomerKey } from "./customer-key.ts";
import { contextHeader, parseContext } from "./encryption-context.ts";

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
  if (algorithm === undefined && keyId === undefined) {
    return withContext(request, bucketDefault(bucket));
  }
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
  const asked = kmsEncryption({
    algorithm,
    keyId,
    // Two layers of encryption know no such key.
    bucketKey: algorithm === "aws:kms" && usesBucketKey(request, bucket),
  });
  return withContext(request, asked);
}

/** Keys of KMS alone are bound to a context. */
function withContext(request: OperationRequest, encryption: ObjectEncryption): ObjectEncryption {
  const context = request.header(contextHeader);
  if (context === undefined || encryption.algorithm === "AES256") return encryption;
  parseContext(context);
  return { ...encryption, context };
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

/** As `encryptionHeaders`, in answers to who wrote the object: they alone are told its context. */
export function newEncryptionHeaders(encryption: ObjectEncryption): Record<string, string> {
  const headers = encryptionHeaders(encryption);
  if (encryption.context !== undefined) headers[contextHeader] = encryption.context;
  return headers;
}

/** Reading takes no encryption header: the object's own holds. */
export function refuseReadEncryption(request: OperationRequest): void {
  const sent = request.header(header);
  if (sent === undefined) return;
  throw invalidArgument(`${header} header is not supported for this operation.`, header, sent);
}

/** Of objects whose writer says nothing. */
export function bucketDefault(bucket: BucketRecord): ObjectEncryption {
  const rule = bucket.settings.encryption?.Rules[0];
  const byDefault = rule?.ApplyServerSideEncryptionByDefault;
  if (byDefault === undefined || byDefault.SSEAlgorithm === "AES256")
    return { algorithm: "AES256" };
  return kmsEncryption({
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

/** The key as it was named; it is found, and asked, when the object is written. */
function kmsEncryption(wish: {
  readonly algorithm: "aws:kms" | "aws:kms:dsse";
  readonly keyId: string | undefined;
  readonly bucketKey: boolean;
}): ObjectEncryption {
  const { algorithm, keyId, bucketKey } = wish;
  return {
    algorithm,
    ...(keyId !== undefined && { kmsKeyId: keyId }),
    ...(bucketKey && { bucketKeyEnabled: true }),
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
