/** Any run of characters, also none. */
export const anyRun = 0;
/** Exactly one character. */
export const anyOne = 1;

/** A pattern taken apart; literals are whole runs of text, never empty. */
export type Token = string | typeof anyRun | typeof anyOne;

export type Matcher = (text: string) => boolean;

/** Whether `text` fits `pattern`, in which `*` and `?` are wildcards. */
export function matchesPattern(pattern: string, text: string): boolean {
  return compileTokens(tokensOf(pattern))(text);
}

/** Takes a pattern without variables apart. */
export function tokensOf(pattern: string): Token[] {
  const tokens: Token[] = [];
  for (const piece of pattern.split(/([*?])/)) {
    if (piece === "*") tokens.push(anyRun);
    else if (piece === "?") tokens.push(anyOne);
    else if (piece !== "") tokens.push(piece);
  }
  return tokens;
}

/** The usual patterns, a plain text and a text with `*` at its end, cost one comparison. */
export function compileTokens(tokens: readonly Token[]): Matcher {
  const [first, second] = tokens;
  if (tokens.length === 0) return (text) => text === "";
  if (tokens.length === 1 && first === anyRun) return () => true;
  if (tokens.length === 1 && typeof first === "string") return (text) => text === first;
  if (tokens.length === 2 && typeof first === "string" && second === anyRun) {
    return (text) => text.startsWith(first);
  }
  const pieces = splitAtRuns(tokens);
  return (text) => piecesMatch(pieces, text);
}

/** A run of literals and `anyOne` between two `*`. */
type Piece = readonly (string | typeof anyOne)[];

function splitAtRuns(tokens: readonly Token[]): Piece[] {
  const pieces: (string | typeof anyOne)[][] = [[]];
  for (const token of tokens) {
    if (token === anyRun) pieces.push([]);
    else pieces.at(-1)?.push(token);
  }
  return pieces;
}

/** Each piece is taken where it fits first, so that no pattern takes exponential time. */
function piecesMatch(pieces: readonly Piece[], text: string): boolean {
  const [first = [], ...rest] = pieces;
  let at = endOfPiece(first, text, 0);
  if (rest.length === 0) return at === text.length;
  for (const [index, piece] of rest.entries()) {
    if (at === -1) return false;
    at = index === rest.length - 1 ? findAtEnd(piece, text, at) : findPiece(piece, text, at);
  }
  return at !== -1;
}

/** Where the piece ends when it stands at `start`; -1 when it does not. */
function endOfPiece(piece: Piece, text: string, start: number): number {
  let at = start;
  for (const part of piece) {
    if (part === anyOne) {
      if (at >= text.length) return -1;
      at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
    } else {
      if (!text.startsWith(part, at)) return -1;
      at += part.length;
    }
  }
  return at;
}

function findPiece(piece: Piece, text: string, from: number): number {
  const [head] = piece;
  if (head === undefined) return from;
  for (let start = from; start <= text.length; start += 1) {
    if (typeof head === "string") {
      start = text.indexOf(head, start);
      if (start === -1) return -1;
    }
    const end = endOfPiece(piece, text, start);
    if (end !== -1) return end;
  }
  return -1;
}

function findAtEnd(piece: Piece, text: string, from: number): number {
  if (piece.length === 0) return text.length;
  for (let start = from; start <= text.length; start += 1) {
    if (endOfPiece(piece, text, start) === text.length) return text.length;
  }
  return -1;
}

/** The six parts of an ARN are compared one by one, so `*` does not cross a colon between them. */
export function compileArnTokens(tokens: readonly Token[]): Matcher {
  if (tokens.length === 1 && tokens[0] === anyRun) return () => true;
  const matchers = splitAtColons(tokens).map((part) => compileTokens(part));
  return (text) => {
    const parts = splitArn(text);
    return (
      parts.length === matchers.length &&
      matchers.every((matches, index) => matches(parts[index] ?? ""))
    );
  };
}

const arnParts = 6;

function splitAtColons(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]];
  for (const token of tokens) {
    const [head = token, ...rest] =
      typeof token === "string" ? splitText(token, arnParts - parts.length + 1) : [token];
    if (head !== "") parts.at(-1)?.push(head);
    for (const piece of rest) parts.push(piece === "" ? [] : [piece]);
  }
  return parts;
}

/** `arn:partition:service:region:account:resource`, the resource with its own colons. */
export function splitArn(arn: string): string[] {
  return splitText(arn, arnParts);
}

/** At the first `limit - 1` colons. */
function splitText(text: string, limit: number): string[] {
  const parts = text.split(":");
  return parts.length <= limit
    ? parts
    : [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(":")];
}
