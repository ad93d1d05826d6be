import { drawBytes } from "../../engine/draw-bytes.ts";
import { findKey } from "./find-key.ts";
import { assertUsable, judgeKeyUse, type KeyUse } from "./judge-key.ts";
import {
  decryptUnderKey,
  encryptUnderKey,
  type EncryptionContext,
  keyOfCiphertext,
} from "./key-cipher.ts";
import { type KeyAddress, keyArn, type KeyRecord } from "./key-record.ts";
import type { KeyStore } from "./key-store.ts";
import { KmsError } from "./kms-error.ts";

/** Who uses keys, and how: what all uses of one request share. */
export interface KeyUser extends Omit<
  KeyUse,
  "action" | "context" | "conditionKeys" | "isCovered"
> {
  readonly keys: KeyStore;
  /** Where names without an ARN belong, and the region that is asked. */
  readonly address: KeyAddress;
}

/** A key of an object: as it is, and as it is kept. */
export interface DataKey {
  readonly plaintext: Buffer;
  readonly ciphertext: Buffer;
}

/** Throws KmsError NotFoundException, AccessDeniedException, DisabledException, ... */
export function generateDataKey(
  user: KeyUser,
  key: KeyRecord,
  context: EncryptionContext,
  { sizeBytes = 32, action = "GenerateDataKey" } = {},
): DataKey {
  permit(user, key, action, context);
  const plaintext = drawBytes(sizeBytes);
  return { plaintext, ciphertext: sealUnder(user, key, plaintext, context) };
}

export function encrypt(
  user: KeyUser,
  key: KeyRecord,
  bytes: Uint8Array,
  context: EncryptionContext,
  action = "Encrypt",
): Buffer {
  permit(user, key, action, context);
  return sealUnder(user, key, bytes, context);
}

/** Throws as `generateDataKey`, and InvalidCiphertextException; `named`: the key that it should be. */
export function decrypt(
  user: KeyUser,
  ciphertext: Uint8Array,
  context: EncryptionContext,
  { named, action = "Decrypt" }: { readonly named?: string; readonly action?: string } = {},
): { readonly key: KeyRecord; readonly plaintext: Buffer } {
  const { keys, address } = user;
  const key = findKey(keys, keyOfCiphertext(ciphertext), address);
  if (named !== undefined && findKey(keys, named, address).id !== key.id) {
    throw new KmsError(
      "IncorrectKeyException",
      "The key ID in the request does not identify a CMK that can perform this operation.",
    );
  }
  permit(user, key, action, context);
  return { key, plaintext: decryptUnderKey(keys.materialOf(key), ciphertext, context) };
}

function permit(user: KeyUser, key: KeyRecord, action: string, context: EncryptionContext): void {
  judgeKeyUse(user.keys, key, { ...user, action, context });
  assertUsable(key);
}

function sealUnder(
  { keys }: KeyUser,
  key: KeyRecord,
  bytes: Uint8Array,
  context: EncryptionContext,
): Buffer {
  return encryptUnderKey(keys.materialOf(key), keyArn(key), bytes, context);
}
