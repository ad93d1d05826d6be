import { isOwnersRescue } from "./combine-layers.ts";
import { type CompiledPolicy, compilePolicy } from "./compile-policy.ts";
import { parseOperator } from "./condition-operators.ts";
import { type CompiledStatement, prepareRequest } from "./compile-statement.ts";
import { describeStatement, type Policy, type StatementReference } from "./policy.ts";
import { contextOf, type KnownPrincipal, type PolicyRequest } from "./request.ts";

export interface AskedPrincipal extends KnownPrincipal {
  /** What `aws:PrincipalArn` may be where IAM does not tell. Default: `principalArn`. */
  readonly possibleArns?: readonly string[] | undefined;
}

export interface LockOutQuestion {
  readonly bucket: string;
  readonly partition: string;
  readonly ownerAccountId: string;
  readonly principals: readonly AskedPrincipal[];
  /**
   * What is known of the requests to come, such as `aws:SecureTransport`. A Deny that hangs on a key
   * not given here is reported as not certain.
   */
  readonly context?: ReadonlyMap<string, string>;
}

export interface LockOut {
  readonly principal: string;
  readonly action: string;
  readonly statement: StatementReference;
  /** False when the Deny hangs on request keys that are not known here. */
  readonly certain: boolean;
  readonly unknownKeys: readonly string[];
  readonly message: string;
}

/** Without these a bucket can neither be repaired nor used. */
export const essentialActions = [
  "s3:GetBucketPolicy",
  "s3:PutBucketPolicy",
  "s3:DeleteBucketPolicy",
  "s3:GetBucketLocation",
  "s3:ListBucket",
  "s3:PutObject",
] as const;

/**
 * What a policy would take from principals who otherwise may do everything, so that a put which
 * nobody but the root user could undo is seen before it happens.
 */
export function findLockOuts(policy: Policy, question: LockOutQuestion): LockOut[] {
  const compiled = compilePolicy(policy);
  return question.principals.flatMap((principal) =>
    essentialActions.flatMap((action) => lockOutOf(compiled, question, principal, action)),
  );
}

function lockOutOf(
  policy: CompiledPolicy,
  question: LockOutQuestion,
  principal: AskedPrincipal,
  action: (typeof essentialActions)[number],
): LockOut[] {
  const bucketArn = `arn:${question.partition}:s3:::${question.bucket}`;
  const arns = principal.possibleArns ?? [principal.principalArn];
  const denies = arns.flatMap((principalArn) => {
    const request = {
      principal: { ...principal, principalArn },
      action,
      resource: action === "s3:PutObject" ? `${bucketArn}/any` : bucketArn,
      ...(question.context !== undefined && { context: contextOf(question.context) }),
    };
    const sameAccount = principal.accountId === question.ownerAccountId;
    if (isOwnersRescue({ request, sameAccount })) return [];
    // One certain Deny is enough, whatever the others hang on.
    return possibleDenies(policy, request, question).sort(byCertainty).slice(0, 1);
  });
  const least = denies.sort(byCertainty).at(-1);
  if (least === undefined) return [];
  const hangsOnArn = denies.length < arns.length;
  const worst = hangsOnArn
    ? { ...least, unknownKeys: [...least.unknownKeys, "aws:PrincipalArn"] }
    : least;
  const certain = worst.unknownKeys.length === 0;
  const verb = certain ? "denies" : `may deny (it hangs on ${worst.unknownKeys.join(", ")})`;
  return [
    {
      principal: principal.arn,
      action,
      ...worst,
      certain,
      message: `${describeStatement(worst.statement)} ${verb} ${action} to ${principal.arn}`,
    },
  ];
}

/** The most certain first. */
function byCertainty(a: Pick<LockOut, "unknownKeys">, b: Pick<LockOut, "unknownKeys">): number {
  return a.unknownKeys.length - b.unknownKeys.length;
}

/** What a request brings itself (`s3:prefix`) locks nobody out; what it comes with (`aws:SourceIp`) may. */
function possibleDenies(
  policy: CompiledPolicy,
  request: PolicyRequest & { readonly principal: KnownPrincipal },
  question: LockOutQuestion,
): Pick<LockOut, "statement" | "unknownKeys">[] {
  const { caller, resource, lookup } = prepareRequest(request);
  return policy.forAction(request.action).statements.flatMap((compiled) => {
    const { statement, reference, principals, conditions } = compiled;
    if (statement.effect === "Allow" || principals.match(caller) === undefined) return [];
    const unknown = unknownKeys(compiled, request.principal, question);
    const mayHold = (keys: readonly string[]): boolean =>
      keys.some((key) => key.startsWith("aws:") && unknown.has(key));
    const holds =
      (compiled.coversResource(resource, lookup) || mayHold(compiled.resourceKeys)) &&
      conditions.every((condition) => condition.holds(lookup) || mayHold(condition.keys));
    return holds ? [{ statement: reference, unknownKeys: [...unknown.values()] }] : [];
  });
}

/**
 * What a Deny hangs on and nobody tells here, as it is written: keys, its variables' included, that
 * follow neither from the principal nor from the question, and operators that are not known.
 */
function unknownKeys(
  { keys, conditions }: CompiledStatement,
  principal: KnownPrincipal,
  question: LockOutQuestion,
): ReadonlyMap<string, string> {
  const unknown = new Map(keys.map((key) => [key, key]));
  for (const { clause } of conditions) {
    unknown.set(clause.key.toLowerCase(), clause.key);
    if (parseOperator(clause.operator) === undefined) unknown.set(clause.operator, clause.operator);
  }
  const known = [...(question.context?.keys() ?? []), ...keysOf(principal)];
  for (const key of known) unknown.delete(key.toLowerCase());
  return unknown;
}

function keysOf({ userId }: KnownPrincipal): string[] {
  const keys = ["aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalType", "aws:username"];
  return userId === "" ? keys : [...keys, "aws:userid"];
}
