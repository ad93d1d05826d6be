/**
 * A bucket policy once parsed: the same meaning whichever way its JSON was spelt (one value or a
 * list, `"*"` or `{"AWS":"*"}`). Source: IAM User Guide, "Grammar of the IAM JSON policy language".
 */
export interface Policy {
  /** `2008-10-17`, the default, knows no policy variables. */
  readonly version: "2012-10-17" | "2008-10-17";
  readonly id?: string;
  readonly statements: readonly Statement[];
}

export interface Statement {
  readonly sid?: string;
  readonly effect: "Allow" | "Deny";
  readonly principals: PrincipalSet;
  readonly actions: PatternSet;
  readonly resources: PatternSet;
  readonly conditions: readonly ConditionClause[];
}

/** `negated`: NotAction, NotResource. */
export interface PatternSet {
  readonly negated: boolean;
  readonly patterns: readonly string[];
}

/** `negated`: NotPrincipal. */
interface PrincipalSet {
  readonly negated: boolean;
  readonly entries: readonly PrincipalEntry[];
}

export interface PrincipalEntry {
  readonly type: "AWS" | "CanonicalUser" | "Service" | "Federated";
  readonly value: string;
}

/** One operator on one key; the values are OR-ed (NOR-ed for negated operators). */
export interface ConditionClause {
  /** As written, such as `ForAnyValue:StringLikeIfExists`. */
  readonly operator: string;
  /** As written; compared without regard to case. */
  readonly key: string;
  readonly values: readonly string[];
}

/** Where a statement stands in its policy, for messages. */
export interface StatementReference {
  /** From 0. */
  readonly index: number;
  readonly sid?: string;
}

/** `statement "TlsOnly"` or `statement 2`. */
export function describeStatement(statement: StatementReference): string {
  return statement.sid === undefined
    ? `statement ${statement.index + 1}`
    : `statement "${statement.sid}"`;
}
