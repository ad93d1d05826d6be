import { closestName } from "../../core/closest-name.ts";
import { StorageError } from "../../core/errors.ts";
import { playedLimits } from "../../core/played-limits.ts";
import { type S3ErrorCode, s3ErrorCodes } from "../../protocol/error-codes.ts";
import { s3Operations } from "../../protocol/operation-table.ts";
import {
  type CallName,
  type FaultKind,
  type FaultName,
  faultNames,
  isFaultName,
  kindOf,
  serviceNames,
} from "./fault-kinds.ts";
import type { FaultRule, FaultSettings } from "./fault-rule.ts";

/**
 * Reads faults on demand from a value: a list of rules, or `{ rules, seed, byHeader }`. `where` begins
 * each message. Throws StorageError ConfigurationError, which says what is wrong with which rule and
 * what is allowed.
 */
export function parseFaultSettings(value: unknown, where: string): FaultSettings {
  if (Array.isArray(value)) return { rules: parseRules(value, where) };
  if (!isRecord(value)) throw wrong(where, "must be a list of rules, or an object with `rules`");
  assertNames(value, ["rules", "seed", "byHeader"], where);
  const { rules = [], seed, byHeader } = value;
  if (!Array.isArray(rules)) throw wrong(where, "has rules that are no list");
  if (byHeader !== undefined && typeof byHeader !== "boolean") {
    throw wrong(where, "has a byHeader that is neither true nor false");
  }
  const number = readNumber(seed, { name: "seed", min: 0, max: 2 ** 32 - 1, whole: true }, where);
  return {
    rules: parseRules(rules, where),
    ...(number !== undefined && { seed: number }),
    ...(byHeader !== undefined && { byHeader }),
  };
}

function parseRules(values: readonly unknown[], where: string): readonly FaultRule[] {
  if (values.length > playedLimits.faultRules) {
    throw wrong(where, `has ${values.length} rules, of at most ${playedLimits.faultRules}`);
  }
  return values.map((value, index) => parseFaultRule(value, `${where}: rule ${index + 1}`));
}

/** One rule, from a list or a header. */
export function parseFaultRule(value: unknown, where: string): FaultRule {
  if (!isRecord(value)) throw wrong(where, "is no object");
  const { fault: name } = value;
  if (typeof name !== "string" || !isFaultName(name)) {
    throw wrong(where, `asks for ${shown(name)}, which is no fault`, choice(name, faultNames));
  }
  const kind = kindOf(name);
  const own = [...Object.keys(kind.parameters), ...Object.keys(kind.texts ?? {})];
  assertNames(value, [...commonNames, ...own], `${where} (${name})`);
  const operations = readOperations(value["operations"], { name, kind, where });
  const bucket = readText(value["bucket"], "bucket", where);
  const prefix = readPrefix(value["prefix"], operations, where);
  const numbers = [
    ...commonNumbers,
    ...Object.entries(kind.parameters).map(([parameter, range]) => ({
      ...range,
      name: parameter,
      whole: parameter !== "perSecond",
    })),
  ].flatMap((range) => {
    const number = readNumber(value[range.name], range, where);
    return number === undefined ? [] : [[range.name, number] as const];
  });
  return {
    fault: name,
    ...(operations !== undefined && { operations }),
    ...(bucket !== undefined && { bucket }),
    ...(prefix !== undefined && { prefix }),
    ...Object.fromEntries(numbers),
    ...readAnswer(value, where),
  };
}

/** Of a fault that answers with an error; others know no such names. */
function readAnswer(
  value: Readonly<Record<string, unknown>>,
  where: string,
): Pick<FaultRule, "code" | "message"> {
  const code = readText(value["code"], "code", where);
  const message = readText(value["message"], "message", where);
  if (code !== undefined && !isErrorCode(code)) {
    const remedy = `Use a code of S3, such as AccessDenied.${nearest(code, Object.keys(s3ErrorCodes))}`;
    throw wrong(where, `has the code ${shown(code)}, which is none of S3's`, { remedy });
  }
  return { ...(code !== undefined && { code }), ...(message !== undefined && { message }) };
}

