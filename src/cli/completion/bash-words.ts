/** The last word of a line as it was typed. */
export interface OpenWord {
  /** With its quotes and backslashes. */
  readonly raw: string;
  /** The quote within which the cursor is. */
  readonly quote: "'" | '"' | undefined;
}

/** A piece of a line: blanks, text in quotes that may be open, a character behind a backslash, text. */
const pieces = /(\s+)|'([^']*)('?)|"((?:\\.|[^"\\])*)("?)|\\(.)|([^\s'"\\]+)|\\$/gs;

/** Splits a line up to the cursor into words as bash does, without expanding anything. */
export function splitBashLine(line: string): {
  readonly words: readonly string[];
  readonly open: OpenWord;
} {
  const words: string[] = [];
  let word = "";
  let start = 0;
  let quote: OpenWord["quote"];
  for (const piece of line.matchAll(pieces)) {
    const [whole, blanks, single, singleEnd, double, doubleEnd, behindSlash, plain] = piece;
    if (blanks !== undefined) {
      if (piece.index > start) words.push(word);
      word = "";
      start = piece.index + whole.length;
    }
    // Within double quotes a backslash stays before most characters.
    const quoted = single ?? double?.replaceAll(/\\(["\\$`])/g, "$1");
    word += quoted ?? behindSlash ?? plain ?? "";
    quote = singleEnd === "" ? "'" : doubleEnd === "" ? '"' : undefined;
  }
  return { words: [...words, word], open: { raw: line.slice(start), quote } };
}

/**
 * A word as it continues what was typed, in the part that bash replaces: it breaks words at `:` and
 * `=` too, and `current` is what stands behind the last break. Undefined: it does not continue it.
 */
export function bashReply(value: string, open: OpenWord, current: string): string | undefined {
  const { raw, quote } = open;
  if (quote !== undefined) {
    const isBroken = current !== raw && !raw.endsWith(current);
    return isBroken || value.includes(quote)
      ? undefined
      : cutToCurrent(value, raw.slice(1), current);
  }
  const quoted = value.replaceAll(/[^\w@%+=:,./~^\u0080-\u{10ffff}-]/gu, "\\$&");
  const cut = cutToCurrent(quoted, raw, current);
  return cut !== undefined && isWhole(value) ? `${cut} ` : cut;
}

function cutToCurrent(text: string, raw: string, current: string): string | undefined {
  const kept = raw.endsWith(current) ? raw.slice(0, raw.length - current.length) : "";
  return text.startsWith(kept) ? text.slice(kept.length) : undefined;
}

/** Whether the word ends there; a folder goes on. */
function isWhole(value: string): boolean {
  return !/[/=]$/.test(value);
}
