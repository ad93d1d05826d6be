/** What a text tells of a presigned link; nothing of what the link proves itself by. */
export interface LinkInText {
  /** When it ends, or ended. */
  readonly end?: Date;
  readonly lifetimeSeconds?: number;
  /** When it was refused, by the store's own clock. */
  readonly answeredAt?: Date;
  /** When it was looked at, by ours. */
  readonly now?: Date;
  /** Temporary credentials signed it. */
  readonly isTemporary: boolean;
}

/**
 * Looks for a presigned link, as a URL (Signature Version 4 or 2) or by what S3 answers of one that has
 * ended. Undefined: there is none. Linear in the text.
 */
export function linkInText(given: string, now?: Date): LinkInText | undefined {
  const text = given.slice(0, longestText);
  const isUrl = /\bX-Amz-(?:Signature|Credential)=|[?&]AWSAccessKeyId=/i.test(text);
  const lifetime = numberOf(parameter(text, "X-Amz-Expires") ?? field(text, "X-Amz-Expires"));
  if (!isUrl && lifetime === undefined && !/\bRequest has expired\b/i.test(text)) return undefined;
  const end = timeOf(field(text, "Expires")) ?? endOf(text, lifetime);
  const answeredAt = timeOf(field(text, "ServerTime"));
  return {
    isTemporary: /\bX-Amz-Security-Token=|\bX-Amz-Credential=ASIA/i.test(text),
    ...(end !== undefined && { end }),
    ...(lifetime !== undefined && { lifetimeSeconds: lifetime }),
    ...(answeredAt !== undefined && { answeredAt }),
    ...(now !== undefined && { now }),
  };
}

/** Undefined: when it ends, or how late it is, is not told. */
export function isLinkOver({ end, answeredAt, now }: LinkInText): boolean | undefined {
  const seenAt = answeredAt ?? now;
  return end === undefined || seenAt === undefined ? undefined : end <= seenAt;
}

/** For evidence, a line for each fact. */
export function describeLink(link: LinkInText): string[] {
  const { end, lifetimeSeconds, isTemporary } = link;
  return [
    ...(end === undefined ? [] : [describeEnd(link, end)]),
    ...(lifetimeSeconds === undefined ? [] : [`it was made for ${inWords(lifetimeSeconds)}`]),
    ...(isTemporary ? ["temporary credentials signed it: it ends with them at the latest"] : []),
  ];
}

function describeEnd(link: LinkInText, end: Date): string {
  const { answeredAt, now } = link;
  const isOver = isLinkOver(link) === true;
  const words = `the link ${isOver ? "ended" : "ends"} at ${isoTime(end)}`;
  const seenAt = answeredAt ?? now;
  if (seenAt === undefined) return words;
  const apart = inWords(Math.abs(seenAt.getTime() - end.getTime()) / 1000);
  if (answeredAt !== undefined) {
    return `${words}, ${apart} ${isOver ? "before" : "after"} the store answered`;
  }
  return isOver ? `${words}, ${apart} ago` : `${words}, in ${apart}`;
}

const longestText = 20_000;

/** Of the query of a URL, as it is or as HTML and JSON write it. */
function parameter(text: string, name: string): string | undefined {
  return new RegExp(`(?:[?&;]|u0026)${name}=([\\w-]{1,40})`, "i").exec(text)?.[1];
}

/** Of an answer: `<Name>value</Name>`, or `Name: value` as clients show it. */
function field(text: string, name: string): string | undefined {
  const found = new RegExp(
    `<${name}>([^<]{1,40})</|(?<![\\w-])["']?${name}["']?: ?["']?([\\w:.-]{1,40})`,
  ).exec(text);
  return found?.[1] ?? found?.[2];
}

function endOf(text: string, lifetimeSeconds: number | undefined): Date | undefined {
  const start = timeOf(parameter(text, "X-Amz-Date"));
  if (start !== undefined && lifetimeSeconds !== undefined) {
    return new Date(start.getTime() + lifetimeSeconds * 1000);
  }
  const seconds = numberOf(parameter(text, "Expires"));
  return seconds === undefined ? undefined : new Date(seconds * 1000);
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,11}$/.test(text) ? Number(text) : undefined;
}

/** ISO 8601, with or without its separators. */
function timeOf(text: string | undefined): Date | undefined {
  const [, year, month, day, hours, minutes, seconds] =
    /^(\d{4})-?(\d\d)-?(\d\d)T(\d\d):?(\d\d):?(\d\d)(?:\.\d{1,9})?Z$/.exec(text ?? "") ?? [];
  if (year === undefined) return undefined;
  const time = new Date(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}Z`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

function isoTime(time: Date): string {
  return time.toISOString().replace(".000Z", "Z");
}

/** `45 s`, `12 min`, `3 h 5 min`, `2 d 4 h` */
function inWords(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 120) return `${whole} s`;
  const units = [
    [Math.floor(whole / 86_400), "d"],
    [Math.floor(whole / 3600) % 24, "h"],
    [Math.floor(whole / 60) % 60, "min"],
  ] as const;
  const said = units.filter(([count]) => count > 0).slice(0, 2);
  return said.map(([count, unit]) => `${count} ${unit}`).join(" ");
}
