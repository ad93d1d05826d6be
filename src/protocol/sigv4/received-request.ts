import { trimBlanks } from "../headers/trim-blanks.ts";

/** A request as it stands on the wire: what claims are read from and proven against. */
export interface ReceivedRequest {
  readonly method: string;
  readonly rawPath: string;
  readonly rawQuery: string;
  /** See `collectHeaders`. */
  readonly headers: ReadonlyMap<string, string>;
}

/**
 * By lower-case name; values of one name trimmed and joined with `,`, as signing has it. They are
 * latin1 views of the bytes. `rawHeaders`: name, value, name, value, ... in the order of the wire, none left out.
 */
export function collectHeaders(rawHeaders: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? "").toLowerCase();
    const value = trimBlanks(rawHeaders[index + 1] ?? "");
    const earlier = headers.get(name);
    headers.set(name, earlier === undefined ? value : `${earlier},${value}`);
  }
  return headers;
}
