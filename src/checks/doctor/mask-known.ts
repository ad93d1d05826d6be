/** Shorter ones are looked for only as they are and percent-encoded: their letters may be those of words. */
const leastLetters = 16;

/** Shorter ones are left: they would be found in words. */
const leastSecret = 6;

/** An encoded byte, an escape of JSON, the escape of a line's end, or a letter. */
const units =
  /%(?:25)*(?<byte>[0-9a-f]{2})|\\{1,8}u00(?<code>[0-9a-f]{2})|\\{1,8}[nrt]|(?<letter>[\p{L}\p{N}])/giu;

/**
 * Masks secrets however a tool wrote them: percent-encoded, even again and again, with the escapes of JSON,
 * in the alphabet of URLs, in other letter case, wrapped over lines. Linear in the text.
 */
export function maskKnown(text: string, secrets: readonly string[], mask: string): string {
  let hidden = text;
  const long: string[] = [];
  for (const secret of secrets) {
    if (secret.length < leastSecret) continue;
    for (const form of new Set([secret, encodeURIComponent(secret.toWellFormed())])) {
      hidden = hidden.replaceAll(form, mask);
    }
    const { letters } = lettersOf(secret);
    if (letters.length >= leastLetters) long.push(letters);
  }
  return long.length === 0 ? hidden : maskLetters(hidden, long, mask);
}

interface Letters {
  readonly letters: string;
  /** Where each of them begins and ends in the text. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** Letters and digits alone, in small letters. */
function lettersOf(text: string): Letters {
  const letters: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  for (const { 0: unit, index, groups } of text.matchAll(units)) {
    const hex = groups?.["byte"] ?? groups?.["code"];
    const code = hex === undefined ? "" : String.fromCharCode(Number.parseInt(hex, 16));
    const letter = groups?.["letter"] ?? code;
    if (!/^[\p{L}\p{N}]/u.test(letter)) continue;
    for (const each of letter.toLowerCase()) {
      for (let part = 0; part < each.length; part += 1) {
        starts.push(index);
        ends.push(index + unit.length);
      }
      letters.push(each);
    }
  }
  return { letters: letters.join(""), starts, ends };
}

function maskLetters(text: string, secrets: readonly string[], mask: string): string {
  const { letters, starts, ends } = lettersOf(text);
  const ranges: [number, number][] = [];
  for (const secret of secrets) {
    for (let at = letters.indexOf(secret); at !== -1; at = letters.indexOf(secret, at)) {
      ranges.push([starts[at] ?? 0, ends[at + secret.length - 1] ?? text.length]);
      at += secret.length;
    }
  }
  let shown = "";
  let next = 0;
  for (const [start, end] of ranges.toSorted(([a], [b]) => a - b)) {
    if (start >= next) shown += text.slice(next, start) + mask;
    next = Math.max(next, end);
  }
  return shown + text.slice(next);
}
