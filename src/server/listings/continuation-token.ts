import { createHash, timingSafeEqual } from "node:crypto";
import { invalidArgument } from "../../protocol/s3-error.ts";

const checkBytes = 8;

/**
 * Where a listing goes on, in letters that are safe in a URL. The token is bound to its `scope` (the
 * bucket, or the account for ListBuckets) and checked, so that a mutilated or foreign one is refused
 * and never taken for a place in the list. It stays good across restarts.
 */
export function encodeContinuationToken(scope: string, after: string): string {
  const place = Buffer.from(after, "utf8");
  return Buffer.concat([check(scope, place), place]).toString("base64url");
}

/** Throws InvalidArgument. */
export function decodeContinuationToken(scope: string, token: string): string {
  const bytes = Buffer.from(token, "base64url");
  const place = bytes.subarray(checkBytes);
  const isWhole = bytes.length > checkBytes && bytes.toString("base64url") === token;
  if (!isWhole || !timingSafeEqual(bytes.subarray(0, checkBytes), check(scope, place))) {
    throw invalidArgument(
      "The continuation token provided is incorrect",
      "continuation-token",
      token,
    );
  }
  return place.toString("utf8");
}

function check(scope: string, place: Uint8Array): Buffer {
  const hash = createHash("sha256").update(`continuation\0${scope}\0`).update(place);
  return hash.digest().subarray(0, checkBytes);
}
