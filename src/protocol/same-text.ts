import { timingSafeEqual } from "node:crypto";

/** Whether two secrets are alike, in a time that tells nothing but their lengths. */
export function sameText(expected: string, given: string): boolean {
  const expectedBytes = Buffer.from(expected, "utf8");
  const givenBytes = Buffer.from(given, "utf8");
  return expectedBytes.length === givenBytes.length && timingSafeEqual(expectedBytes, givenBytes);
}
