import { bucketPolicyKind, type ParsePolicyOptions } from "./bucket-policy-kind.ts";
import { parseConditions } from "./parse-conditions.ts";
import { parsePrincipals } from "./parse-principals.ts";
import type { PatternSet, Policy, Statement } from "./policy.ts";
import { PolicyError } from "./policy-error.ts";
import { type PolicyKind, PolicyReading, type UnknownPart } from "./policy-reading.ts";
import { findRepeatedName } from "./repeated-name.ts";

/**
 * Reads a bucket policy and checks it as PutBucketPolicy does.
 * Throws PolicyError with S3's text. Sources: S3 User Guide, IAM "JSON policy elements reference";
 * texts as S3 answers them.
 */
export function parsePolicy(text: string, options: ParsePolicyOptions): Policy {
  return parsePolicyOf(bucketPolicyKind(options), text);
}

/** Reads a policy of any kind and checks it as its service does. Throws PolicyError. */
export function parsePolicyOf(kind: PolicyKind, text: string): Policy {
  return readPolicy(text, new PolicyReading(kind, "put"));
}

export interface StoredPolicy {
  /** A statement that cannot be read stands in it as one that covers nothing. */
  readonly policy: Policy;
  readonly unknown: readonly UnknownPart[];
}

/**
 * Reads a policy that a store gave out, which may hold what is not known here, and what S3 refuses
 * when it is put again, such as the `AROA...` of a role that was deleted.
 * Throws PolicyError when the text is no policy at all.
 */
export function parseStoredPolicy(text: string, bucket: string): StoredPolicy {
  return parseStoredPolicyOf(bucketPolicyKind({ bucket }), text);
}

/** As `parseStoredPolicy`, for a policy of any kind. */
export function parseStoredPolicyOf(kind: PolicyKind, text: string): StoredPolicy {
  const reading = new PolicyReading(kind, "stored");
  return { policy: readPolicy(text, reading), unknown: reading.unknown };
}

function readPolicy(text: string, reading: PolicyReading): Policy {
  const document = parseDocument(text, reading.kind);
  if (!reading.isStored && findRepeatedName(text) !== undefined) throw invalidSyntax();
  const version = parseVersion(document["Version"]);
  const statements = parseStatements(document["Statement"], version, reading);
  const id = document["Id"];
  if (id !== undefined && typeof id !== "string") throw invalidSyntax();
  return { version, ...(id !== undefined && { id }), statements };
}

type Json = Readonly<Record<string, unknown>>;

function parseDocument(text: string, { texts, maximumBytes }: PolicyKind): Json {
  const notJson = (): PolicyError => new PolicyError(texts.notJson);
  if (!text.startsWith("{")) throw notJson();
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw notJson();
  }
  if (!isObject(document)) throw notJson();
  if (normalizedBytes(document, text) > maximumBytes) throw new PolicyError(texts.tooLarge);
  for (const name of Object.keys(document)) {
    if (!["Version", "Id", "Statement"].includes(name)) {
      throw new PolicyError(`Unknown field ${name}`);
    }
  }
  return document;
}

/** Without white space. Node before 26 cannot write a document nested ten thousand deep. */
function normalizedBytes(document: Json, text: string): number {
  try {
    return Buffer.byteLength(JSON.stringify(document), "utf8");
  } catch {
    return Buffer.byteLength(text, "utf8");
  }
}

/** Absent means 2008-10-17, says the IAM guide. */
function parseVersion(version: unknown): Policy["version"] {
  if (version === undefined) return "2008-10-17";
  if (version === "2012-10-17" || version === "2008-10-17") return version;
  throw new PolicyError("The policy must contain a valid version string");
}

function parseStatements(
  value: unknown,
  version: Policy["version"],
  reading: PolicyReading,
): Statement[] {
  if (value === undefined) throw new PolicyError("Missing required field Statement");
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0) throw new PolicyError("Could not parse the policy: Statement is empty!");
  const sids = new Set<string>();
  return list.map((entry, index) => {
    reading.enter({ index });
    try {
      return parseStatement(entry, index, { version, sids, reading });
    } catch (error) {
      if (!reading.survives(error)) throw inStatement(error, index);
      reading.refuse("Statement", error.message, error.message);
      return emptyStatement;
    }
  });
}

