import { type CompiledPolicy, compilePolicy } from "./compile-policy.ts";
import { parseOperator } from "./condition-operators.ts";
import { decideAccess } from "./decide-access.ts";
import type { CompiledStatement } from "./compile-statement.ts";
import type { Policy, StatementReference } from "./policy.ts";
import { describeStatement } from "./policy.ts";
import { contextOf, type KnownPrincipal } from "./request.ts";

export interface LockOutQuestion {
  readonly bucket: string;
  readonly partition: string;
  readonly ownerAccountId: string;
  readonly principals: readonly KnownPrincipal[];
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
const essentialActions = [
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
  principal: KnownPrincipal,
  action: (typeof essentialActions)[number],
): LockOut[] {
  const bucketArn = `arn:${question.partition}:s3:::${question.bucket}`;
  const decision = decideAccess({
    request: {
      principal,
      action,
      resource: action === "s3:PutObject" ? `${bucketArn}/any` : bucketArn,
      ...(question.context === undefined ? {} : { context: contextOf(question.context) }),
    },
    bucketPolicy: policy,
    identityAccess: "administrator",
    sameAccount: principal.accountId === question.ownerAccountId,
  });
  if (decision.outcome !== "explicitDeny") return [];
  const denies = decision.verdict?.denies ?? [];
  // One certain Deny is enough, whatever the others hang on.
  const judged = denies
    .map((statement) => ({
      statement,
      unknownKeys: unknownKeys(policy.statements[statement.index], principal, question),
    }))
    .sort((a, b) => a.unknownKeys.length - b.unknownKeys.length);
  const [worst] = judged;
  if (worst === undefined) return [];
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

/**
 * What a Deny hangs on and nobody tells here: keys, its variables' included, that follow neither from
 * the principal nor from the question, and operators that are not known.
 */
function unknownKeys(
  compiled: CompiledStatement | undefined,
  principal: KnownPrincipal,
  question: LockOutQuestion,
): string[] {
  const known = new Set([...(question.context?.keys() ?? []), ...keysOf(principal)]);
  const unknown = new Set(compiled?.keys);
  for (const key of known) unknown.delete(key.toLowerCase());
  const asWritten = new Map(
    compiled?.conditions.map(({ clause }) => [clause.key.toLowerCase(), clause.key]),
  );
  const operators = (compiled?.conditions ?? [])
    .map(({ clause }) => clause.operator)
    .filter((operator) => parseOperator(operator) === undefined);
  return [...Array.from(unknown, (key) => asWritten.get(key) ?? key), ...operators];
}

function keysOf({ userId }: KnownPrincipal): string[] {
  const keys = ["aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalType", "aws:username"];
  return userId === "" ? keys : [...keys, "aws:userid"];
}
