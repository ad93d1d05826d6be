import { BlockList } from "node:net";
import { isBoolean, kindOfAddress, readDate, readNetwork, readNumber } from "./condition-values.ts";
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

/** Makes one value of the policy into its test; undefined when it is no value of that kind. */
type CompileValue = (wanted: string, variables: boolean) => Pattern | undefined;

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
    Bool: positive(byBoolean),
    BinaryEquals: positive(byBytes),
    IpAddress: positive(byAddress),
    NotIpAddress: negative(byAddress),
    ArnEquals: positive(byWildcards(compileArnTokens)),
    ArnLike: positive(byWildcards(compileArnTokens)),
    ArnNotEquals: negative(byWildcards(compileArnTokens)),
    ArnNotLike: negative(byWildcards(compileArnTokens)),
    // `Null` is judged by the key's presence alone, so this comparison is never called.
    Null: positive((wanted) => (isBoolean(wanted) ? fixed(() => false) : undefined)),
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

/** Undefined when `wanted` is no value of the operator's kind: such a value fits nothing. */
export function compileValue(
  operator: ParsedOperator,
  wanted: string,
  variables: boolean,
): Pattern | undefined {
  return operators.get(operator.base)?.compile(wanted, variables);
}

function positive(compile: CompileValue): OperatorShape {
  return { compile, negated: false };
}

function negative(compile: CompileValue): OperatorShape {
  return { compile, negated: true };
}

/** For operators whose values hold no variables. */
function fixed(matches: (actual: string) => boolean): Pattern {
  return { keys: [], matches };
}

function equals(wanted: string, actual: string): boolean {
  return wanted === actual;
}

function equalsIgnoringCase(wanted: string, actual: string): boolean {
  return wanted.toLowerCase() === actual.toLowerCase();
}

/**
 * For operators without wildcards: `*` and `?` are plain characters, so the value is a single text,
 * which may be empty.
 */
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
  return byValue(readNumber, compare);
}

function byDate(compare: (actual: number, wanted: number) => boolean): CompileValue {
  return byValue(readDate, compare);
}

function byValue(
  read: (text: string) => number | undefined,
  compare: (actual: number, wanted: number) => boolean,
): CompileValue {
  return (text) => {
    const wanted = read(text);
    if (wanted === undefined) return undefined;
    return fixed((actualText) => {
      const actual = read(actualText);
      return actual !== undefined && compare(actual, wanted);
    });
  };
}

/** The only operator beside those of texts and ARNs that knows variables. */
function byBoolean(wanted: string, variables: boolean): Pattern | undefined {
  const pattern = byText(equalsIgnoringCase)(wanted, variables);
  return isBoolean(wanted) || (pattern?.keys.length ?? 0) > 0 ? pattern : undefined;
}

function byBytes(wanted: string): Pattern | undefined {
  const isBase64 = Buffer.from(wanted, "base64").toString("base64") === wanted;
  return isBase64 ? fixed((actual) => actual === wanted) : undefined;
}

function byAddress(wanted: string): Pattern | undefined {
  const network = readNetwork(wanted);
  if (network === undefined) return undefined;
  const ranges = new BlockList();
  ranges.addSubnet(network.address, network.length, network.kind);
  return fixed((actual) => {
    const address = actual.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "");
    return kindOfAddress(address) === network.kind && ranges.check(address, network.kind);
  });
}
