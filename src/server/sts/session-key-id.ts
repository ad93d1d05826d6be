import { base32 } from "../iam/unique-id.ts";

const accountShift = 7n;
const accountMask = (1n << 40n) - 1n;
/** After the account's bits. */
const tailBits = 32n;

/**
 * An id of temporary keys. As AWS's do, it holds its account's number: 16 letters of base 32 are 80 bits,
 * one, 40 of the account, 39 at random.
 */
export function sessionKeyId(accountId: string, randomBytes: (count: number) => Buffer): string {
  const random = BigInt(`0x${randomBytes(5).toString("hex")}`) & ((1n << 39n) - 1n);
  const bits = (1n << 79n) | (BigInt(accountId) << (accountShift + tailBits)) | random;
  let letters = "";
  for (let shift = 75n; shift >= 0n; shift -= 5n) {
    letters += base32.charAt(Number((bits >> shift) & 31n));
  }
  return `ASIA${letters}`;
}

/** Undefined: the id cannot hold one. */
export function accountOfKeyId(accessKeyId: string): string | undefined {
  const letters = /^A[A-Z]IA([A-Z2-7]{16})$/.exec(accessKeyId)?.[1];
  if (letters === undefined) return undefined;
  const bits = Array.from(letters).reduce(
    (sum, letter) => (sum << 5n) | BigInt(base32.indexOf(letter)),
    0n,
  );
  const account = String((bits >> (accountShift + tailBits)) & accountMask);
  return account.length > 12 ? undefined : account.padStart(12, "0");
}
