import { createHmac } from "node:crypto";
import { hmacSha256 } from "../hmac-sha256.ts";
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
  return hmacSha256(key, Buffer.from(text, "latin1"));
}

export function credentialScope(input: Omit<SigningKeyInput, "secretAccessKey">): string {
  return `${input.date}/${input.region}/${input.service}/aws4_request`;
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac("sha256", key).update(text, "utf8").digest();
}
