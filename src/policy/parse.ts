import { s3Limits } from "../core/limits.ts";
import { levelsOfPattern } from "./actions.ts";
import { parseConditions } from "./parse-conditions.ts";
import { parsePrincipals } from "./parse-principals.ts";
import type { PatternSet, Policy, Statement } from "./policy.ts";
import { PolicyError } from "./policy-error.ts";
import { matchesPattern } from "./wildcard.ts";

export interface ParsePolicyOptions {
  /** Every resource must be this bucket's. */
  readonly bucket: string;
  /** Default: every `aws...` partition. */
  readonly partition?: string;
  /**
   * A stored policy shows `AROA...` or `AIDA...` for a principal that was deleted; S3 refuses such a
   * text when it is put again. Default `reject`.
   */
  readonly uniqueIds?: "accept" | "reject";
}

/**
 * Reads a bucket policy and checks it as PutBucketPolicy does.
 * Throws PolicyError with S3's text. Sources: S3 User Guide, IAM "JSON policy elements reference";
 * texts as S3 answers them.
 */
export function parsePolicy(text: string, options: ParsePolicyOptions): Policy {
  const document = parseDocument(text);
  const version = parseVersion(document["Version"]);
  const statements = parseStatements(document["Statement"], options);
  const id = document["Id"];
  if (id !== undefined && typeof id !== "string") throw invalidSyntax();
  return { version, ...(id === undefined ? {} : { id }), statements };
}

type Json = Readonly<Record<string, unknown>>;

function parseDocument(text: string): Json {
  if (!text.startsWith("{")) throw notJson();
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw notJson();
  }
  if (!isObject(document)) throw notJson();
  if (normalizedBytes(document, text) > s3Limits.policyBytes) {
    throw new PolicyError(
      "Normalized policy document exceeds the maximum allowed size of 20480 bytes",
    );
  }
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

function parseStatements(value: unknown, options: ParsePolicyOptions): Statement[] {
  if (value === undefined) throw new PolicyError("Missing required field Statement");
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0) throw new PolicyError("Could not parse the policy: Statement is empty!");
  const sids = new Set<string>();
  return list.map((entry) => {
    if (!isObject(entry)) throw invalidSyntax();
    const statement = parseStatement(entry, options);
    if (statement.sid !== undefined) {
      if (sids.has(statement.sid)) {
        throw new PolicyError("Statement IDs (SID) in a single policy must be unique.");
      }
      sids.add(statement.sid);
    }
    return statement;
  });
}

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

function parseStatement(entry: Json, options: ParsePolicyOptions): Statement {
  for (const name of Object.keys(entry)) {
    if (!statementFields.has(name)) throw new PolicyError(`Unknown field ${name}`);
  }
  const sid = entry["Sid"];
  if (sid !== undefined && typeof sid !== "string") throw invalidSyntax();
  const effect = parseEffect(entry["Effect"]);
  const principal = pickOne(entry, "Principal");
  const principals = {
    negated: principal.negated,
    entries: parsePrincipals(principal.value, options.uniqueIds ?? "reject"),
  };
  const actions = parsePatterns(entry, "Action", (pattern) => assertAction(pattern));
  const resources = parsePatterns(entry, "Resource", (pattern) => assertResource(pattern, options));
  assertActionsApply(actions, resources, options.bucket);
  const conditions = parseConditions(entry["Condition"]);
  return {
    ...(sid === undefined || sid === "" ? {} : { sid }),
    effect,
    principals,
    actions,
    resources,
    conditions,
  };
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

function parsePatterns(
  entry: Json,
  name: "Action" | "Resource",
  assertValid: (pattern: string) => void,
): PatternSet {
  const { negated, value } = pickOne(entry, name);
  const patterns: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (patterns.length === 0) throw new PolicyError(`Missing required field ${name}`);
  for (const pattern of patterns) {
    if (typeof pattern !== "string") throw invalidSyntax();
    assertValid(pattern);
  }
  return { negated, patterns: patterns.filter((pattern) => typeof pattern === "string") };
}

function assertAction(pattern: string): void {
  if (levelsOfPattern(pattern).size === 0) throw new PolicyError("Policy has invalid action");
}

function assertResource(pattern: string, options: ParsePolicyOptions): void {
  const resource = splitResource(pattern);
  const partitionFits =
    options.partition === undefined || resource?.partition === options.partition;
  if (resource === undefined || !partitionFits) {
    throw new PolicyError("Policy has invalid resource");
  }
  if (!bucketFits(resource.path, options.bucket)) {
    throw new PolicyError("Policy has invalid resource");
  }
}

function splitResource(pattern: string): { partition: string; path: string } | undefined {
  const match = /^arn:(aws[a-z-]*):s3:::(.+)$/s.exec(pattern);
  const [, partition, path] = match ?? [];
  return partition === undefined || path === undefined ? undefined : { partition, path };
}

/** The part before the first `/` names the bucket; `*` there may reach into the key. */
function bucketFits(path: string, bucket: string): boolean {
  return levelsOfResource(path, bucket).size > 0;
}

function levelsOfResource(path: string, bucket: string): ReadonlySet<"bucket" | "object"> {
  const levels = new Set<"bucket" | "object">();
  // A variable may stand for any text.
  const open = path.replace(/\$\{[^}]*\}/g, "*");
  if (matchesPattern(open, bucket)) levels.add("bucket");
  const slash = open.indexOf("/");
  const name = slash === -1 ? open : open.slice(0, slash);
  const reachesKeys = slash === -1 ? name.includes("*") : slash < open.length - 1;
  const nameFits = nameReaches(name, bucket) || (slash !== -1 && matchesPattern(name, bucket));
  if (reachesKeys && nameFits) levels.add("object");
  return levels;
}

/** Whether a `*` of the name part reaches past the bucket into the key, as `buck*` does. */
function nameReaches(name: string, bucket: string): boolean {
  for (let star = name.indexOf("*"); star !== -1; star = name.indexOf("*", star + 1)) {
    if (matchesPattern(name.slice(0, star + 1), `${bucket}/`)) return true;
  }
  return false;
}

/** Each action must have a resource of its kind; the reverse S3 does not ask. */
function assertActionsApply(actions: PatternSet, resources: PatternSet, bucket: string): void {
  if (actions.negated || resources.negated) return;
  const present = new Set<string>();
  for (const pattern of resources.patterns) {
    for (const level of levelsOfResource(splitResource(pattern)?.path ?? "", bucket)) {
      present.add(level);
    }
  }
  for (const pattern of actions.patterns) {
    if (![...levelsOfPattern(pattern)].some((level) => present.has(level))) {
      throw new PolicyError("Action does not apply to any resource(s) in statement");
    }
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function notJson(): PolicyError {
  return new PolicyError("Policies must be valid JSON and the first byte must be '{'");
}

function invalidSyntax(): PolicyError {
  return new PolicyError("Invalid policy syntax.");
}
