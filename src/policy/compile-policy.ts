import { policyLimits } from "../core/policy-limits.ts";
import { compileStatement, type CompiledStatement } from "./compile-statement.ts";
import { isPublicPolicy } from "./is-public.ts";
import type { Policy } from "./policy.ts";

/** A policy made ready to judge many requests. */
export interface CompiledPolicy {
  readonly statements: readonly CompiledStatement[];
  readonly isPublic: boolean;
  /** What has a say when `action`, such as `s3:GetObject`, is asked for. */
  forAction(action: string): ActionStatements;
}

/** The statements that cover one action, in their order. */
interface ActionStatements {
  readonly statements: readonly CompiledStatement[];
  /** Those of them that may speak of anybody. */
  readonly ofAnybody: readonly CompiledStatement[];
  /** The others by whom they name, so that a caller meets only those that may speak of it. */
  readonly byName: ReadonlyMap<string, readonly CompiledStatement[]>;
  /** Whether tags that the request brings (`s3:RequestObjectTag/...`) can change the answer. */
  readonly asksForRequestTags: boolean;
}

/** Costs about as much as parsing; what follows from an action is found when it is first asked for. */
export function compilePolicy(policy: Policy): CompiledPolicy {
  const statements = policy.statements.map((statement, index) =>
    compileStatement(statement, index, policy.version),
  );
  const byAction = new Map<string, ActionStatements>();
  return {
    statements,
    isPublic: isPublicPolicy(policy),
    forAction: (action) => {
      const known = byAction.get(action);
      if (known !== undefined) return known;
      const found = statementsFor(action, statements);
      if (byAction.size >= policyLimits.actionsKept) byAction.clear();
      byAction.set(action, found);
      return found;
    },
  };
}

function statementsFor(action: string, all: readonly CompiledStatement[]): ActionStatements {
  const lowerCase = action.toLowerCase();
  const statements = all.filter((statement) => statement.coversAction(lowerCase));
  const keys = statements.flatMap((statement) => statement.keys);
  const byName = new Map<string, CompiledStatement[]>();
  for (const statement of statements) {
    for (const name of statement.principals.names ?? []) {
      const same = byName.get(name);
      if (same === undefined) byName.set(name, [statement]);
      else same.push(statement);
    }
  }
  return {
    statements,
    ofAnybody: statements.filter(({ principals }) => principals.names === undefined),
    byName,
    asksForRequestTags: keys.some((key) => key.startsWith("s3:requestobjecttag")),
  };
}
