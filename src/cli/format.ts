import { unicodeEscape } from "../core/unicode-escape.ts";

const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** `1536` -> `1.5 KiB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return unit === 0 ? `${bytes} B` : `${value.toFixed(1)} ${units[unit]}`;
}

/** `2026-11-24 06:00:00` in UTC, so that two machines print the same. */
export function formatTime(date: Date): string {
  const day = Math.floor(date.getTime() / dayMs);
  if (day !== knownDay) {
    knownDayText = date.toISOString().slice(0, 10);
    knownDay = day;
  }
  const seconds = Math.floor(date.getTime() / 1000) - day * daySeconds;
  const minutes = Math.floor(seconds / 60);
  const clock = `${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;
  return `${knownDayText} ${clock}:${twoDigits(seconds % 60)}`;
}

const daySeconds = 86_400;
const dayMs = daySeconds * 1000;

// Listings have runs of one day, and a day takes Date longer than all the rest of a line.
let knownDay = Number.NaN;
let knownDayText = "";

function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

/** Rows as columns, two blanks apart. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) {
      widths[index] = Math.max(widths[index] ?? 0, cell.length);
    }
  }
  return rows
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/**
 * What could move the cursor, hide text or turn its direction: control characters, line separators,
 * and Unicode's marks for writing from right to left.
 */
const unsafe = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** What a terminal shows as it is, without a closer look. */
const plain = /^[ -~]*$/;

/** A key as a terminal may show it, in one line. */
export function printable(text: string): string {
  return plain.test(text) ? text : text.replace(unsafe, escaped);
}

/** The same for a text of several lines. */
export function printableLines(text: string): string {
  return text.replace(unsafe, (character) => (character === "\n" ? character : escaped(character)));
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  return code < 0x100 ? `\\x${digits.padStart(2, "0")}` : `\\u${digits.padStart(4, "0")}`;
}

/**
 * JSON that a terminal may show: strangers choose keys, tags and messages, and JSON itself leaves in
 * what a terminal acts upon or takes for the end of a line. `indent`: blanks a level; default one line.
 */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(unsafeInJson, unicodeEscape);
}

/** As `unsafe`, but for what JSON has escaped already and its own ends of lines. */
const unsafeInJson = /[\u007f-\u009f\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** What something took: `0.012` -> `12 ms`, `4.2` -> `4.2 s`, and from ten seconds on as `formatDuration`. */
export function formatElapsed(seconds: number): string {
  if (seconds < 0.9995) return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  return seconds < 9.95 ? `${seconds.toFixed(1)} s` : formatDuration(seconds);
}

/** `75` -> `1:15`, `3675` -> `1:01:15`. */
export function formatDuration(seconds: number): string {
  const whole = Math.ceil(seconds);
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  const rest = String(whole % 60).padStart(2, "0");
  return hours === 0
    ? `${minutes}:${rest}`
    : `${hours}:${String(minutes).padStart(2, "0")}:${rest}`;
}

export { countOf } from "../core/count-of.ts";
