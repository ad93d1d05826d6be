import { UsageError } from "./exit-codes.ts";

const second = 1000;
const day = 86_400 * second;
const unitMs: Readonly<Record<string, number>> = {
  s: second,
  m: 60 * second,
  h: 3600 * second,
  d: day,
  w: 7 * day,
  y: 365 * day,
};

/**
 * A moment: `2026-11-01`, `2026-11-01T06:00:00Z` or with `+01:00`, in UTC where no zone is named, or
 * so long ago: `90s`, `15m`, `12h`, `7d`, `4w`, `1y`, `1d12h`. Throws UsageError, which names the
 * option.
 */
export function parseTime(text: string, option: string, now: Date): Date {
  const ago = parseDuration(text);
  const moment = ago === undefined ? parseMoment(text) : new Date(now.getTime() - ago);
  if (moment !== undefined && !Number.isNaN(moment.getTime())) return moment;
  throw new UsageError(
    `${option} ${text} is no time.`,
    "Write a time such as 2026-11-01 or 2026-11-01T06:00:00Z, or how long ago: 90s, 15m, 12h, 7d, 4w, 1y.",
  );
}

/** Milliseconds; undefined of what is no duration. */
function parseDuration(text: string): number | undefined {
  if (!/^(?:\d{1,9}[smhdwy]){1,6}$/.test(text)) return undefined;
  let sum = 0;
  for (const [, digits, unit = ""] of text.matchAll(/(\d+)([smhdwy])/g)) {
    sum += Number(digits) * (unitMs[unit] ?? 0);
  }
  return sum;
}

/** Undefined of what is no time as ISO 8601 writes it. */
export function parseMoment(text: string): Date | undefined {
  const match =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:?\d\d)?)?$/i.exec(
      text,
    );
  if (match === null) return undefined;
  const [, date = "", time = "00:00", zone = "Z"] = match;
  // Dates that do not exist, such as February 30, would roll over.
  const midnight = new Date(`${date}T00:00Z`);
  if (Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(date)) {
    return undefined;
  }
  return new Date(`${date}T${time}${zone.toUpperCase()}`);
}
