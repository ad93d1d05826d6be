import { createCipheriv, createDecipheriv, createHmac } from "node:crypto";
import { assert } from "../core/assert.ts";
import { hmacSha256 } from "../protocol/hmac-sha256.ts";
import { S3Error } from "../protocol/s3-error.ts";
import { drawBytes } from "./draw-bytes.ts";

/**
 * What the bytes of a slice are encrypted with: `store` is this store's master key, `object` the data
 * key of the object that they belong to, whose holder has to give it. Undefined: bytes of an earlier
 * version, which are not encrypted.
 */
export type KeyKind = "store" | "object";

export const keyBytes = 32;
const saltBytes = 16;
const nonceBytes = 12;
export const tagBytes = 16;
const algorithm = "aes-256-gcm";

/** The keys that the bytes of one object, or of one that is being stored, are under. */
export class ObjectKeys {
  readonly #master: Buffer | undefined;
  readonly #dataKey: Buffer | undefined;

  /**
   * @param master Of the store; undefined for those who look at it without being able to read it.
   * @param dataKey Of the object, where it has one of its own; 32 bytes.
   */
  constructor(master: Buffer | undefined, dataKey?: Buffer) {
    assert(dataKey === undefined || dataKey.length === keyBytes, "A data key has 32 bytes.");
    this.#master = master;
    this.#dataKey = dataKey;
  }

  /** Of new bytes. */
  get kind(): KeyKind {
    return this.#dataKey === undefined ? "store" : "object";
  }

  /**
   * The key of the bytes with this salt, which is no other bytes'. Throws S3Error AccessDenied where it
   * is an object's and was not given.
   */
  keyFor(kind: KeyKind, salt: Uint8Array): Buffer {
    const root = kind === "store" ? this.#master : this.#dataKey;
    if (root === undefined) {
      throw new S3Error("AccessDenied", { message: "The object is encrypted with another key." });
    }
    // An object's key is used once, for which the quicker way is no quicker.
    if (kind === "object") return createHmac("sha256", root).update(salt).digest();
    return Buffer.from(hmacSha256(root, salt), "hex");
  }

  /** Small bytes: salt, encrypted bytes, tag. */
  seal(bytes: Uint8Array): Buffer {
    const salt = drawBytes(saltBytes);
    const cipher = createCipheriv(algorithm, this.keyFor(this.kind, salt), nonceOf(0));
    const sealed = cipher.update(bytes);
    return Buffer.concat([salt, sealed, cipher.final(), cipher.getAuthTag()]);
  }

  /** Undoes `seal`. Throws S3Error InternalError when they are not what was sealed. */
  open(kind: KeyKind, sealed: Uint8Array): Buffer {
    const end = sealed.length - tagBytes;
    const key = this.keyFor(kind, sealed.subarray(0, saltBytes));
    const opened = decrypt(key, 0, sealed.subarray(saltBytes, end), sealed.subarray(end));
    if (opened !== undefined) return opened;
    throw new S3Error("InternalError", {
      message: "The bytes of an object are damaged, or encrypted with another key.",
    });
  }
}

/** One block of a file, piece by piece. */
export function beginSeal(key: Uint8Array, block: number) {
  return createCipheriv(algorithm, key, nonceOf(block));
}

/** A block of a file; undefined when it is not what was written there with this key. */
export function decrypt(
  key: Uint8Array,
  block: number,
  sealed: Uint8Array,
  tag: Uint8Array,
): Buffer | undefined {
  if (tag.length !== tagBytes) return undefined;
  const decipher = createDecipheriv(algorithm, key, nonceOf(block), { authTagLength: tagBytes });
  decipher.setAuthTag(tag);
  const opened = decipher.update(sealed);
  try {
    decipher.final();
    return opened;
  } catch {
    return undefined;
  }
}

/** Of rows, and of the first block of each file. Ciphers copy it. */
const firstNonce = Buffer.alloc(nonceBytes);

/** Each key serves one file or one row, so that the number of its block is enough. */
function nonceOf(block: number): Buffer {
  if (block === 0) return firstNonce;
  const nonce = Buffer.alloc(nonceBytes);
  nonce.writeUInt32BE(block, nonceBytes - 4);
  return nonce;
}
