import { createCipheriv, createDecipheriv } from "node:crypto";
import { drawBytes } from "../../engine/draw-bytes.ts";
import { KmsError } from "./kms-error.ts";

/** Names and values that are bound to what is encrypted, and must be given again to decrypt it. */
export type EncryptionContext = Readonly<Record<string, string>>;

const algorithm = "aes-256-gcm";
const format = 1;
const headerBytes = 2;
const nonceBytes = 12;
const tagBytes = 16;

/**
 * A ciphertext names its key, as KMS's do, so that Decrypt needs no key id: format (1 byte), length of
 * the key's ARN (1), ARN, nonce, encrypted bytes, tag. ARN and context are authenticated.
 */
export function encryptUnderKey(
  material: Uint8Array,
  arn: string,
  bytes: Uint8Array,
  context: EncryptionContext,
): Buffer {
  const name = Buffer.from(arn, "utf8");
  const nonce = drawBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, material, nonce);
  cipher.setAAD(bound(arn, context));
  const header = Buffer.from([format, name.length]);
  const sealed = cipher.update(bytes);
  return Buffer.concat([header, name, nonce, sealed, cipher.final(), cipher.getAuthTag()]);
}

/** The key under which something was encrypted. Throws KmsError InvalidCiphertextException. */
export function keyOfCiphertext(ciphertext: Uint8Array): string {
  const length = ciphertext[1] ?? 0;
  const end = headerBytes + length;
  if (ciphertext[0] !== format || length === 0) throw invalidCiphertext();
  if (ciphertext.length < end + nonceBytes + tagBytes) throw invalidCiphertext();
  return Buffer.from(ciphertext.subarray(headerBytes, end)).toString("utf8");
}

/** Throws KmsError InvalidCiphertextException, also when the context is another. */
export function decryptUnderKey(
  material: Uint8Array,
  ciphertext: Uint8Array,
  context: EncryptionContext,
): Buffer {
  const arn = keyOfCiphertext(ciphertext);
  const start = headerBytes + Buffer.byteLength(arn, "utf8");
  const end = ciphertext.length - tagBytes;
  const nonce = ciphertext.subarray(start, start + nonceBytes);
  const decipher = createDecipheriv(algorithm, material, nonce, { authTagLength: tagBytes });
  decipher.setAAD(bound(arn, context));
  decipher.setAuthTag(ciphertext.subarray(end));
  try {
    const opened = decipher.update(ciphertext.subarray(start + nonceBytes, end));
    return Buffer.concat([opened, decipher.final()]);
  } catch {
    throw invalidCiphertext();
  }
}

/** Whatever the order in which the context was written. */
function bound(arn: string, context: EncryptionContext): Buffer {
  const pairs = Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.from(JSON.stringify([arn, pairs]), "utf8");
}

function invalidCiphertext(): KmsError {
  return new KmsError("InvalidCiphertextException", "");
}
