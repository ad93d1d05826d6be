import { s3Limits } from "../core/limits.ts";
import { percentDecode } from "./percent-decode.ts";
import { QueryParameters } from "./query.ts";
import { S3Error } from "./s3-error.ts";

export interface RequestTarget {
  /** Decoded; empty for the service itself. */
  readonly bucket: string;
  /** Decoded once, otherwise untouched: `//`, `.`, `..` and a trailing `/` are part of a key. */
  readonly key: string;
  /** As it came, from the first `/` to before the first `?`. */
  readonly rawPath: string;
  /** As it came, without the `?`. */
  readonly rawQuery: string;
  readonly query: QueryParameters;
  readonly style: "path" | "virtual-hosted";
}

/**
 * Reads a request line's target as S3 does. Never through `new URL`, which resolves `..` and takes
 * `//bucket/key` for a host. `virtualHostDomains` are the server's own names in lower case, such as
 * `localhost`: then `photos.localhost:9000` addresses the bucket `photos`.
 * Throws S3Error InvalidURI, InvalidBucketName or KeyTooLongError.
 */
export function parseRequestTarget(
  url: string,
  host: string | undefined,
  virtualHostDomains: readonly string[],
): RequestTarget {
  const target = url.startsWith("/") ? url : stripOrigin(url);
  const question = target.indexOf("?");
  const rawPath = question === -1 ? target : target.slice(0, question);
  const rawQuery = question === -1 ? "" : target.slice(question + 1);
  const query = QueryParameters.parse(rawQuery);
  const hostedBucket = bucketOfHost(host, virtualHostDomains);
  if (hostedBucket !== undefined) {
    const key = decodeKey(rawPath.slice(1));
    return { bucket: hostedBucket, key, rawPath, rawQuery, query, style: "virtual-hosted" };
  }
  const slash = rawPath.indexOf("/", 1);
  const bucket = percentDecode(slash === -1 ? rawPath.slice(1) : rawPath.slice(1, slash));
  const key = slash === -1 ? "" : decodeKey(rawPath.slice(slash + 1));
  if (bucket === "" && slash !== -1) {
    throw new S3Error("InvalidBucketName", { extra: { BucketName: "" } });
  }
  return { bucket, key, rawPath, rawQuery, query, style: "path" };
}

/** Absolute-form targets, `GET http://host/path`, which proxies send. */
function stripOrigin(url: string): string {
  const match = /^https?:\/\/[^/?#]*/i.exec(url);
  if (match === null) throw new S3Error("InvalidURI");
  const rest = url.slice(match[0].length);
  return rest.startsWith("/") ? rest : `/${rest}`;
}

function decodeKey(rawKey: string): string {
  const key = percentDecode(rawKey);
  // The cheap test first: no text is longer in bytes than three times its length.
  if (key.length * 3 > s3Limits.keyBytes) {
    const sizeBytes = Buffer.byteLength(key, "utf8");
    if (sizeBytes > s3Limits.keyBytes) {
      throw new S3Error("KeyTooLongError", {
        extra: { Size: String(sizeBytes), MaxSizeAllowed: String(s3Limits.keyBytes) },
      });
    }
  }
  return key;
}

function bucketOfHost(host: string | undefined, domains: readonly string[]): string | undefined {
  if (host === undefined || domains.length === 0) return undefined;
  const name = host.replace(/:\d*$/, "").replace(/\.$/, "").toLowerCase();
  if (domains.includes(name)) return undefined;
  let longest: string | undefined;
  for (const domain of domains) {
    const fits = name.length > domain.length + 1 && name.endsWith(`.${domain}`);
    if (fits && (longest === undefined || domain.length > longest.length)) longest = domain;
  }
  return longest === undefined ? undefined : name.slice(0, -longest.length - 1);
}
