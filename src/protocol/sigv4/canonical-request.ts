import { hash } from "node:crypto";
import { trimBlanks } from "../headers/trim-blanks.ts";
import { percentDecode } from "../percent-decode.ts";
import { uriEncode } from "../query.ts";

/** SHA-256 of no bytes, hex. */
export const emptySha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

export const unsignedPayload = "UNSIGNED-PAYLOAD";

export interface CanonicalRequestParts {
  readonly method: string;
  readonly rawPath: string;
  readonly rawQuery: string;
  /** Lower case, sorted. */
  readonly signedHeaders: readonly string[];
  /** Wire values (latin1 views); several headers of one name joined with `,`. */
  readonly headerValue: (name: string) => string | undefined;
  readonly payloadHash: string;
}

/**
 * The canonical request as S3 builds it: the path encoded once and never normalised, each query name
 * and value encoded anew and sorted, header values trimmed with inner runs of spaces as one. Every
 * character stands for one byte (latin1). `X-Amz-Signature` is left out of the query.
 * Source: S3 API reference, "Signature Calculations for the Authorization Header".
 */
export function canonicalRequest(parts: CanonicalRequestParts): string {
  let headers = "";
  for (const name of parts.signedHeaders) {
    headers += `${name}:${canonicalHeaderValue(parts.headerValue(name) ?? "")}\n`;
  }
  return (
    `${parts.method}\n${canonicalPath(parts.rawPath)}\n${canonicalQuery(parts.rawQuery)}\n` +
    `${headers}\n${parts.signedHeaders.join(";")}\n${parts.payloadHash}`
  );
}

/** Of a canonical request, hex. */
export function canonicalRequestHash(canonical: string): string {
  return hash("sha256", Buffer.from(canonical, "latin1"), "hex");
}

export function stringToSign(amzDate: string, scope: string, canonicalHash: string): string {
  return `AWS4-HMAC-SHA256\n${amzDate}\n${scope}\n${canonicalHash}`;
}

const plainPath = /^[A-Za-z0-9\-._~/]*$/;

function canonicalPath(rawPath: string): string {
  if (rawPath === "") return "/";
  if (plainPath.test(rawPath)) return rawPath;
  return uriEncode(percentDecode(rawPath), { keepSlash: true });
}

function canonicalQuery(rawQuery: string): string {
  if (rawQuery === "") return "";
  const pairs: (readonly [string, string])[] = [];
  for (const pair of rawQuery.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = recode(equals === -1 ? pair : pair.slice(0, equals));
    if (name === "X-Amz-Signature") continue;
    pairs.push([name, equals === -1 ? "" : recode(pair.slice(equals + 1))]);
  }
  if (pairs.length > 1) pairs.sort(comparePairs);
  return pairs.map(([name, value]) => `${name}=${value}`).join("&");
}

function canonicalHeaderValue(value: string): string {
  const trimmed = trimBlanks(value);
  return trimmed.includes("  ") ? trimmed.replace(/ {2,}/g, " ") : trimmed;
}

const plainQuery = /^[A-Za-z0-9\-._~]*$/;

function recode(text: string): string {
  if (plainQuery.test(text)) return text;
  return uriEncode(percentDecode(text.includes("+") ? text.replaceAll("+", " ") : text));
}

/** Both are ASCII by now, so code units are bytes. */
function comparePairs(
  [nameA, valueA]: readonly [string, string],
  [nameB, valueB]: readonly [string, string],
): number {
  if (nameA !== nameB) return nameA < nameB ? -1 : 1;
  if (valueA === valueB) return 0;
  return valueA < valueB ? -1 : 1;
}
