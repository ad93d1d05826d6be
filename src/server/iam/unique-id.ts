import { assert } from "../../core/assert.ts";

/** The letters of AWS's ids of things and of keys. Source: RFC 4648, section 6. */
export const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** AWS's unique ids: a prefix and letters of base 32. */
export function newUniqueId(
  prefix: string,
  letters: number,
  randomBytes: (count: number) => Buffer,
): string {
  const drawn = randomBytes(letters);
  assert(drawn.length === letters, `${letters} random bytes were asked for`);
  return prefix + Array.from(drawn, (byte) => base32.charAt(byte % 32)).join("");
}

/** Source: IAM User Guide, "IAM identifiers", "Unique identifiers". */
const prefixes = { user: "AIDA", group: "AGPA", role: "AROA", policy: "ANPA" } as const;

/** Of something that IAM knows by a name too, which it outlives: 21 characters. */
export function newEntityId(
  kind: keyof typeof prefixes,
  randomBytes: (count: number) => Buffer,
): string {
  return newUniqueId(prefixes[kind], 17, randomBytes);
}
