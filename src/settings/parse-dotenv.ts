/** One assignment of a `.env` file. Offsets are in UTF-16 units of the text. */
export interface DotenvEntry {
  readonly name: string;
  readonly value: string;
  /** Of the name, counted from 1. */
  readonly line: number;
  /** The statement, without its line end. */
  readonly start: number;
  readonly end: number;
  /** What follows the value, with its `#`; empty when there is none. */
  readonly comment: string;
}

interface DotenvProblem {
  readonly line: number;
  readonly message: string;
}

export interface ParsedDotenv {
  /** In file order; of equal names the last counts. */
  readonly entries: readonly DotenvEntry[];
  readonly problems: readonly DotenvProblem[];
}

const assignment = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*=[ \t]*/;

/**
 * Reads a `.env` file as python-dotenv does, since SMS API shares it: `export` is accepted, quotes
 * may span lines, a comment after a value needs a space before its `#`. Node's own parser cuts
 * `a#b` short and tells no line numbers. `${NAME}` is left as it stands.
 */
export function parseDotenv(text: string): ParsedDotenv {
  const entries: DotenvEntry[] = [];
  const problems: DotenvProblem[] = [];
  let offset = text.startsWith("\uFEFF") ? 1 : 0;
  let line = 1;
  while (offset < text.length) {
    const lineEnd = endOfLine(text, offset);
    const raw = text.slice(offset, lineEnd);
    const match = assignment.exec(raw);
    let end = lineEnd;
    if (match !== null) {
      const [head, name = ""] = match;
      const read = readValue(text, offset + head.length, lineEnd);
      end = read.end;
      entries.push({ name, value: read.value, line, start: offset, end, comment: read.comment });
      if (read.problem !== undefined) problems.push({ line, message: read.problem });
    } else if (/^\s*[^#\s]/.test(raw)) {
      problems.push({ line, message: "is not NAME=value" });
    }
    line += countLineEnds(text.slice(offset, end)) + 1;
    offset = afterLineEnd(text, end);
  }
  return { entries, problems };
}

interface ReadValue {
  readonly value: string;
  readonly comment: string;
  readonly end: number;
  readonly problem?: string;
}

function readValue(text: string, start: number, lineEnd: number): ReadValue {
  const quote = text[start];
  if (quote === '"' || quote === "'") {
    const close = findClosingQuote(text, start, quote);
    if (close === undefined) {
      return { ...readUnquoted(text, start, lineEnd), problem: "has a quote that is not closed" };
    }
    const end = endOfLine(text, close);
    const rest = text.slice(close + 1, end).trim();
    if (rest !== "" && !rest.startsWith("#")) {
      return { ...readUnquoted(text, start, lineEnd), problem: "has text after the closing quote" };
    }
    return { value: unescape(text.slice(start + 1, close), quote), comment: rest, end };
  }
  return readUnquoted(text, start, lineEnd);
}

function readUnquoted(text: string, start: number, lineEnd: number): ReadValue {
  const raw = text.slice(start, lineEnd);
  const hash = raw.startsWith("#") ? 0 : raw.search(/[ \t]#/);
  if (hash === -1) return { value: raw.trim(), comment: "", end: lineEnd };
  return { value: raw.slice(0, hash).trim(), comment: raw.slice(hash).trim(), end: lineEnd };
}

function findClosingQuote(text: string, open: number, quote: string): number | undefined {
  for (let at = open + 1; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === quote) return at;
  }
  return undefined;
}

const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", '"': '"' };

function unescape(text: string, quote: '"' | "'"): string {
  if (quote === "'") return text.replaceAll(/\\([\\'])/g, "$1");
  return text.replaceAll(/\\([nrt"\\])/g, (_, letter: string) => escapes[letter] ?? letter);
}

function endOfLine(text: string, from: number): number {
  const found = text.slice(from).search(/\r?\n|\r/);
  return found === -1 ? text.length : from + found;
}

function afterLineEnd(text: string, at: number): number {
  return at + (text.startsWith("\r\n", at) ? 2 : 1);
}

function countLineEnds(text: string): number {
  return text.match(/\r\n|\n|\r/g)?.length ?? 0;
}
