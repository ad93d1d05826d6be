import { actionsOfPattern } from "../../policy/actions.ts";
import { possibleArns } from "../../policy/lasting-principal.ts";
import type { AskedPrincipal } from "../../policy/lock-out.ts";
import { parseStoredPolicy } from "../../policy/parse.ts";
import {
  type ConditionClause,
  describeStatement,
  type Policy,
  type Statement,
} from "../../policy/policy.ts";
import type { AuditContext } from "./audit-rule.ts";
import type { AuditFacts } from "./facts.ts";

/** Undefined: there is none. Throws PolicyError where the text is no policy. */
export function readPolicy(
  text: string | undefined,
  { bucket }: Pick<AuditContext, "bucket">,
): Policy | undefined {
  return text === undefined ? undefined : parseStoredPolicy(text, bucket).policy;
}

export function arnOf({ partition, bucket }: Pick<AuditContext, "partition" | "bucket">): string {
  return `arn:${partition}:s3:::${bucket}`;
}

export function sidOf(statement: Statement, { statements }: Policy): string {
  const index = statements.indexOf(statement);
  return describeStatement({ index, ...(statement.sid !== undefined && { sid: statement.sid }) });
}

/** The AWS principals of all statements, each once. */
export function principalsOf({ statements }: Policy): string[] {
  const values = statements.flatMap(({ principals }) =>
    principals.entries.flatMap(({ type, value }) => (type === "AWS" ? [value] : [])),
  );
  return [...new Set(values)];
}

const whoKeys = new Set([
  "aws:principalarn",
  "aws:principalaccount",
  "aws:principalorgid",
  "aws:principalorgpaths",
  "aws:userid",
  "aws:sourceaccount",
  "aws:sourcevpce",
  "aws:sourcevpc",
]);

/** Whether a condition depends on the caller; tags can be had by many. */
export function isAboutWho({ key }: ConditionClause): boolean {
  return whoKeys.has(key.toLowerCase());
}

/**
 * A Deny for everybody, of every action, on the bucket and on all objects, under no other condition
 * than that the request came without TLS.
 */
export function deniesPlainHttp(statement: Statement, context: AuditContext): boolean {
  const { effect, conditions } = statement;
  return (
    effect === "Deny" &&
    isAboutEverything(statement, context) &&
    conditions.length === 1 &&
    conditions.every(isAboutPlainHttp)
  );
}

function isAboutEverything(
  { principals, actions, resources }: Statement,
  context: AuditContext,
): boolean {
  if (principals.negated || actions.negated || resources.negated) return false;
  const arn = arnOf(context);
  const covers = (...wanted: readonly string[]): boolean =>
    resources.patterns.some((pattern) => wanted.includes(pattern));
  return (
    principals.entries.some(({ type, value }) => type === "AWS" && value === "*") &&
    actions.patterns.some((pattern) => /^(?:\*|s3:\*)$/i.test(pattern)) &&
    covers(arn, "*", `${arn}*`) &&
    covers(`${arn}/*`, "*", `${arn}*`)
  );
}

function isAboutPlainHttp({ operator, key, values }: ConditionClause): boolean {
  return (
    /^Bool(?:IfExists)?$/i.test(operator) &&
    key.toLowerCase() === "aws:securetransport" &&
    values.some((value) => value.toLowerCase() === "false")
  );
}

/** Only actions on objects with the bucket's ARN alone, or the other way round. */
export function grantsNothing({ actions, resources }: Statement): boolean {
  if (actions.negated || resources.negated || resources.patterns.length === 0) return false;
  const levels = new Set(
    actions.patterns.flatMap((pattern) => [...actionsOfPattern(pattern).values()]),
  );
  if (levels.size !== 1) return false;
  const ofObjects = new Set(resources.patterns.map((pattern) => pattern.includes("/")));
  const isOpen = resources.patterns.some((pattern) => /^\*$|:::[^/]*\*$/.test(pattern));
  if (isOpen) return false;
  return levels.has("object") ? !ofObjects.has(true) : !ofObjects.has(false);
}

/** The caller as the policy's principal, with all that its role's ARN may be where that is not known. */
export function knownPrincipal(caller: AuditFacts["caller"]): AskedPrincipal {
  const { accountId, arn, userId } = caller;
  const possible = caller.principalArn === undefined ? possibleArns(arn) : undefined;
  const isSession = arn.includes(":assumed-role/");
  return {
    kind: isSession ? "assumed-role" : arn.endsWith(":root") ? "root" : "user",
    accountId,
    arn,
    principalArn: caller.principalArn ?? possible?.[0] ?? arn,
    possibleArns: possible,
    userId,
  };
}
