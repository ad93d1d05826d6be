import { BlockList, isIP } from "node:net";
import type { Glob, ResolveVariable } from "./wildcard.ts";
import { arnGlobMatches, compileGlob, globMatches } from "./wildcard.ts";

/** How a condition operator is spelt: `ForAnyValue:StringNotLikeIfExists` has all four parts. */
export interface ParsedOperator {
  readonly set: "ForAllValues" | "ForAnyValue" | undefined;
  readonly base: string;
  /** Values are NOR-ed, and a missing key fulfils the condition. */
  readonly negated: boolean;
  readonly ifExists: boolean;
}

/**
 * Compares one value of the request with one of the policy; undefined when a variable of the
 * policy's value has no value in this request.
 */
export type Comparison = (
  actual: string,
  wanted: string,
  resolve: ResolveVariable | undefined,
) => boolean | undefined;

interface OperatorShape {
  readonly compare: Comparison;
  readonly negated: boolean;
}

/** Source: IAM User Guide, "IAM JSON policy elements: Condition operators". */
const operators: ReadonlyMap<string, OperatorShape> = new Map(
  Object.entries({
    StringEquals: positive(byText((wanted, actual) => wanted === actual)),
    StringNotEquals: negative(byText((wanted, actual) => wanted === actual)),
    StringEqualsIgnoreCase: positive(byText(equalsIgnoringCase)),
    StringNotEqualsIgnoreCase: negative(byText(equalsIgnoringCase)),
    StringLike: positive(byGlob(globMatches)),
    StringNotLike: negative(byGlob(globMatches)),
    NumericEquals: positive(byNumber((actual, wanted) => actual === wanted)),
    NumericNotEquals: negative(byNumber((actual, wanted) => actual === wanted)),
    NumericLessThan: positive(byNumber((actual, wanted) => actual < wanted)),
    NumericLessThanEquals: positive(byNumber((actual, wanted) => actual <= wanted)),
    NumericGreaterThan: positive(byNumber((actual, wanted) => actual > wanted)),
    NumericGreaterThanEquals: positive(byNumber((actual, wanted) => actual >= wanted)),
    DateEquals: positive(byDate((actual, wanted) => actual === wanted)),
    DateNotEquals: negative(byDate((actual, wanted) => actual === wanted)),
    DateLessThan: positive(byDate((actual, wanted) => actual < wanted)),
    DateLessThanEquals: positive(byDate((actual, wanted) => actual <= wanted)),
    DateGreaterThan: positive(byDate((actual, wanted) => actual > wanted)),
    DateGreaterThanEquals: positive(byDate((actual, wanted) => actual >= wanted)),
    Bool: positive(equalsIgnoringCase),
    BinaryEquals: positive((actual, wanted) => actual === wanted),
    IpAddress: positive(addressInRange),
    NotIpAddress: negative(addressInRange),
    ArnEquals: positive(byGlob(arnGlobMatches)),
    ArnLike: positive(byGlob(arnGlobMatches)),
    ArnNotEquals: negative(byGlob(arnGlobMatches)),
    ArnNotLike: negative(byGlob(arnGlobMatches)),
    // Judged by presence alone, so its comparison is never asked.
    Null: positive(equalsIgnoringCase),
  }),
);

/** Undefined for an operator that IAM does not know. */
export function parseOperator(text: string): ParsedOperator | undefined {
  const match = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/.exec(text);
  const [, set, base = "", ifExists] = match ?? [];
  const shape = operators.get(base);
  if (shape === undefined || (base === "Null" && (set ?? ifExists) !== undefined)) return undefined;
  return {
    set: set === "ForAllValues" || set === "ForAnyValue" ? set : undefined,
    base,
    negated: shape.negated,
    ifExists: ifExists !== undefined,
  };
}

export function comparisonOf(operator: ParsedOperator): Comparison {
  return operators.get(operator.base)?.compare ?? (() => false);
}

function positive(compare: Comparison): OperatorShape {
  return { compare, negated: false };
}

function negative(compare: Comparison): OperatorShape {
  return { compare, negated: true };
}

function equalsIgnoringCase(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Wildcards of the pattern are plain characters here. */
function byText(compare: (wanted: string, actual: string) => boolean): Comparison {
  return (actual, wanted, resolve) => {
    const glob = compileGlob(wanted, resolve);
    if (glob === undefined) return undefined;
    const text = glob.map((symbol) => (symbol === 0 ? "*" : symbol === 1 ? "?" : symbol)).join("");
    return compare(text, actual);
  };
}

function byGlob(matches: (glob: Glob, text: string) => boolean): Comparison {
  return (actual, wanted, resolve) => {
    const glob = compileGlob(wanted, resolve);
    return glob === undefined ? undefined : matches(glob, actual);
  };
}

function byNumber(compare: (actual: number, wanted: number) => boolean): Comparison {
  return (actual, wanted) => {
    const pair = [actual, wanted].map((text) => (text.trim() === "" ? Number.NaN : Number(text)));
    const [left = Number.NaN, right = Number.NaN] = pair;
    return !Number.isNaN(left) && !Number.isNaN(right) && compare(left, right);
  };
}

function byDate(compare: (actual: number, wanted: number) => boolean): Comparison {
  return (actual, wanted) => {
    const [left, right] = [epochMs(actual), epochMs(wanted)];
    return !Number.isNaN(left) && !Number.isNaN(right) && compare(left, right);
  };
}

/** ISO 8601, or seconds since 1970. */
function epochMs(text: string): number {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

/** `wanted` is an address or a range in CIDR form, IPv4 or IPv6. */
function addressInRange(actual: string, wanted: string): boolean {
  const address = actual.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "");
  const [network = "", lengthText] = wanted.split("/");
  const family = isIP(network);
  if (family === 0 || isIP(address) !== family) return false;
  const bits = family === 4 ? 32 : 128;
  const length = lengthText === undefined ? bits : Number(lengthText);
  if (!Number.isInteger(length) || length < 0 || length > bits) return false;
  const ranges = new BlockList();
  const kind = family === 4 ? "ipv4" : "ipv6";
  ranges.addSubnet(network, length, kind);
  return ranges.check(address, kind);
}
