import { StorageError } from "../core/errors.ts";
import { partitionOfRegion } from "../core/partition.ts";
import { uriEncode } from "../protocol/query.ts";
import type { Addressing } from "./dialects/dialect.ts";

/** Where a store's requests go. */
export interface Endpoint {
  readonly secure: boolean;
  readonly hostname: string;
  readonly port: number;
  /** As in the Host header: without the scheme's own port. */
  readonly host: string;
  /** What stands before the key in a request's path: `/bucket/` or `/`, ready encoded. */
  readonly keyBase: string;
  readonly addressing: Addressing;
}

export interface EndpointOptions {
  /** `http://127.0.0.1:9000`, `https://host/base`. Default: AWS's endpoint of the region. */
  readonly endpoint?: string | undefined;
  readonly region: string;
  /** Undefined: the service itself, which lists the buckets. */
  readonly bucket: string | undefined;
  readonly addressing: Addressing;
}

/** Throws StorageError `ConfigurationError` when the endpoint is no http(s) URL. */
export function resolveEndpoint(options: EndpointOptions): Endpoint {
  const url = parseEndpoint(options.endpoint ?? regionalEndpoint(options.region));
  const secure = url.protocol === "https:";
  const addressing = usableAddressing(options, url.hostname);
  const prefix = addressing === "virtual-hosted" ? `${options.bucket}.` : "";
  const base = url.pathname.replace(/\/+$/, "");
  const isInPath = addressing === "path" && options.bucket !== undefined;
  const bucketPath = isInPath ? `/${uriEncode(options.bucket)}/` : "/";
  return {
    secure,
    // node:http wants an IPv6 address bare, the Host header wants it in brackets.
    hostname: prefix + url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: url.port === "" ? (secure ? 443 : 80) : Number(url.port),
    host: prefix + url.host,
    keyBase: base + bucketPath,
    addressing,
  };
}

function regionalEndpoint(region: string): string {
  return `https://s3.${region}.${partitionOfRegion(region).dnsSuffix}`;
}

function parseEndpoint(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && (url.username !== "" || url.password !== "")) {
    throw new StorageError("ConfigurationError", `The endpoint ${url.host} holds a user name.`, {
      remedy: "S3 signs requests; give the access key and its secret in their own settings.",
    });
  }
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== "") {
    throw new StorageError("ConfigurationError", `The endpoint ${text} is not an http(s) URL.`, {
      remedy: "Give scheme, host and port, such as https://storage.example.org:9000.",
    });
  }
  return url;
}

/**
 * A bucket can stand in a host name only as one DNS label: a dot would break the wildcard
 * certificate, an address or `localhost` has no subdomains that resolve.
 */
function usableAddressing(options: EndpointOptions, hostname: string): Addressing {
  if (options.addressing === "path" || options.bucket === undefined) return "path";
  const isLabel = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(options.bucket);
  const isAddress = /^[\d.]+$|^\[/.test(hostname);
  return isLabel && !isAddress ? "virtual-hosted" : "path";
}
