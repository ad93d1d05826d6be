import { decodeHeaderText } from "../protocol/headers/header-text.ts";
import { serverLimits } from "../core/limits.ts";
import type { RequestHead } from "../protocol/http/request-head.ts";
import { invalidArgument, S3Error } from "../protocol/s3-error.ts";

/** A token of RFC 9110, in lower case. */
const headerName = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const controls = /[\u0000-\u0008\u000a-\u001f\u007f]/;

/**
 * Refuses what no client of S3 sends, before anything is read from it. Throws S3Error
 * RequestHeaderSectionTooLarge for too many headers, BadRequest for more than one Host: it would be
 * for the reader to choose the bucket. Source: RFC 9112, section 3.2.
 */
export function assertSoundHeaders({
  headerCount,
  hostCount,
}: Pick<RequestHead, "headerCount" | "hostCount">): void {
  if (headerCount > serverLimits.headerCount) {
    throw new S3Error("RequestHeaderSectionTooLarge", {
      message: `The request has ${headerCount} headers, of at most ${serverLimits.headerCount}.`,
      extra: { MaxHeadersAllowed: String(serverLimits.headerCount) },
    });
  }
  if (hostCount <= 1) return;
  throw new S3Error("BadRequest", {
    message: `The request has ${hostCount} Host headers; it may have only one.`,
  });
}

/**
 * Headers as S3 reads them: names in lower case, repeated ones joined with a comma, values in UTF-8
 * (bytes are read as Latin-1).
 */
export class RequestHeaders {
  readonly #wire: ReadonlyMap<string, string>;
  readonly #hoisted = new Map<string, string>();

  /** `wire`: see `addHeader`; signatures are proven against the same. */
  constructor(wire: ReadonlyMap<string, string>) {
    this.#wire = wire;
  }

  /**
   * For presigned requests: SDKs move `x-amz-*` headers and conditions into the query, where S3 reads
   * them too. Throws S3Error InvalidArgument for what no header could carry: once stored it could not
   * be sent; and for a condition that the signer set and the holder of the link wants another.
   */
  addHoisted(entries: readonly (readonly [string, string])[]): void {
    for (const [name, value] of entries) {
      const lower = name.toLowerCase();
      const isCondition = conditions.has(lower);
      if (!isCondition && (!lower.startsWith("x-amz-") || !isHoistable(lower))) continue;
      if (!headerName.test(lower) || controls.test(value)) {
        throw invalidArgument("Header value cannot be represented using ISO-8859-1.", name, value);
      }
      if (!this.has(lower)) this.#hoisted.set(lower, value);
      else if (isCondition && this.get(lower) !== value) {
        throw invalidArgument(`The link has another ${name} than the headers.`, name, value);
      }
    }
  }

  get(name: string): string | undefined {
    const value = this.#wire.get(name);
    return value === undefined ? this.#hoisted.get(name) : decodeHeaderText(value);
  }

  has(name: string): boolean {
    return this.#wire.has(name) || this.#hoisted.has(name);
  }

  /** All but those whose name is hidden. */
  without(hidden: (name: string) => boolean): RequestHeaders {
    const shown = new RequestHeaders(new Map([...this.#wire].filter(([name]) => !hidden(name))));
    for (const [name, value] of this.#hoisted) if (!hidden(name)) shown.#hoisted.set(name, value);
    return shown;
  }

  starting(prefix: string): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    for (const [name, value] of this.#wire) {
      if (name.startsWith(prefix)) found.set(name, decodeHeaderText(value));
    }
    for (const [name, value] of this.#hoisted) {
      if (name.startsWith(prefix)) found.set(name, value);
    }
    return found;
  }
}

/** Source: recordings of AWS of 2026-02 for If-Match and If-None-Match; the others alike. */
const conditions = new Set([
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-unmodified-since",
]);

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
