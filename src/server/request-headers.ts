import { decodeHeaderText } from "../protocol/headers/header-text.ts";
import { invalidArgument } from "../protocol/s3-error.ts";

/** A token of RFC 9110, in lower case. */
const headerName = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const controls = /[\u0000-\u0008\u000a-\u001f\u007f]/;

/**
 * Headers as S3 reads them: names in lower case, repeated ones joined with a comma, values in UTF-8
 * (node hands bytes over as Latin-1).
 */
export class RequestHeaders {
  readonly #values = new Map<string, string>();

  /** `rawHeaders`: name, value, name, value, ... as node gives them. */
  constructor(rawHeaders: readonly string[]) {
    for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
      const name = (rawHeaders[index] ?? "").toLowerCase();
      const value = decodeHeaderText(rawHeaders[index + 1] ?? "");
      const earlier = this.#values.get(name);
      this.#values.set(name, earlier === undefined ? value : `${earlier},${value}`);
    }
  }

  /**
   * For presigned requests: SDKs move `x-amz-*` headers into the query, where S3 reads them too.
   * Throws S3Error InvalidArgument for what no header could carry: once stored it could not be sent.
   */
  addHoisted(entries: readonly (readonly [string, string])[]): void {
    for (const [name, value] of entries) {
      const lower = name.toLowerCase();
      if (!lower.startsWith("x-amz-") || !isHoistable(lower)) continue;
      if (!headerName.test(lower) || controls.test(value)) {
        throw invalidArgument("Header value cannot be represented using ISO-8859-1.", name, value);
      }
      if (!this.#values.has(lower)) this.#values.set(lower, value);
    }
  }

  get(name: string): string | undefined {
    return this.#values.get(name);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  starting(prefix: string): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    for (const [name, value] of this.#values) if (name.startsWith(prefix)) found.set(name, value);
    return found;
  }
}

/**
 * S3 does not look for these in a query. That matters: SDKs that sign a link before there is a body
 * put the checksum of no bytes into it (localstack #12169, ministack #1695), and encryption asked for
 * in a link is not what is stored (aws-sdk-js-v3 #1701).
 */
function isHoistable(name: string): boolean {
  if (signatureParameters.has(name) || name === "x-amz-sdk-checksum-algorithm") return false;
  if (name.startsWith("x-amz-server-side-encryption")) return false;
  return !name.startsWith("x-amz-checksum-") || checksumSettings.has(name);
}

const checksumSettings = new Set([
  "x-amz-checksum-algorithm",
  "x-amz-checksum-mode",
  "x-amz-checksum-type",
]);

/** Query parameters that belong to the signature and stand for no header. */
const signatureParameters = new Set([
  "x-amz-algorithm",
  "x-amz-credential",
  "x-amz-date",
  "x-amz-expires",
  "x-amz-security-token",
  "x-amz-signature",
  "x-amz-signedheaders",
]);