function inStatement(error: unknown, index: number): unknown {
  return error instanceof PolicyError ? new PolicyError(error.message, error.detail, index) : error;
}

const emptyStatement: Statement = {
  effect: "Allow",
  principals: { negated: false, entries: [] },
  actions: { negated: false, patterns: [] },
  resources: { negated: false, patterns: [] },
  conditions: [],
};

const statementFields: ReadonlySet<string> = new Set([
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
]);

interface StatementContext {
  readonly version: Policy["version"];
  /** The Sids of the statements read so far. */
  readonly sids: Set<string>;
  readonly reading: PolicyReading;
}

function parseStatement(
  entry: unknown,
  index: number,
  { version, sids, reading }: StatementContext,
): Statement {
  if (!isObject(entry)) throw invalidSyntax();
  const sid = parseSid(entry["Sid"], sids);
  const named = sid === undefined ? {} : { sid };
  reading.enter({ index, ...named });
  for (const name of Object.keys(entry)) {
    if (!statementFields.has(name)) throw new PolicyError(`Unknown field ${name}`);
  }
  const effect = parseEffect(entry["Effect"]);
  const { kind } = reading;
  const principals = principalsOf(entry, reading);
  const actions = parsePatterns(entry, "Action");
  const resources = resourcesOf(entry, kind);
  for (const pattern of actions.patterns) kind.assertAction(pattern, reading);
  for (const pattern of resources.patterns) kind.assertResource(pattern, reading);
  const conditions = parseConditions(entry["Condition"], version === "2012-10-17", reading);
  kind.assertStatement({ actions, resources, conditions }, reading);
  return { ...named, effect, principals, actions, resources, conditions };
}

function principalsOf(entry: Json, reading: PolicyReading): Statement["principals"] {
  if (reading.kind.principals === "none") {
    if ("Principal" in entry || "NotPrincipal" in entry) {
      throw new PolicyError("Policy document should not specify a principal.");
    }
    return { negated: false, entries: [{ type: "AWS", value: "*" }] };
  }
  const { negated, value } = pickOne(entry, "Principal");
  return { negated, entries: parsePrincipals(value, reading) };
}

function resourcesOf(entry: Json, { resources }: PolicyKind): PatternSet {
  if (resources === "required") return parsePatterns(entry, "Resource");
  if ("Resource" in entry || "NotResource" in entry) {
    throw new PolicyError("Has prohibited field Resource");
  }
  return { negated: false, patterns: ["*"] };
}

/** Empty counts as none. */
function parseSid(sid: unknown, sids: Set<string>): string | undefined {
  if (sid === undefined || sid === "") return undefined;
  if (typeof sid !== "string") throw invalidSyntax();
  if (sids.has(sid)) {
    throw new PolicyError("Statement IDs (SID) in a single policy must be unique.");
  }
  sids.add(sid);
  return sid;
}

function parseEffect(effect: unknown): Statement["effect"] {
  if (effect === undefined) throw new PolicyError("Missing required field Effect");
  if (effect === "Allow" || effect === "Deny") return effect;
  const shown = typeof effect === "string" ? effect : JSON.stringify(effect);
  throw new PolicyError(`Invalid effect: ${shown}`);
}

function pickOne(entry: Json, name: string): { negated: boolean; value: unknown } {
  const plain = entry[name];
  const negated = entry[`Not${name}`];
  if (plain !== undefined && negated !== undefined) throw invalidSyntax();
  if (plain === undefined && negated === undefined) {
    throw new PolicyError(`Missing required field ${name}`);
  }
  return { negated: plain === undefined, value: plain ?? negated };
}

function parsePatterns(entry: Json, name: "Action" | "Resource"): PatternSet {
  const { negated, value } = pickOne(entry, name);
  const patterns: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (patterns.length === 0) throw new PolicyError(`Missing required field ${name}`);
  return {
    negated,
    patterns: patterns.map((pattern) => {
      if (typeof pattern !== "string") throw invalidSyntax();
      return pattern;
    }),
  };
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalidSyntax(): PolicyError {
  return new PolicyError("Invalid policy syntax.");
}
