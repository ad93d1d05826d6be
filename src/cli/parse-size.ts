import { UsageError } from "./exit-codes.ts";

const powers = ["", "k", "m", "g", "t", "p"];

/**
 * Bytes of `1000`, `10MiB` or `1.5GB`, in letters of any case. A letter alone counts in 1,024 as with
 * `ls -h`: `10M` is `10MiB`; only `MB` is a million. Throws UsageError, which names the option.
 */
export function parseSize(text: string, option: string): number {
  const match = /^(\d{1,15}(?:\.\d{1,6})?) ?([kmgtp]?)(i?b?)$/i.exec(text.trim());
  const [, digits = "", letter = "", unit = ""] = match ?? [];
  const base = /^b$/i.test(unit) && letter !== "" ? 1000 : 1024;
  const bytes = Math.round(Number(digits) * base ** powers.indexOf(letter.toLowerCase()));
  const isBare = letter === "" && /i/i.test(unit);
  if (match === null || isBare || !Number.isSafeInteger(bytes)) {
    throw new UsageError(
      `${option} ${text} is no size.`,
      "Write bytes, such as 1000, or a number with KiB, MiB, GiB, TiB, kB, MB, GB, TB.",
    );
  }
  return bytes;
}