function isErrorCode(code: string): code is S3ErrorCode {
  return Object.hasOwn(s3ErrorCodes, code);
}

interface NumberRange {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
}

const commonNumbers: readonly NumberRange[] = [
  { name: "rate", min: 0, max: 1, whole: false },
  { name: "count", min: 1, max: Number.MAX_SAFE_INTEGER, whole: true },
  { name: "skip", min: 0, max: Number.MAX_SAFE_INTEGER, whole: true },
];
const commonNames = [
  "fault",
  "operations",
  "bucket",
  "prefix",
  ...commonNumbers.map(({ name }) => name),
];

const callNames: readonly string[] = [...s3Operations.map(({ name }) => name), ...serviceNames];
/** What is asked whether the server is well, of which nothing may lie. */
const adminNames = new Set(["admin", "livez", "readyz", "metrics", "health", "healthz"]);

function readOperations(
  value: unknown,
  {
    name,
    kind,
    where,
  }: { readonly name: FaultName; readonly kind: FaultKind; readonly where: string },
): readonly CallName[] | undefined {
  if (value === undefined) return undefined;
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0)
    throw wrong(where, "has an empty list of operations; leave it out for all");
  return list.map((operation) => {
    if (typeof operation === "string" && adminNames.has(operation.toLowerCase())) {
      throw wrong(
        where,
        `would strike ${operation}; health checks and the administrator's port are never struck`,
      );
    }
    if (!isCallName(operation)) {
      throw wrong(where, `names ${shown(operation)}, which is no operation`, {
        remedy: `Use an operation of S3, such as PutObject, or ${serviceNames.join(", ")}.${nearest(operation, callNames)}`,
      });
    }
    if (kind.canStrike(operation)) return operation;
    throw wrong(where, `cannot strike ${operation}: ${name} is for ${kind.strikes}`);
  });
}

function isCallName(name: unknown): name is CallName {
  return typeof name === "string" && callNames.includes(name);
}

/** Keys are those of objects: a rule that could never fit is a mistake. */
function readPrefix(
  value: unknown,
  operations: readonly CallName[] | undefined,
  where: string,
): string | undefined {
  const prefix = readText(value, "prefix", where);
  if (prefix === undefined || operations === undefined) return prefix;
  const keyless = operations.find((operation) => !hasKey(operation));
  if (keyless === undefined) return prefix;
  throw wrong(where, `has a prefix of keys, and ${keyless} has no key`);
}

function hasKey(operation: CallName): boolean {
  return s3Operations.some(({ name, scope }) => name === operation && scope === "object");
}

function readText(value: unknown, name: string, where: string): string | undefined {
  if (value === undefined || (typeof value === "string" && value !== "")) return value;
  throw wrong(where, `has a ${name} that is no text`);
}

function readNumber(value: unknown, range: NumberRange, where: string): number | undefined {
  if (value === undefined) return undefined;
  const { name, min, max, whole } = range;
  const fits = typeof value === "number" && value >= min && value <= max;
  if (fits && (!whole || Number.isInteger(value))) return value;
  const wanted = max === Number.MAX_SAFE_INTEGER ? `from ${min} up` : `from ${min} to ${max}`;
  throw wrong(
    where,
    `has ${name} ${shown(value)}, which must be a ${whole ? "whole " : ""}number ${wanted}`,
  );
}

function assertNames(value: object, allowed: readonly string[], where: string): void {
  const odd = Object.keys(value).find((name) => !allowed.includes(name));
  if (odd === undefined) return;
  throw wrong(where, `has ${shown(odd)}, which it does not know`, choice(odd, allowed));
}

function choice(given: unknown, allowed: readonly string[]): { readonly remedy: string } {
  return { remedy: `Use one of: ${allowed.join(", ")}.${nearest(given, allowed)}` };
}

function nearest(given: unknown, allowed: readonly string[]): string {
  const close = typeof given === "string" ? closestName(given, allowed) : undefined;
  return close === undefined ? "" : ` Did you mean ${close}?`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}

function wrong(
  where: string,
  what: string,
  details: { readonly remedy?: string } = {},
): StorageError {
  return new StorageError("ConfigurationError", `${where} ${what}.`, details);
}
