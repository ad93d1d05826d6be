/** `2026-11-24T10:00:00.000Z`: S3's documents know whole seconds, unlike what is stored. */
export function formatListDate(date: Date): string {
  return `${date.toISOString().slice(0, 19)}.000Z`;
}

/** Any ISO 8601 date; other stores write parts of a second and offsets. Otherwise an invalid date. */
export function parseListDate(text: string): Date {
  const ms = usualDate(text);
  return Number.isNaN(ms) ? new Date(text) : new Date(ms);
}

const usualLength = "2026-11-24T10:00:00.000Z".length;
const minuteMs = 60_000;

// Entries of a page are often of few days.
let knownDay = "";
let knownDayMs = 0;

const usualForm = /^\d{4}-\d\d-\d\dT[0-2]\d:[0-5]\d:[0-5]\d\.\d{3}Z$/;

/** The form that S3 itself writes, in a third of the time that Date takes; NaN for any other. */
function usualDate(text: string): number {
  if (text.length !== usualLength || !usualForm.test(text)) return Number.NaN;
  if (knownDay === "" || !text.startsWith(knownDay)) {
    const day = text.slice(0, "2026-11-24T".length);
    const dayMs = Date.parse(`${day}00:00:00.000Z`);
    if (Number.isNaN(dayMs)) return Number.NaN;
    knownDayMs = dayMs;
    knownDay = day;
  }
  const hours = twoDigits(text, 11);
  if (hours > 23) return Number.NaN;
  const minutes = hours * 60 + twoDigits(text, 14);
  const ms = digit(text, 20) * 100 + twoDigits(text, 21);
  return knownDayMs + minutes * minuteMs + twoDigits(text, 17) * 1000 + ms;
}

function twoDigits(text: string, at: number): number {
  return digit(text, at) * 10 + digit(text, at + 1);
}

function digit(text: string, at: number): number {
  return text.charCodeAt(at) - 0x30;
}
