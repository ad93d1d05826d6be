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
  const minLength = tokens.reduce<number>((sum, token) => sum + lengthOf(token), 0);
  return (text) => text.length >= minLength && piecesMatch(pieces, text);
}

/** The fewest code units that the token takes. */
function lengthOf(token: Token): number {
  return typeof token === "string" ? token.length : token;
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

/**
 * Both ends are fixed; each piece between is taken where it fits first, so that no pattern is tried
 * out star by star.
 */
function piecesMatch(pieces: readonly Piece[], text: string): boolean {
  const [first = [], ...rest] = pieces;
  const last = rest.pop();
  let at = endOfPiece(first, text, 0);
  if (last === undefined) return at === text.length;
  const end = startOfPiece(last, text);
  for (const piece of rest) {
    if (at === -1) return false;
    at = findPiece(piece, text, at);
  }
  return at !== -1 && at <= end;
}

/** Where the piece ends when it stands at `start`; -1 when it does not. */
function endOfPiece(piece: Piece, text: string, start: number): number {
  let at = start;
  for (const part of piece) {
    if (part === anyOne) {
      if (at >= text.length) return -1;
      at += widthAt(text, at);
    } else {
      if (!text.startsWith(part, at)) return -1;
      at += part.length;
    }
  }
  return at;
}

/** Where the piece starts when it stands at the end of the text; -1 when it does not. */
function startOfPiece(piece: Piece, text: string): number {
  let at = text.length;
  for (const part of piece.toReversed()) {
    if (part === anyOne) {
      if (at === 0) return -1;
      at -= at > 1 ? widthAt(text, at - 2) : 1;
    } else {
      if (!text.endsWith(part, at)) return -1;
      at -= part.length;
    }
  }
  return at;
}

/** Code units of the character at `at`. */
function widthAt(text: string, at: number): 1 | 2 {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

/** Where the first match of the piece at or after `from` ends; -1 without one. */
function findPiece(piece: Piece, text: string, from: number): number {
  // After a `*`, characters that may be any only shorten the text, before and behind the literals.
  const first = piece.findIndex((part) => part !== anyOne);
  if (first === -1) return endOfPiece(piece, text, from);
  const last = piece.findLastIndex((part) => part !== anyOne);
  const start = endOfPiece(piece.slice(0, first), text, from);
  if (start === -1) return -1;
  const found = findLiterals(piece.slice(first, last + 1), text, start);
  return found === -1 ? -1 : endOfPiece(piece.slice(last + 1), text, found);
}

/** As `findPiece`, for a piece with a literal at both of its ends. */
function findLiterals(piece: Piece, text: string, from: number): number {
  const [head] = piece;
  if (piece.length > 1 || typeof head !== "string") return findWithGaps(piece, text, from);
  const found = text.indexOf(head, from);
  return found === -1 ? -1 : found + head.length;
}

const wordBits = 32;

/**
 * Literals with gaps of a fixed number of characters, found by "shift-and": a bit for each place in
 * the piece that the text read so far can have reached. Every start at once, so that a hostile text
 * costs its length times a 32nd of the piece's, not their product.
 */
function findWithGaps(piece: Piece, text: string, from: number): number {
  const places = piece.flatMap((part) => (part === anyOne ? [gap] : codesOf(part)));
  const { masks, anywhere } = masksOf(places);
  // A map is several times as slow as a table, which is not worth making for a short text.
  const isLong = text.length - from > tableFromUnits;
  const table = isLong ? Array.from(asciiCodes, (code) => masks.get(code) ?? anywhere) : [];
  const reached = new Uint32Array(anywhere.length);
  const lastWord = reached.length - 1;
  const lastBit = 1 << ((places.length - 1) % wordBits);
  let at = from;
  while (at < text.length) {
    const code = text.codePointAt(at) ?? 0;
    const mask = (code < table.length ? table[code] : masks.get(code)) ?? anywhere;
    let carry = 1;
    for (let index = 0; index <= lastWord; index += 1) {
      const word = reached[index] ?? 0;
      reached[index] = ((word << 1) | carry) & (mask[index] ?? 0);
      carry = word >>> (wordBits - 1);
    }
    at += code > 0xffff ? 2 : 1;
    if (((reached[lastWord] ?? 0) & lastBit) !== 0) return at;
  }
  return -1;
}

function codesOf(text: string): number[] {
  return Array.from(text, (character) => character.codePointAt(0) ?? 0);
}

const asciiCodes = Array.from({ length: 128 }, (_, code) => code);
const tableFromUnits = 1024;

/** In place of a code point: any. */
const gap = -1;

interface Masks {
  /** By code point. */
  readonly masks: ReadonlyMap<number, Uint32Array>;
  /** Of every character that is not named. */
  readonly anywhere: Uint32Array;
}

/** For each character the places where it fits. */
function masksOf(places: readonly number[]): Masks {
  const anywhere = new Uint32Array(Math.ceil(places.length / wordBits));
  const setBit = (mask: Uint32Array, place: number) => {
    const word = Math.floor(place / wordBits);
    mask[word] = (mask[word] ?? 0) | (1 << (place % wordBits));
  };
  for (const [place, code] of places.entries()) if (code === gap) setBit(anywhere, place);
  const masks = new Map<number, Uint32Array>();
  for (const [place, code] of places.entries()) {
    if (code === gap) continue;
    const mask = masks.get(code) ?? anywhere.slice();
    setBit(mask, place);
    masks.set(code, mask);
  }
  return { masks, anywhere };
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
