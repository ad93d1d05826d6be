import { createHash } from "node:crypto";
import type { BucketRecord } from "../../engine/engine.ts";
import type { ObjectEncryption } from "../../engine/object-encryption.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import type { OperationRequest } from "../operation.ts";

/**
 * Keys that the caller sends along (SSE-C): the store keeps the key's MD5 and never the key. Texts and
 * codes as AWS answers them (recordings of 2026-02).
 */
export interface CustomerKey {
  /** 32 bytes. */
  readonly key: Buffer;
  /** Base64, as it was sent. */
  readonly md5: string;
}

const headers = "x-amz-server-side-encryption-customer-";
/** Those for the source of a copy. */
export const sourceHeaders = "x-amz-copy-source-server-side-encryption-customer-";
const encryptionHeader = "x-amz-server-side-encryption";
const keyBytes = 32;
const algorithm = "AES256";

/** The key of an object that is being written; undefined: none was sent. */
export function readCustomerKey(
  request: OperationRequest,
  bucket: BucketRecord,
): CustomerKey | undefined {
  if (request.headersStarting(headers).size === 0) return undefined;
  const other = request.header(encryptionHeader);
  if (other !== undefined) {
    throw invalid(
      "Server Side Encryption with Customer provided key is incompatible with the encryption " +
        "method specified",
      other,
    );
  }
  assertNotBlocked(bucket);
  return readKey(request, headers, () => invalidKey());
}

/**
 * The key that reads an object: of an object without one undefined. Throws InvalidRequest where a key
 * is missing or has nothing to open, AccessDenied where it is another.
 */
export function readingKey(
  request: OperationRequest,
  { customerKeyMd5 }: ObjectEncryption,
  prefix = headers,
): Buffer | undefined {
  if (customerKeyMd5 === undefined) {
    refuseCustomerKey(request, prefix);
    return undefined;
  }
  if (request.headersStarting(prefix).size === 0) {
    throw new S3Error("InvalidRequest", {
      message:
        "The object was stored using a form of Server Side Encryption. The correct parameters must " +
        "be provided to retrieve the object.",
    });
  }
  const { key, md5 } = readKey(request, prefix, wrongKey);
  if (md5 !== customerKeyMd5) throw wrongKey();
  return key;
}

/** For an object without such a key. Throws InvalidRequest where one was sent. */
export function refuseCustomerKey(request: OperationRequest, prefix = headers): void {
  if (request.headersStarting(prefix).size === 0) return;
  throw new S3Error("InvalidRequest", {
    message: "The encryption parameters are not applicable to this object.",
  });
}

/** The key of a part: that with which the upload was begun, or none as there. */
export function partKey(
  request: OperationRequest,
  { customerKeyMd5 }: ObjectEncryption,
): Buffer | undefined {
  const sent = request.headersStarting(headers).size > 0;
  if (sent !== (customerKeyMd5 !== undefined)) {
    throw new S3Error("InvalidRequest", {
      message:
        "The multipart upload initiate requested encryption. Subsequent part requests must include " +
        "the appropriate encryption parameters.",
    });
  }
  if (!sent) return undefined;
  const { key, md5 } = readKey(request, headers, () => invalidKey());
  if (md5 === customerKeyMd5) return key;
  throw new S3Error("InvalidRequest", {
    message: "The provided encryption parameters did not match the ones used originally.",
  });
}

/** Answers repeat what the key is known by. */
export function customerKeyHeaders(md5: string): Record<string, string> {
  return { [`${headers}algorithm`]: algorithm, [`${headers}key-md5`]: md5 };
}

function readKey(
  request: OperationRequest,
  prefix: string,
  withoutMd5: () => S3Error,
): CustomerKey {
  assertConfidential(request);
  const named = request.header(`${prefix}algorithm`);
  const sent = request.header(`${prefix}key`);
  const md5 = request.header(`${prefix}key-md5`);
  if (named === undefined) {
    throw invalid(
      "Requests specifying Server Side Encryption with Customer provided keys must provide a valid " +
        "encryption algorithm.",
    );
  }
  if (named !== algorithm) {
    throw new S3Error("InvalidEncryptionAlgorithmError", {
      message: "The Encryption request you specified is not valid. Supported value: AES256.",
      extra: { ArgumentName: encryptionHeader, ArgumentValue: named },
    });
  }
  if (sent === undefined) {
    throw invalid(
      "Requests specifying Server Side Encryption with Customer provided keys must provide an " +
        "appropriate secret key.",
    );
  }
  if (md5 === undefined) throw withoutMd5();
  const key = Buffer.from(sent, "base64");
  if (key.length !== keyBytes) throw invalidKey();
  if (createHash("md5").update(key).digest("base64") === md5) return { key, md5 };
  throw invalid("The calculated MD5 hash of the key did not match the hash that was provided.");
}

/** The key must not go over a wire in the clear; what stays on this machine goes over none. */
function assertConfidential(request: OperationRequest): void {
  if (request.isConfidential) return;
  throw new S3Error("InvalidRequest", {
    message:
      "Requests specifying Server Side Encryption with Customer provided keys must be made over a " +
      "secure connection.",
  });
}

/** Since April 2026 new buckets refuse such keys, unless set otherwise. */
function assertNotBlocked({ settings }: BucketRecord): void {
  const blocked = settings.encryption?.Rules[0]?.BlockedEncryptionTypes?.EncryptionType;
  if (blocked !== undefined && !blocked.includes("SSE-C")) return;
  throw new S3Error("AccessDenied", {
    message:
      "Server-side encryption with customer-provided keys (SSE-C) is blocked for this bucket. " +
      "Remove SSE-C from the bucket's BlockedEncryptionTypes to allow it.",
  });
}

function invalidKey(): S3Error {
  return invalid("The secret key was invalid for the specified algorithm.");
}

function wrongKey(): S3Error {
  return new S3Error("AccessDenied", {
    message:
      "Requests specifying Server Side Encryption with Customer provided keys must provide the " +
      "correct secret key.",
  });
}

function invalid(message: string, value?: string): S3Error {
  return new S3Error("InvalidArgument", {
    message,
    extra: {
      ArgumentName: encryptionHeader,
      ...(value !== undefined && { ArgumentValue: value }),
    },
  });
}
