import type { BucketRecord, ObjectRecord } from "../../engine/engine.ts";
import type { ObjectEncryption } from "../../engine/object-encryption.ts";
import { invalidArgument, S3Error } from "../../protocol/s3-error.ts";
import { findKey } from "../kms/find-key.ts";
import { viaS3 } from "../kms/key-policy.ts";
import { keyArn, type KeyRecord } from "../kms/key-record.ts";
import { type KeyStore, managedAlias } from "../kms/key-store.ts";
import { KmsError } from "../kms/kms-error.ts";
import { decrypt, generateDataKey, type KeyUser } from "../kms/use-key.ts";
import type { OperationRequest } from "../operation.ts";
import { partKey, readCustomerKey, readingKey } from "./customer-key.ts";
import { parseContext } from "./encryption-context.ts";

/** How an object that is being written is encrypted, and the key for it. */
export interface WritingKey {
  /** As it is kept and told, the key's ARN and the encrypted data key included. */
  readonly encryption: ObjectEncryption;
  /** Undefined: the store's own. */
  readonly dataKey: Buffer | undefined;
}

/**
 * Has the key of a new object made: by KMS, which is asked for the caller, or out of the request. Throws
 * S3Error: AccessDenied, KMS.NotFoundException, KMS.DisabledException, ...
 */
export async function writingKey(
  request: OperationRequest,
  bucket: BucketRecord,
  encryption: ObjectEncryption,
): Promise<WritingKey> {
  if (encryption.algorithm === "AES256") {
    return { encryption, dataKey: readCustomerKey(request, bucket)?.key };
  }
  const user = keyUser(request, bucket);
  return await newKey(user, bucket, request.key, encryption);
}

/** As `writingKey`, for an object that a service of AWS writes into the bucket. */
export async function serviceKey(
  { keys, partition }: { readonly keys: KeyStore; readonly partition: string },
  service: string,
  bucket: BucketRecord,
  key: string,
  encryption: ObjectEncryption,
): Promise<WritingKey> {
  if (encryption.algorithm === "AES256") return { encryption, dataKey: undefined };
  const { region, ownerAccountId: accountId } = bucket;
  const user: KeyUser = {
    caller: { kind: "anonymous", service },
    keys,
    address: { accountId, region, partition },
    viaService: viaS3(region, partition),
    lookup: () => undefined,
  };
  return await newKey(user, bucket, key, encryption);
}

async function newKey(
  user: KeyUser,
  bucket: BucketRecord,
  objectKeyName: string,
  encryption: ObjectEncryption,
): Promise<WritingKey> {
  return await asking(async () => {
    const key = await keyOf(user, encryption.kmsKeyId ?? managedAlias);
    const context = contextOf(user.address.partition, bucket, objectKeyName, encryption);
    const { plaintext, ciphertext } = generateDataKey(user, key, context);
    const kept = { ...encryption, kmsKeyId: keyArn(key), dataKey: ciphertext.toString("base64") };
    return { encryption: kept, dataKey: plaintext };
  });
}

/** The key of a part, or of the completion, of an upload. */
export async function uploadKey(
  request: OperationRequest,
  bucket: BucketRecord,
  encryption: ObjectEncryption,
): Promise<Buffer | undefined> {
  const customers = partKey(request, encryption);
  if (encryption.dataKey === undefined) return customers;
  return await openKey(request, bucket, request.key, encryption);
}

/**
 * The key that reads an object, asked of KMS or taken from the request; undefined: the store's own.
 * Throws S3Error as `writingKey` does. `prefix`: of the headers with a customer's key.
 */
export async function objectKey(
  request: OperationRequest,
  bucket: BucketRecord,
  { key, encryption }: Pick<ObjectRecord, "key" | "encryption">,
  prefix?: string,
): Promise<Buffer | undefined> {
  const customers = readingKey(request, encryption, prefix);
  if (encryption.dataKey === undefined) return customers;
  return await openKey(request, bucket, key, encryption);
}

/** Completing an upload takes the right to its key as well, as on AWS. Throws S3Error AccessDenied. */
export async function assertMayUseKey(
  request: OperationRequest,
  bucket: BucketRecord,
  encryption: ObjectEncryption | undefined,
): Promise<void> {
  if (encryption?.dataKey !== undefined) await openKey(request, bucket, request.key, encryption);
}

async function openKey(
  request: OperationRequest,
  bucket: BucketRecord,
  key: string,
  encryption: ObjectEncryption,
): Promise<Buffer> {
  const sealed = Buffer.from(encryption.dataKey ?? "", "base64");
  const context = contextOf(request.server.partition, bucket, key, encryption);
  const user = keyUser(request, bucket);
  return await asking(async () => await Promise.resolve(decrypt(user, sealed, context).plaintext));
}

/** What is encrypted is bound to the object, or with a bucket key to its bucket, and to the writer's own. */
function contextOf(
  partition: string,
  { name }: BucketRecord,
  key: string,
  { bucketKeyEnabled, context }: ObjectEncryption,
): Record<string, string> {
  const bucketArn = `arn:${partition}:s3:::${name}`;
  const arn = bucketKeyEnabled === true ? bucketArn : `${bucketArn}/${key}`;
  return { ...(context !== undefined && parseContext(context)), "aws:s3:arn": arn };
}

/** S3 asks for the caller, in the bucket's region; names without an ARN are of the caller's account. */
function keyUser(request: OperationRequest, { region }: BucketRecord): KeyUser {
  const { caller, server } = request;
  if (caller.kind === "anonymous") {
    throw invalidArgument(
      "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature " +
        "Version 4.",
      "Authorization",
      "null",
    );
  }
  return {
    caller,
    keys: request.keys,
    address: { accountId: caller.accountId, region, partition: server.partition },
    viaService: viaS3(region, server.partition),
    lookup: request.conditionValues,
  };
}

async function keyOf({ keys, address }: KeyUser, name: string): Promise<KeyRecord> {
  await keys.purge();
  if (name === managedAlias) return await keys.managed(address);
  return findKey(keys, name, address);
}

/** S3 puts `KMS.` before the codes of KMS, but says AccessDenied itself. */
async function asking<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof KmsError)) throw error;
    const { code, message } = error;
    if (code === "AccessDeniedException") {
      throw new S3Error("AccessDenied", { message, cause: error });
    }
    throw new S3Error(s3CodeOf(code), { message, cause: error });
  }
}

function s3CodeOf(code: string) {
  switch (code) {
    case "NotFoundException":
      return "KMS.NotFoundException";
    case "DisabledException":
      return "KMS.DisabledException";
    case "KMSInvalidStateException":
      return "KMS.KMSInvalidStateException";
    default:
      return "InternalError";
  }
}
