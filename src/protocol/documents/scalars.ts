import { malformed } from "./read-element.ts";
import { scalar, type Shape } from "./shape.ts";

/** Every letter counts, white space too. */
export const text: Shape<string> = scalar((found) => found);

/** White space around it does not count. */
export const word: Shape<string> = scalar((found) => found.trim());

export const boolean: Shape<boolean> = scalar((found) => {
  const value = found.trim().toLowerCase();
  if (value === "true" || value === "1") return true;
  if (value === "false" || value === "0") return false;
  throw malformed();
});

/** Any sign is let through: what a number may be is judged by its meaning, with another error. */
export const integer: Shape<number> = scalar((found) => {
  const value = found.trim();
  if (!/^[+-]?\d{1,15}$/.test(value)) throw malformed();
  return Number(value);
});

/** One of these values; in an answer also one that S3 has added since. */
export function choice<Choice extends string>(...choices: readonly Choice[]): Shape<Choice> {
  return scalar((found, { unknown }) => {
    const value = found.trim();
    const known = choices.find((candidate) => candidate === value);
    if (known === undefined && unknown === undefined) throw malformed();
    return known ?? (value as Choice);
  });
}

const isoDate = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(Z|[+-]\d{2}:\d{2})?)?$/;

/** As S3 gives it back: UTC with milliseconds. A time without a zone is UTC, not the server's. */
export const date: Shape<string> = scalar(
  (found) => {
    const value = toUtc(found.trim());
    if (value === undefined) throw malformed();
    return value;
  },
  (value) => toUtc(value) ?? value,
);

function toUtc(iso: string): string | undefined {
  const match = isoDate.exec(iso);
  if (match === null) return undefined;
  const [whole, time, zone] = match;
  const value = new Date(time !== undefined && zone === undefined ? `${whole}Z` : whole);
  return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
}
