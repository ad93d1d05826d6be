import { createHash } from "node:crypto";
import { s3Limits } from "../../core/limits.ts";

const mark = ".sms-staging/";
/** UUIDs, as a context makes them. */
const randomNames = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;
/** Of one name in a path. Source: docs.qumulo.com, "Creating and managing S3 buckets". */
const nameCharacters = 255;

/**
 * Where new bytes for a key wait until the old object is out of the way: in a directory of that key's
 * own beside it, which one request lists on any store, a file system too. A key that leaves no room
 * for that is told by a hash.
 */
export function stagingPrefixFor(key: string, randomName = ""): string {
  const name = key.slice(key.lastIndexOf("/") + 1);
  const isShort =
    Buffer.byteLength(key + mark, "utf8") + Math.max(randomName.length, 36) <= s3Limits.keyBytes &&
    name.length + mark.length <= nameCharacters;
  if (isShort) return `${key}${mark}`;
  return `${mark}${createHash("sha256").update(key).digest("hex").slice(0, 32)}/`;
}

/** `randomName`: new for each write, so that no two writers meet there. */
export function stagingKeyFor(key: string, randomName: string): string {
  return stagingPrefixFor(key, randomName) + randomName;
}

/** What a key of a listing is to a replacement; undefined: nothing. */
export interface StagingPlace {
  /** Undefined: the key was too long to be part of the name. */
  readonly target: string | undefined;
  /** The directory itself, which a file system lists when it is empty. */
  readonly isDirectory: boolean;
}

/** The way back from `stagingKeyFor`. Somebody else's file in such a directory is none of it. */
export function parseStagingKey(key: string): StagingPlace | undefined {
  const slash = key.lastIndexOf("/") + 1;
  const [place, name] = [key.slice(0, slash), key.slice(slash)];
  const isDirectory = name === "";
  if (!isDirectory && !randomNames.test(name)) return undefined;
  if (/^\.sms-staging\/(?:[0-9a-f]{32}\/)?$/u.test(place))
    return { target: undefined, isDirectory };
  if (place.length <= mark.length || !place.endsWith(mark)) return undefined;
  return { target: place.slice(0, -mark.length), isDirectory };
}
