/**
 * A pattern over whole keys or paths. `*` is any run of characters, `?` one, `[a-z]` and `[!a-z]` one
 * of a set. None of them stops at `/`: keys have no folders, and the AWS CLI, s5cmd and bucket
 * policies read patterns so as well. `**` is the same as `*`; as the whole name of a folder it is
 * any number of folders, also none. A `[` that nothing closes is a plain character, and `[*]` is a
 * plain star: there is no other escape, since keys may hold backslashes.
 */
export interface Glob {
  /** What every text that fits begins with. */
  readonly literalPrefix: string;
  readonly matches: (text: string) => boolean;
  /** Whether a text that begins so and goes on may fit. */
  readonly mayFitBelow: (beginning: string) => boolean;
  /** Whether every text that begins so fits. */
  readonly fitsAllBelow: (beginning: string) => boolean;
}

/** Whether the text is more than a plain name. */
export function hasWildcards(text: string): boolean {
  return /[*?[]/.test(text) && placesOf(text).some((place) => typeof place !== "number");
}

/** The time of a match grows with the text's length times the pattern's at most, never faster. */
export function compileGlob(pattern: string): Glob {
  const places = placesOf(pattern);
  const literals = places.findIndex((place) => typeof place !== "number");
  const literalPrefix = textOf(literals === -1 ? places : places.slice(0, literals));
  const walk = (text: string): Uint8Array | undefined => reached(places, text);
  const matches =
    simpleMatcher(places) ??
    ((text: string) => text.startsWith(literalPrefix) && walk(text)?.[places.length] === 1);
  return {
    literalPrefix,
    matches,
    mayFitBelow: (beginning) =>
      walk(beginning)?.some((is, at) => is === 1 && at < places.length) ?? false,
    fitsAllBelow: (beginning) => isRun(places.at(-1)) && matches(beginning),
  };
}

/** A set of characters, as ranges of code points. */
interface CharacterSet {
  readonly negated: boolean;
  readonly ranges: readonly (readonly [number, number])[];
}

/** One character, `?`, a set, `*`, or a `**` that may be missing together with the `/` behind it. */
type Place = number | CharacterSet | "one" | "run" | "folders";

function isRun(place: Place | undefined): boolean {
  return place === "run" || place === "folders";
}

function placesOf(pattern: string): Place[] {
  const characters = Array.from(pattern);
  const places: Place[] = [];
  for (let at = 0; at < characters.length;) {
    const { place, end } = readPlace(characters, at);
    places.push(place);
    at = end;
  }
  return places;
}

function readPlace(characters: readonly string[], at: number): { place: Place; end: number } {
  const character = characters[at] ?? "";
  if (character === "[") {
    const set = readSet(characters, at);
    if (set !== undefined) return set;
  }
  if (character === "?") return { place: "one", end: at + 1 };
  if (character !== "*") return { place: codeOf(character), end: at + 1 };
  const end = endOfStars(characters, at);
  const opensName = at === 0 || characters[at - 1] === "/";
  const isFolders = end - at === 2 && opensName && characters[end] === "/";
  return { place: isFolders ? "folders" : "run", end };
}

function endOfStars(characters: readonly string[], start: number): number {
  let end = start;
  while (characters[end] === "*") end += 1;
  return end;
}

/** `[a-z_]`, `[!a]`, `[^a]`; a `]` that comes first is one of the set. */
function readSet(
  characters: readonly string[],
  start: number,
): { place: CharacterSet; end: number } | undefined {
  const mark = characters[start + 1];
  const negated = mark === "!" || mark === "^";
  const first = negated ? start + 2 : start + 1;
  const close = characters.indexOf("]", first + 1);
  if (close === -1) return undefined;
  const ranges: [number, number][] = [];
  for (let at = first; at < close;) {
    const low = codeOf(characters[at] ?? "");
    const isRange = characters[at + 1] === "-" && at + 2 < close;
    ranges.push([low, isRange ? codeOf(characters[at + 2] ?? "") : low]);
    at += isRange ? 3 : 1;
  }
  return { place: { negated, ranges }, end: close + 1 };
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}

/** Of places that are characters. */
function textOf(places: readonly Place[]): string {
  return places
    .map((place) => (typeof place === "number" ? String.fromCodePoint(place) : ""))
    .join("");
}

/** Most patterns are plain text with one star or two at the ends, which cost one comparison. */
function simpleMatcher(places: readonly Place[]): ((text: string) => boolean) | undefined {
  const runs = places.flatMap((place, at) => (place === "run" ? [at] : []));
  if (places.some((place) => typeof place !== "number" && place !== "run")) return undefined;
  const [first, second] = runs;
  if (first === undefined) {
    const whole = textOf(places);
    return (text) => text === whole;
  }
  if (second === undefined) {
    const start = textOf(places.slice(0, first));
    const end = textOf(places.slice(first + 1));
    const least = start.length + end.length;
    return (text) => text.length >= least && text.startsWith(start) && text.endsWith(end);
  }
  if (runs.length > 2 || first !== 0 || second !== places.length - 1) return undefined;
  const middle = textOf(places.slice(1, -1));
  return (text) => text.includes(middle);
}

/**
 * Reads the text once and keeps every place of the pattern that it can have come to; undefined as
 * soon as there is none. Index `places.length` stands for the end of the pattern.
 */
function reached(places: readonly Place[], text: string): Uint8Array | undefined {
  let now = new Uint8Array(places.length + 1);
  let next = new Uint8Array(places.length + 1);
  arrive(places, now, 0);
  for (let at = 0; at < text.length;) {
    const code = text.codePointAt(at) ?? 0;
    at += code > 0xffff ? 2 : 1;
    next.fill(0);
    let any = false;
    for (let place = 0; place < places.length; place += 1) {
      if (now[place] !== 1) continue;
      const wanted = places[place] ?? 0;
      if (!fits(wanted, code)) continue;
      any = true;
      // A run stays where it is, and what comes behind it has been arrived at already.
      if (!isRun(wanted)) arrive(places, next, place + 1);
      else if (next[place] !== 1) stayOn(places, next, place);
    }
    if (!any) return undefined;
    [now, next] = [next, now];
  }
  return now;
}

/** Marks a place, and those behind it that take no character. */
function arrive(places: readonly Place[], marks: Uint8Array, place: number): void {
  for (let at = place; marks[at] !== 1; at += 1) {
    marks[at] = 1;
    if (places[at] === "folders") arrive(places, marks, at + 2);
    if (!isRun(places[at])) return;
  }
}

/** Within folders that have begun, the `/` at their end can no longer be missing. */
function stayOn(places: readonly Place[], marks: Uint8Array, place: number): void {
  marks[place] = 1;
  arrive(places, marks, place + 1);
}

function fits(place: Place, code: number): boolean {
  if (typeof place === "number") return place === code;
  if (typeof place === "string") return true;
  return place.ranges.some(([low, high]) => low <= code && code <= high) !== place.negated;
}
