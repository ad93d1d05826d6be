import type { CorsConfiguration, CorsRule } from "../core/bucket-settings.ts";
import { serverLimits } from "../core/limits.ts";
import type { Engine } from "../engine/engine.ts";
import type { UnderstoodRequest } from "./understand-request.ts";

/** What a browser says of the page that asks, and of the request that it makes or is about to make. */
export interface CrossOriginRequest {
  readonly origin: string;
  /** Of the request to come when it asks ahead. */
  readonly method: string;
  /** `Access-Control-Request-Headers`, as it came. */
  readonly requestHeaders?: string | undefined;
}

/**
 * The headers by which a browser lets a page of another site read the answer, by the first rule that
 * fits; undefined when none does. Source: S3 User Guide, "Using cross-origin resource sharing (CORS)";
 * recordings of AWS of 2023-07 to 2025-07.
 */
export function crossOriginHeaders(
  { CORSRules }: CorsConfiguration,
  { origin, method, requestHeaders = "" }: CrossOriginRequest,
): Readonly<Record<string, string>> | undefined {
  const headers = headerNames(requestHeaders);
  if (headers.length > serverLimits.headerCount) return undefined;
  for (const rule of CORSRules) {
    if (!rule.AllowedMethods.includes(method)) continue;
    const allowed = rule.AllowedOrigins.find((pattern) => fits(pattern, origin));
    if (allowed !== undefined && allowsHeaders(rule, headers)) {
      return headersOf(rule, allowed === "*" ? "*" : origin, headers);
    }
  }
  return undefined;
}

/**
 * The headers that the answer to a request has beside its own, be it an error. Most requests come from
 * no browser. A preflight is answered by its operation.
 */
export function sharingHeaders(
  { received, target, headers }: UnderstoodRequest,
  engine: Engine,
): Readonly<Record<string, string>> | undefined {
  const origin = headers.get("origin") ?? "";
  if (origin === "" || received.method === "OPTIONS" || target.bucket === "") return undefined;
  const rules = engine.getBucket(target.bucket)?.settings.cors;
  if (rules === undefined) return undefined;
  const method = headers.get("access-control-request-method") ?? received.method;
  const requestHeaders = headers.get("access-control-request-headers");
  return crossOriginHeaders(rules, { origin, method, requestHeaders });
}

function headerNames(list: string): readonly string[] {
  const names = list.split(",").map((name) => name.trim().toLowerCase());
  return [...new Set(names)].filter((name) => name !== "");
}

function allowsHeaders({ AllowedHeaders = [] }: CorsRule, names: readonly string[]): boolean {
  if (names.length === 0) return true;
  const patterns = AllowedHeaders.map((pattern) => pattern.toLowerCase());
  return names.every((name) => patterns.some((pattern) => fits(pattern, name)));
}

/** A pattern has one `*` at most, which stands for any run of characters, also none. */
function fits(pattern: string, text: string): boolean {
  const star = pattern.indexOf("*");
  if (star === -1) return pattern === text;
  return (
    text.length >= pattern.length - 1 &&
    text.startsWith(pattern.slice(0, star)) &&
    text.endsWith(pattern.slice(star + 1))
  );
}

function headersOf(
  rule: CorsRule,
  origin: string,
  headers: readonly string[],
): Readonly<Record<string, string>> {
  const { ExposeHeaders = [], MaxAgeSeconds } = rule;
  return {
    "access-control-allow-origin": origin,
    "access-control-allow-methods": rule.AllowedMethods.join(", "),
    ...(headers.length > 0 && { "access-control-allow-headers": headers.join(", ") }),
    ...(ExposeHeaders.length > 0 && { "access-control-expose-headers": ExposeHeaders.join(", ") }),
    ...(MaxAgeSeconds !== undefined && { "access-control-max-age": String(MaxAgeSeconds) }),
    ...(origin !== "*" && { "access-control-allow-credentials": "true" }),
    vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
  };
}
