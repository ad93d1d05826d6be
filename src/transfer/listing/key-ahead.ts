/*
 * Where a listing will be some pages further on, guessed from one page. A key is read as a number: its
 * places are characters that differ within the page, or that are counted up when those overflow. The
 * guess need not be right: any text divides a listing, a bad one only less evenly.
 */

/** What a run of pages tells of the keys that follow it. */
export interface ListingSample {
  /** Some keys of the run, in order; its first and its last one among them. */
  readonly keys: readonly string[];
  /** How many keys the run has. */
  readonly count: number;
}

const digits = "0123456789";
const lower = "abcdefghijklmnopqrstuvwxyz";
const upper = lower.toUpperCase();
const alphabets = [
  digits,
  `${digits}abcdef`,
  `${digits}ABCDEF`,
  lower,
  upper,
  digits + lower,
  digits + upper,
  digits + upper + lower,
].map((characters) => ({ characters, set: new Set(characters) }));

/** More places than a double tells apart. */
const placesRead = 12;

/**
 * A text that about `ahead` keys separate from another one, by the density of the sample. Undefined
 * where the keys give no clue, or where it would lie outside a prefix of so many characters.
 */
export function keyAhead(
  { keys, count }: ListingSample,
  from: string,
  ahead: number,
  prefixLength: number,
): string | undefined {
  const first = keys[0] ?? "";
  const last = keys.at(-1) ?? "";
  const fork = forkOf(first, last);
  const places = readPlaces(keys, fork);
  const distance = valueOf(last.slice(fork), places) - valueOf(first.slice(fork), places);
  if (!(distance > 0)) return undefined;
  const target = valueOf(from.slice(fork), places) + (distance / count) * ahead;
  const carry = Math.floor(target);
  const head = counted(from.slice(0, fork), carry, prefixLength);
  return head === undefined ? undefined : head + written(from.slice(fork), places, target - carry);
}

function forkOf(a: string, b: string): number {
  let index = 0;
  while (index < a.length && index < b.length && a[index] === b[index]) index += 1;
  return index;
}

interface Place {
  /** Behind the fork. */
  readonly index: number;
  /** What may stand there, in order. */
  readonly characters: string;
}

/** The places behind the fork at which the keys differ. */
function readPlaces(keys: readonly string[], fork: number): Place[] {
  const last = keys.at(-1) ?? "";
  const places: Place[] = [];
  for (let index = fork; index < last.length && places.length < placesRead; index += 1) {
    const seen = new Set(keys.map((key) => key[index] ?? ""));
    if (seen.size < 2) continue;
    const characters = alphabetOf(seen);
    if (characters !== undefined) places.push({ index: index - fork, characters });
  }
  return places;
}

/** The smallest alphabet that holds all that was seen and can be counted; others are passed over. */
function alphabetOf(seen: Iterable<string>): string | undefined {
  const countable = [...seen].filter((character) => /^[0-9A-Za-z]$/.test(character));
  if (countable.length === 0) return undefined;
  return alphabets.find(({ set }) => countable.every((character) => set.has(character)))
    ?.characters;
}

/** What stands behind the fork, as a fraction of 1. */
function valueOf(tail: string, places: readonly Place[]): number {
  let value = 0;
  let unit = 1;
  for (const { index, characters } of places) {
    unit /= characters.length;
    value += unit * Math.max(0, characters.indexOf(tail[index] ?? ""));
  }
  return value;
}

/** Writes a fraction into the places of a tail; what lies between them stays. */
function written(tail: string, places: readonly Place[], fraction: number): string {
  let text = "";
  let rest = fraction;
  let end = 0;
  for (const { index, characters } of places) {
    const scaled = rest * characters.length;
    const digit = Math.min(characters.length - 1, Math.floor(scaled));
    text += tail.slice(end, index) + (characters[digit] ?? "");
    rest = scaled - digit;
    end = index + 1;
  }
  return text;
}

/** Counts a text up by what overflowed behind it. Undefined when it overflows as well. */
function counted(head: string, carry: number, prefixLength: number): string | undefined {
  const characters = Array.from({ length: head.length }, (_, index) => head[index] ?? "");
  let left = carry;
  for (let index = head.length - 1; left > 0; index -= 1) {
    if (index < prefixLength) return undefined;
    const alphabet = alphabetOf(runAround(head, index));
    if (alphabet === undefined) continue;
    const value = alphabet.indexOf(head[index] ?? "") + left;
    characters[index] = alphabet[value % alphabet.length] ?? "";
    left = Math.floor(value / alphabet.length);
  }
  return characters.join("");
}

/**
 * The letters and digits that a character stands among. In `run0042` the number is counted up for
 * itself; in `a3f0` letters and digits are.
 */
function runAround(text: string, index: number): string {
  const run = /[0-9A-Za-z]*$/.exec(text.slice(0, index + 1))?.[0] ?? "";
  return /^[A-Za-z]+([0-9]+)$/.exec(run)?.[1] ?? run;
}
