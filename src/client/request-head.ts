import { StorageError } from "../core/errors.ts";

const tokens = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const targetText = /^[\u0021-\u007e]+$/;
const valueText = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;

/**
 * The head of a request as it goes out, one character a byte. Throws InvalidArgument for what would
 * not arrive as it is meant: it would end a line, or the head. Source: RFC 9112.
 */
export function requestHead(
  method: string,
  target: string,
  headers: Readonly<Record<string, string>>,
): string {
  if (!targetText.test(target)) throw cannotBeSent("its path has characters that are not encoded");
  let lines = "";
  let names = "";
  let values = "";
  for (const name in headers) {
    const value = headers[name] ?? "";
    names += name === "" ? " " : name;
    values += value;
    lines += `${name}: ${value}\r\n`;
  }
  if (!tokens.test(names)) throw cannotBeSent("a header has no valid name");
  if (!valueText.test(values)) throw cannotBeSent("a header holds a control character");
  return `${method} ${target} HTTP/1.1\r\n${lines}connection: keep-alive\r\n\r\n`;
}

function cannotBeSent(why: string): StorageError {
  return new StorageError("InvalidArgument", `The request cannot be sent: ${why}.`, {
    remedy: "Metadata names and header values must hold no control characters.",
  });
}
