import type { CompiledCondition } from "./compile-condition.ts";
import type { CompiledPolicy } from "./compile-policy.ts";
import {
  type CompiledStatement,
  type PreparedRequest,
  prepareRequest,
} from "./compile-statement.ts";
import {
  type AccessQuestion,
  isGranted,
  isOwnersRescue,
  isRestricted,
  type PolicyGrants,
} from "./decide-access.ts";
import { anyOne, anyRun, tokensOf } from "./wildcard.ts";

/** As `AccessQuestion`, before it is known what exactly is asked for. */
export interface OpenQuestion extends AccessQuestion {
  /** The resource of `request` is only the beginning of the real one's ARN. Default false. */
  readonly resourceIsPrefix?: boolean;
}

/**
 * Whether some request that begins as this one could be allowed: with any resource below a prefix, any
 * tags, any version. False is certain, so that nothing needs to be read from such a caller.
 */
export function mightBeAllowed(question: OpenQuestion): boolean {
  if (isOwnersRescue(question)) return true;
  if (isRestricted(question)) return false;
  const { bucketPolicy } = question;
  if (bucketPolicy === undefined) return isGranted(question, { allow: false, delegation: false });
  const request = prepareRequest(question.request);
  const statements = bucketPolicy.forAction(request.action).statements;
  if (statements.some((statement) => isSureDeny(statement, request, question))) return false;
  return isGranted(question, openGrants(bucketPolicy, request, question));
}

function openGrants(
  policy: CompiledPolicy,
  request: PreparedRequest,
  question: OpenQuestion,
): PolicyGrants {
  const named = policy
    .forAction(request.action)
    .statements.filter((statement) => mightAllow(statement, request, question))
    .map(({ principals }) => principals.match(request.caller));
  return {
    allow: named.some((as) => as !== undefined && as !== "account"),
    delegation: named.includes("account"),
  };
}

function isSureDeny(
  { statement, principals, conditions, tagKeys }: CompiledStatement,
  request: PreparedRequest,
  question: OpenQuestion,
): boolean {
  if (statement.effect !== "Deny" || statement.resources.negated || tagKeys.length > 0)
    return false;
  if (principals.match(request.caller) === undefined) return false;
  if (!conditions.every((one) => isSettled(one) && one.holds(request.lookup))) return false;
  return statement.resources.patterns.some((pattern) =>
    coversAll(pattern, request.resource, question),
  );
}

function mightAllow(
  { statement, conditions }: CompiledStatement,
  request: PreparedRequest,
  question: OpenQuestion,
): boolean {
  if (statement.effect !== "Allow") return false;
  if (!conditions.every((one) => !isSettled(one) || one.holds(request.lookup))) return false;
  if (statement.resources.negated) return true;
  return statement.resources.patterns.some((pattern) =>
    couldCover(pattern, request.resource, question),
  );
}

/** Whether the condition can be judged before the resource's version and its tags are known. */
function isSettled({ keys }: CompiledCondition): boolean {
  return keys.every((key) => !/^s3:(?:existingobjecttag|requestobjecttag|versionid)/.test(key));
}

/** The pattern fits whatever the resource will be; may be false when it is not easily seen. */
function coversAll(pattern: string, resource: string, { resourceIsPrefix }: OpenQuestion): boolean {
  if (pattern.includes("${")) return false;
  const tokens = tokensOf(pattern);
  const [first, second] = tokens;
  if (tokens.length === 1 && first === anyRun) return true;
  if (tokens.length === 1) return resourceIsPrefix !== true && first === resource;
  return (
    tokens.length === 2 &&
    typeof first === "string" &&
    second === anyRun &&
    resource.startsWith(first)
  );
}

/** The pattern may fit what the resource will be; true when it is not easily seen. */
function couldCover(pattern: string, resource: string, question: OpenQuestion): boolean {
  const [start = ""] = pattern.split("${");
  const [literal] = tokensOf(start);
  const isOpen = start !== pattern || tokensOf(pattern).some(isWildcard);
  const text = typeof literal === "string" ? literal : "";
  if (question.resourceIsPrefix !== true) {
    return isOpen ? resource.startsWith(text) : resource === text;
  }
  return text.startsWith(resource) || (isOpen && resource.startsWith(text));
}

function isWildcard(token: unknown): boolean {
  return token === anyRun || token === anyOne;
}
