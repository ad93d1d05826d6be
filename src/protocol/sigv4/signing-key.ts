import { createHmac, hash } from "node:crypto";
import { protocolLimits } from "../../core/limits.ts";

export interface SigningKeyInput {
  readonly secretAccessKey: string;
  /** `yyyyMMdd`. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

const cache = new Map<string, Buffer>();

/**
 * SigV4's derived key, kept for reuse: four HMACs less per request. The oldest entry goes when
 * `protocolLimits.signingKeys` are held. Only derive for scopes that are already checked, or for
 * keys that exist, so that strangers cannot churn the cache.
 */
export function signingKey({ secretAccessKey, date, region, service }: SigningKeyInput): Buffer {
  const name = `${date}\n${region}\n${service}\n${secretAccessKey}`;
  const cached = cache.get(name);
  if (cached !== undefined) return cached;
  const dateKey = hmac(`AWS4${secretAccessKey}`, date);
  const key = hmac(hmac(hmac(dateKey, region), service), "aws4_request");
  if (cache.size >= protocolLimits.signingKeys) {
    const oldest = cache.keys().next();
    if (oldest.done !== true) cache.delete(oldest.value);
  }
  cache.set(name, key);
  return key;
}

/** Hex HMAC-SHA256 of a string to sign. */
export function signString(key: Buffer, text: string): string {
  const { inner, outer } = padsOf(key);
  const message = Buffer.concat([inner, Buffer.from(text, "latin1")]);
  const digest = Buffer.from(hash("sha256", message, "hex"), "hex");
  return hash("sha256", Buffer.concat([outer, digest]), "hex");
}

const pads = new WeakMap<Buffer, { readonly inner: Buffer; readonly outer: Buffer }>();

/**
 * HMAC by two plain hashes, which Node makes at once: a third of the time of an object for each.
 * Source: RFC 2104; a key of 32 bytes is filled up to SHA-256's 64 with zeros.
 */
function padsOf(key: Buffer): { readonly inner: Buffer; readonly outer: Buffer } {
  const known = pads.get(key);
  if (known !== undefined) return known;
  const filled = Buffer.concat([key], 64);
  const made = {
    inner: Buffer.from(filled.map((byte) => byte ^ 0x36)),
    outer: Buffer.from(filled.map((byte) => byte ^ 0x5c)),
  };
  pads.set(key, made);
  return made;
}

export function credentialScope(input: Omit<SigningKeyInput, "secretAccessKey">): string {
  return `${input.date}/${input.region}/${input.service}/aws4_request`;
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac("sha256", key).update(text, "utf8").digest();
}
