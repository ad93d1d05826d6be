/** `2026-11-24T10:00:00.000Z`: S3's documents know whole seconds, unlike what is stored. */
export function formatListDate(date: Date): string {
  const second = Math.floor(date.getTime() / 1000);
  if (second !== written.second) {
    written = { second, text: `${date.toISOString().slice(0, 19)}.000Z` };
  }
  return written.text;
}

/** Entries of a page are often of few seconds. */
let written = { second: Number.NaN, text: "" };

const dayLength = "2026-11-24T".length;
const usualLength = "2026-11-24T10:00:00.000Z".length;
const minuteMs = 60_000;

// Entries of a page are often of few days.
const knownDay = new Uint8Array(dayLength);
let knownDayMs = 0;

/**
 * Reads the form that S3 itself writes, in a tenth of the time that Date takes. Answers milliseconds
 * since 1970, or NaN for any other.
 */
export function readListDate(bytes: Buffer, start: number, end: number): number {
  if (end - start !== usualLength || end > bytes.length) return Number.NaN;
  if (!isKnownDay(bytes, start)) readDay(bytes, start);
  const hours = twoDigits(bytes, start + 11);
  const minutes = twoDigits(bytes, start + 14);
  const seconds = twoDigits(bytes, start + 17);
  const ms = twoDigits(bytes, start + 20) * 10 + digit(bytes, start + 22);
  const isClock =
    bytes[start + 13] === colon &&
    bytes[start + 16] === colon &&
    bytes[start + 19] === point &&
    bytes[start + 23] === zulu;
  const isTime = isClock && hours < 24 && minutes < 60 && seconds < 60;
  return isTime ? knownDayMs + (hours * 60 + minutes) * minuteMs + seconds * 1000 + ms : Number.NaN;
}

const colon = 0x3a;
const point = 0x2e;
const zulu = 0x5a;

function isKnownDay(bytes: Buffer, start: number): boolean {
  for (let index = 0; index < dayLength; index += 1) {
    if (bytes[start + index] !== knownDay[index]) return false;
  }
  return true;
}

/** What is no day makes it NaN. */
function readDay(bytes: Buffer, start: number): void {
  bytes.copy(knownDay, 0, start, start + dayLength);
  const day = bytes.toString("latin1", start, start + dayLength);
  knownDayMs = /^\d{4}-\d\d-\d\dT$/.test(day) ? Date.parse(`${day}00:00:00.000Z`) : Number.NaN;
}

function twoDigits(bytes: Buffer, at: number): number {
  return digit(bytes, at) * 10 + digit(bytes, at + 1);
}

/** NaN for any other character. */
function digit(bytes: Buffer, at: number): number {
  const value = (bytes[at] ?? 0) - 0x30;
  return value >= 0 && value <= 9 ? value : Number.NaN;
}
