import { S3Error } from "../s3-error.ts";

/** Sizes of a file that a policy allows, both included. */
export interface SizeRange {
  readonly min: number;
  readonly max: number;
}

/** A form as its policy sees it: fields by lower-case name, the bucket among them. */
export type FormFields = ReadonlyMap<string, string>;

/** Fields that a policy need not name: it cannot sign itself. */
const unlisted: ReadonlySet<string> = new Set([
  "awsaccesskeyid",
  "file",
  "policy",
  "signature",
  "x-amz-signature",
]);

/**
 * Judges a form by its policy, which is signed. Answers the sizes that the file may have; undefined: any.
 * Throws S3Error InvalidPolicyDocument for what is no policy, and AccessDenied for a form that does not
 * fit. Source: S3 API reference, "POST Policy"; recordings of AWS of 2026-02.
 */
export function judgeForm(
  encodedPolicy: string,
  fields: FormFields,
  now: Date,
): SizeRange | undefined {
  const { expiration, conditions } = parsePolicy(encodedPolicy);
  if (now.getTime() >= expiration.getTime()) throw refused("Policy expired.");
  const named = new Set<string>();
  let range: SizeRange | undefined;
  for (const condition of conditions.map(readCondition)) {
    if ("range" in condition) {
      range = narrower(range, condition.range ?? fail(condition));
      continue;
    }
    named.add(condition.field);
    if (!isMet(condition, fields)) fail(condition);
  }
  const extra = [...fields.keys()].filter((name) => !named.has(name) && !isUnlisted(name));
  if (extra.length > 0) throw refused(`Extra input fields: ${extra.join(", ")}`);
  return range;
}

interface PolicyDocument {
  readonly expiration: Date;
  readonly conditions: readonly unknown[];
}

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

function parsePolicy(encoded: string): PolicyDocument {
  let document: unknown;
  try {
    document = JSON.parse(Buffer.from(encoded, "base64").toString("utf8"));
  } catch {
    throw invalid("Invalid JSON.");
  }
  if (!isObject(document)) throw invalid("Invalid JSON.");
  const { expiration, conditions } = document;
  if (expiration === undefined) throw invalid("Policy missing expiration.");
  const text = typeof expiration === "string" ? expiration : JSON.stringify(expiration);
  const time = new Date(text);
  if (Number.isNaN(time.getTime()) || !isoTime.test(text)) {
    throw invalid(`Invalid 'expiration' value: '${text}'`);
  }
  if (conditions === undefined) throw invalid("Policy missing conditions.");
  if (!Array.isArray(conditions)) throw invalid("Invalid 'conditions' value: must be a List.");
  return { expiration: time, conditions };
}

interface MatchCondition {
  readonly kind: "eq" | "starts-with";
  readonly field: string;
  readonly value: string;
  /** As the policy has it. */
  readonly text: string;
}

interface RangeCondition {
  /** Undefined: no numbers. */
  readonly range: SizeRange | undefined;
  readonly text: string;
}

function readCondition(condition: unknown): MatchCondition | RangeCondition {
  if (Array.isArray(condition)) return readList(condition);
  const [entry, ...others] = isObject(condition) ? Object.entries(condition) : [];
  if (entry === undefined || others.length > 0) {
    throw invalid(
      "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.",
    );
  }
  const [name, value] = entry;
  if (typeof value !== "string") {
    throw invalid("Invalid Simple-Condition: value must be a string.");
  }
  return { kind: "eq", field: name.toLowerCase(), value, text: textOf(["eq", `$${name}`, value]) };
}

function readList(list: readonly unknown[]): MatchCondition | RangeCondition {
  const [operator, one, other] = list;
  const kind = String(operator).toLowerCase();
  const isKnown = kind === "eq" || kind === "starts-with" || kind === "content-length-range";
  if (!isKnown) throw invalid(`Invalid Condition: unknown operation '${String(operator)}'.`);
  if (list.length !== 3) throw invalid(`Invalid Condition: wrong number of arguments for ${kind}.`);
  if (kind === "content-length-range") return { range: readRange(one, other), text: textOf(list) };
  if (typeof one !== "string" || typeof other !== "string") {
    throw invalid("Invalid Condition: arguments must be strings.");
  }
  // A name without its $ is no field's.
  const field = one.startsWith("$") ? one.slice(1).toLowerCase() : "";
  return { kind, field, value: other, text: textOf(list) };
}

function readRange(min: unknown, max: unknown): SizeRange | undefined {
  const isWhole = [min, max].every((value) => /^[+-]?\d{1,15}$/.test(String(value)));
  if (!isWhole) return undefined;
  const range = { min: Number(min), max: Number(max) };
  if (range.min < 0 || range.min > range.max) throw invalid("Invalid content-length-range values.");
  return range;
}

/** A field that is not there is as good as empty. `Content-Type` may be a list; each has to begin so. */
function isMet({ kind, field, value }: MatchCondition, fields: FormFields): boolean {
  if (field === "") return false;
  const given = fields.get(field) ?? "";
  if (kind === "eq") return given === value;
  if (field !== "content-type") return given.startsWith(value);
  return given.split(",").every((type) => type.trim().startsWith(value));
}

function narrower(one: SizeRange | undefined, other: SizeRange): SizeRange {
  if (one === undefined) return other;
  return { min: Math.max(one.min, other.min), max: Math.min(one.max, other.max) };
}

function isUnlisted(name: string): boolean {
  return unlisted.has(name) || name.startsWith("x-ignore-");
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** As AWS writes a condition: a blank behind each comma. */
function textOf(list: readonly unknown[]): string {
  return `[${list.map((one) => JSON.stringify(one)).join(", ")}]`;
}

function fail({ text }: { readonly text: string }): never {
  throw refused(`Policy Condition failed: ${text}`);
}

function refused(why: string): S3Error {
  return new S3Error("AccessDenied", { message: `Invalid according to Policy: ${why}` });
}

function invalid(why: string): S3Error {
  return new S3Error("InvalidPolicyDocument", { message: `Invalid Policy: ${why}` });
}
