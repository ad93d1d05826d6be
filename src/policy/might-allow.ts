import { type AccessQuestion, type Assess, combineLayers } from "./combine-layers.ts";
import type { CompiledCondition } from "./compile-condition.ts";
import { type Reach, reachOf } from "./compile-principals.ts";
import {
  type CompiledStatement,
  type PreparedRequest,
  prepareRequest,
} from "./compile-statement.ts";
import { furthest } from "./evaluate.ts";
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
  return combineLayers(question, assessorOf(question)).outcome === "allowed";
}

/** Denies only what is certain to be denied, and allows what may be allowed. */
function assessorOf(question: OpenQuestion): Assess {
  const request = prepareRequest(question.request);
  return (policy) => {
    let reach: Reach | undefined;
    for (const compiled of policy.forAction(request.action).statements) {
      if (isSureDeny(compiled, request, question)) return { denies: true, reach: undefined };
      const as = mightAllow(compiled, request, question)
        ? compiled.principals.match(request.caller)
        : undefined;
      if (as !== undefined) reach = furthest(reach, reachOf(as));
    }
    return { denies: false, reach };
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
