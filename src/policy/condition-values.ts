import { isIP } from "node:net";

/** An integer or a decimal fraction. */
export function readNumber(text: string): number | undefined {
  return /^[+-]?\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
}

const isoDate = /^(\d{4}-\d\d(?:-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?)?)$/;

/**
 * Milliseconds since 1970, from seconds since then or from one of the W3C's forms of ISO 8601, which
 * with a time want its zone. Source: IAM User Guide, "Date condition operators".
 */
export function readDate(text: string): number | undefined {
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text) * 1000;
  const epochMs = isoDate.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(epochMs) || !isDayOfMonth(text) ? undefined : epochMs;
}

/** Date.parse takes the 31st of any month. */
function isDayOfMonth(text: string): boolean {
  const [year, month, day = 1] = text.split("T", 1).join("").split("-").map(Number);
  return day <= new Date(Date.UTC(year ?? 0, month ?? 1, 0)).getUTCDate();
}

export function isBoolean(text: string): boolean {
  return /^(?:true|false)$/i.test(text);
}

export function kindOfAddress(text: string): "ipv4" | "ipv6" | undefined {
  const family = isIP(text);
  return family === 0 ? undefined : family === 4 ? "ipv4" : "ipv6";
}

export interface Network {
  readonly address: string;
  readonly kind: "ipv4" | "ipv6";
  /** Number of bits of the prefix; all of them for a single address. */
  readonly length: number;
}

/** An address or a range in CIDR form, IPv4 or IPv6. */
export function readNetwork(text: string): Network | undefined {
  const match = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text);
  const [, address = "", prefix] = match ?? [];
  const kind = kindOfAddress(address);
  if (kind === undefined) return undefined;
  const bits = kind === "ipv4" ? 32 : 128;
  const length = prefix === undefined ? bits : Number(prefix);
  return length > bits ? undefined : { address, kind, length };
}
