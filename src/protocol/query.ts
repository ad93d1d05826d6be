import { percentDecode } from "./percent-decode.ts";

const unreserved = /^[A-Za-z0-9\-._~]*$/;
const unreservedOrSlash = /^[A-Za-z0-9\-._~/]*$/;

/**
 * AWS's URI encoding of UTF-8 text: everything but `A-Z a-z 0-9 - . _ ~` becomes `%XX`, upper case.
 * A lone surrogate becomes U+FFFD; check keys before (`assertObjectKey`).
 * Source: S3 API reference, "Signature Calculations for the Authorization Header", UriEncode().
 */
export function uriEncode(text: string, options: { readonly keepSlash?: boolean } = {}): string {
  const keepSlash = options.keepSlash ?? false;
  if ((keepSlash ? unreservedOrSlash : unreserved).test(text)) return text;
  const encoded = encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return keepSlash ? encoded.replaceAll("%2F", "/") : encoded;
}

/** A request's query, decoded once; `+` is a space. Names are case-sensitive, order is kept. */
export class QueryParameters {
  static readonly empty = new QueryParameters([]);
  readonly #entries: readonly (readonly [string, string])[];

  private constructor(entries: readonly (readonly [string, string])[]) {
    this.#entries = entries;
  }

  /** The part after the first `?`. Throws S3Error InvalidURI on a broken escape or invalid UTF-8. */
  static parse(rawQuery: string): QueryParameters {
    if (rawQuery === "") return QueryParameters.empty;
    const entries: [string, string][] = [];
    for (const pair of rawQuery.split("&")) {
      if (pair === "") continue;
      const equals = pair.indexOf("=");
      const name = equals === -1 ? pair : pair.slice(0, equals);
      const value = equals === -1 ? "" : pair.slice(equals + 1);
      entries.push([decodePlus(name), decodePlus(value)]);
    }
    return new QueryParameters(entries);
  }

  has(name: string): boolean {
    return this.#entries.some(([entry]) => entry === name);
  }

  /** The first value; empty for `?name` and `?name=`. */
  get(name: string): string | undefined {
    return this.#entries.find(([entry]) => entry === name)?.[1];
  }

  /** All but these. */
  without(name: string): QueryParameters {
    if (!this.has(name)) return this;
    return new QueryParameters(this.#entries.filter(([entry]) => entry !== name));
  }

  entries(): readonly (readonly [string, string])[] {
    return this.#entries;
  }
}

function decodePlus(text: string): string {
  return percentDecode(text.includes("+") ? text.replaceAll("+", " ") : text);
}
