import { HttpSyntaxError } from "./http-syntax-error.ts";

const carriageReturn = 13;
const lineFeed = 10;

/**
 * Of the beginning of a head or line: what ends its lines with a line feed alone, as some programs do, would
 * never come to the empty line that is waited for. Some readers take it for an end and others do not, so
 * nobody is read so. Throws HttpSyntaxError. `from`: what stands before has been looked at.
 */
export function assertLineEnds(bytes: Buffer, from = 0): void {
  for (let at = bytes.indexOf(lineFeed, from); at !== -1; at = bytes.indexOf(lineFeed, at + 1)) {
    if (bytes[at - 1] === carriageReturn) continue;
    throw new HttpSyntaxError("a line ends with a bare line feed");
  }
  // The last byte may be one whose line feed is still to come.
  const whole = bytes.subarray(0, -1);
  const start = Math.max(0, from - 1);
  for (
    let at = whole.indexOf(carriageReturn, start);
    at !== -1;
    at = whole.indexOf(carriageReturn, at + 1)
  ) {
    if (bytes[at + 1] === lineFeed) continue;
    throw new HttpSyntaxError("a line has a carriage return within it");
  }
}
