import { trimBlanks } from "../headers/trim-blanks.ts";

/** A request as it stands on the wire: what claims are read from and proven against. */
export interface ReceivedRequest {
  readonly method: string;
  readonly rawPath: string;
  readonly rawQuery: string;
  /** See `addHeader`. */
  readonly headers: ReadonlyMap<string, string>;
}

/**
 * Adds a header by its name in lower case; values of one name are joined with `,`, as signing has it. Names
 * and values are latin1 views of the bytes, without blanks around them.
 */
export function addHeader(headers: Map<string, string>, name: string, value: string): void {
  const earlier = headers.get(name);
  headers.set(name, earlier === undefined ? value : `${earlier},${value}`);
}

/**
 * Headers as a request has them. `rawHeaders`: name, value, name, value, ... in the order of the wire, none left
 * out.
 *
 * @internal Exported for tests.
 */
export function collectHeaders(rawHeaders: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? "").toLowerCase();
    addHeader(headers, name, trimBlanks(rawHeaders[index + 1] ?? ""));
  }
  return headers;
}
