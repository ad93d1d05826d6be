import { hash } from "node:crypto";

const blockBytes = 64;
const digestBytes = 32;

interface Pads {
  readonly inner: Buffer;
  readonly outer: Buffer;
}

const pads = new WeakMap<Buffer, Pads>();

/**
 * HMAC-SHA256, in hex, with a key that is used often: by two plain hashes, which Node makes at once, in
 * half the time of an object. Hex, since Node takes twice as long for a buffer. Source: RFC 2104.
 *
 * @param key Up to 64 bytes. Do not change it: what is made of it is kept for as long as it is.
 */
export function hmacSha256(key: Buffer, message: Uint8Array): string {
  const { inner, outer } = padsOf(key);
  const first = Buffer.allocUnsafe(blockBytes + message.length);
  first.set(inner);
  first.set(message, blockBytes);
  const second = Buffer.allocUnsafe(blockBytes + digestBytes);
  second.set(outer);
  second.write(hash("sha256", first, "hex"), blockBytes, "hex");
  return hash("sha256", second, "hex");
}

function padsOf(key: Buffer): Pads {
  const known = pads.get(key);
  if (known !== undefined) return known;
  const filled = Buffer.concat([key], blockBytes);
  const made = {
    inner: Buffer.from(filled.map((byte) => byte ^ 0x36)),
    outer: Buffer.from(filled.map((byte) => byte ^ 0x5c)),
  };
  pads.set(key, made);
  return made;
}
