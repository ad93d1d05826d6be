/** `2013-05-24T00:00:00Z` -> `20130524T000000Z`, SigV4's form. */
export function formatAmzDate(date: Date): string {
  const second = Math.floor(date.getTime() / 1000);
  if (second !== last.second) last = { second, text: format(date) };
  return last.text;
}

/** Many requests are of one second. */
let last = { second: Number.NaN, text: "" };

function format(date: Date): string {
  const iso = date.toISOString();
  return `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}Z`;
}

/** Undefined when it is not of the form `yyyyMMdd'T'HHmmss'Z'` or no real time. */
export function parseAmzDate(text: string): Date | undefined {
  if (text !== parsed.text) parsed = { text, date: parse(text) };
  return parsed.date;
}

/** Each request's is read three times. */
let parsed: { readonly text: string; readonly date: Date | undefined } = {
  text: "",
  date: undefined,
};

function parse(text: string): Date | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(date.getTime()) || formatAmzDate(date) !== text ? undefined : date;
}
