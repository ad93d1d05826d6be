import { BlockList, isIP } from "node:net";
import { compilePattern, type Pattern, type PatternOptions } from "./pattern.ts";
import { compileArnTokens, compileTokens, type Token } from "./wildcard.ts";

/** How a condition operator is spelt: `ForAnyValue:StringNotLikeIfExists` has all four parts. */
export interface ParsedOperator {
  readonly set: "ForAllValues" | "ForAnyValue" | undefined;
  readonly base: string;
  /** Values are NOR-ed, and a missing key fulfils the condition. */
  readonly negated: boolean;
  readonly ifExists: boolean;
}

/** Makes one value of the policy into its test. */
type CompileValue = (wanted: string, variables: boolean) => Pattern;

interface OperatorShape {
  readonly compile: CompileValue;
  readonly negated: boolean;
}

/** Source: IAM User Guide, "IAM JSON policy elements: Condition operators". */
const operators: ReadonlyMap<string, OperatorShape> = new Map(
  Object.entries({
    StringEquals: positive(byText(equals)),
    StringNotEquals: negative(byText(equals)),
    StringEqualsIgnoreCase: positive(byText(equalsIgnoringCase)),
    StringNotEqualsIgnoreCase: negative(byText(equalsIgnoringCase)),
    StringLike: positive(byWildcards(compileTokens)),
    StringNotLike: negative(byWildcards(compileTokens)),
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
    Bool: positive(plain(equalsIgnoringCase)),
    BinaryEquals: positive(plain(equals)),
    IpAddress: positive(byAddress),
    NotIpAddress: negative(byAddress),
    ArnEquals: positive(byWildcards(compileArnTokens)),
    ArnLike: positive(byWildcards(compileArnTokens)),
    ArnNotEquals: negative(byWildcards(compileArnTokens)),
    ArnNotLike: negative(byWildcards(compileArnTokens)),
    // Judged by presence alone, so its comparison is never asked.
    Null: positive(plain(equalsIgnoringCase)),
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

export function compileValue(
  operator: ParsedOperator,
  wanted: string,
  variables: boolean,
): Pattern {
  const shape = operators.get(operator.base);
  return shape?.compile(wanted, variables) ?? fixed(() => false);
}

function positive(compile: CompileValue): OperatorShape {
  return { compile, negated: false };
}

function negative(compile: CompileValue): OperatorShape {
  return { compile, negated: true };
}

/** Of operators that know no variables. */
function fixed(matches: (actual: string) => boolean): Pattern {
  return { keys: [], matches };
}

function plain(compare: (wanted: string, actual: string) => boolean): CompileValue {
  return (wanted) => fixed((actual) => compare(wanted, actual));
}

function equals(wanted: string, actual: string): boolean {
  return wanted === actual;
}

function equalsIgnoringCase(wanted: string, actual: string): boolean {
  return wanted.toLowerCase() === actual.toLowerCase();
}

/** Wildcards of the value are plain characters here, so that it is one text or none at all. */
function byText(compare: (wanted: string, actual: string) => boolean): CompileValue {
  const compile = ([token = ""]: readonly Token[]) => {
    const wanted = String(token);
    return (actual: string) => compare(wanted, actual);
  };
  return (wanted, variables) => compilePattern(wanted, { variables, wildcards: false, compile });
}

function byWildcards(compile: PatternOptions["compile"]): CompileValue {
  return (wanted, variables) => compilePattern(wanted, { variables, wildcards: true, compile });
}

function byNumber(compare: (actual: number, wanted: number) => boolean): CompileValue {
  return byValue(numberOf, compare);
}

function byDate(compare: (actual: number, wanted: number) => boolean): CompileValue {
  return byValue(epochMs, compare);
}

/** What is no number or no date fits nothing. */
function byValue(
  read: (text: string) => number,
  compare: (actual: number, wanted: number) => boolean,
): CompileValue {
  return (text) => {
    const wanted = read(text);
    return fixed((actualText) => {
      const actual = read(actualText);
      return !Number.isNaN(wanted) && !Number.isNaN(actual) && compare(actual, wanted);
    });
  };
}

function numberOf(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}

/** ISO 8601, or seconds since 1970. */
function epochMs(text: string): number {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

/** `wanted` is an address or a range in CIDR form, IPv4 or IPv6. */
function byAddress(wanted: string): Pattern {
  const [network = "", lengthText] = wanted.split("/");
  const family = isIP(network);
  const bits = family === 4 ? 32 : 128;
  const length = lengthText === undefined ? bits : Number(lengthText);
  if (family === 0 || !Number.isInteger(length) || length < 0 || length > bits) {
    return fixed(() => false);
  }
  const kind = family === 4 ? "ipv4" : "ipv6";
  const ranges = new BlockList();
  ranges.addSubnet(network, length, kind);
  return fixed((actual) => {
    const address = actual.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "");
    return isIP(address) === family && ranges.check(address, kind);
  });
}
