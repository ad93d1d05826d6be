/** `Fri, 24 May 2013 00:00:00 GMT`, the date form of HTTP headers; whole seconds. */
export function formatHttpDate(date: Date): string {
  const second = Math.floor(date.getTime() / 1000);
  if (second !== written.second) written = { second, text: date.toUTCString() };
  return written.text;
}

/** Objects that are read together were often written together. */
let written = { second: Number.NaN, text: "" };

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

const rfc1123 =
  /^(?:[a-z]{3}, *)?(\d{1,2}) ([a-z]{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) (?:GMT|UTC|[+-]0000)$/i;
const rfc850 = /^[a-z]{6,9}, (\d{2})-([a-z]{3})-(\d{2}) (\d{2}):(\d{2}):(\d{2}) GMT$/i;
const asctime = /^[a-z]{3} ([a-z]{3}) {1,2}(\d{1,2}) (\d{2}):(\d{2}):(\d{2}) (\d{4})$/i;

/**
 * Reads the three date forms of RFC 9110, 5.6.7 (IMF-fixdate, RFC 850, asctime) and ISO 8601 with
 * `Z`, which some clients send. Undefined for anything else; the weekday is not checked.
 */
export function parseHttpDate(text: string): Date | undefined {
  const fixed = rfc1123.exec(text);
  if (fixed !== null) return utc(fixed[3], fixed[2], fixed[1], fixed.slice(4));
  const old = rfc850.exec(text);
  if (old !== null) return utc(fullYear(old[3]), old[2], old[1], old.slice(4));
  const c = asctime.exec(text);
  if (c !== null) return utc(c[6], c[1], c[2], c.slice(3, 6));
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/.test(text)) return undefined;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Two digits: 70 to 99 are of the last century. */
function fullYear(year: string | undefined): string {
  return Number(year) >= 70 ? `19${year}` : `20${year}`;
}

function utc(
  year: string | undefined,
  month: string | undefined,
  day: string | undefined,
  time: readonly string[],
): Date | undefined {
  const monthIndex = months.indexOf((month ?? "").toLowerCase());
  const [hour, minute, second] = time.map(Number);
  if (monthIndex === -1 || hour === undefined || minute === undefined || second === undefined) {
    return undefined;
  }
  const date = new Date(Date.UTC(Number(year), monthIndex, Number(day), hour, minute, second));
  const real = date.getUTCDate() === Number(day) && hour < 24 && minute < 60 && second <= 60;
  return real ? date : undefined;
}
