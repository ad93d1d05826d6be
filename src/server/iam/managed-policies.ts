import { parseIamArn } from "./iam-arn.ts";

/** A policy that AWS keeps for everybody. */
export interface ManagedPolicy {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly description: string;
  readonly document: string;
}

interface StatementOf {
  readonly effect?: "Allow" | "Deny";
  readonly actions: string | readonly string[];
  readonly not?: true;
  readonly resource?: string;
}

function managed(
  name: string,
  id: string,
  description: string,
  ...statements: readonly StatementOf[]
): ManagedPolicy {
  const Statement = statements.map(({ effect = "Allow", actions, not, resource = "*" }) => ({
    Effect: effect,
    ...(not === true ? { NotAction: actions } : { Action: actions }),
    Resource: resource,
  }));
  const document = JSON.stringify({ Version: "2012-10-17", Statement }, null, 4);
  return { name, path: "/", id, description, document };
}

/** Source: AWS Managed Policy Reference Guide. */
const managedPolicies: readonly ManagedPolicy[] = [
  managed(
    "AdministratorAccess",
    "ANPAIWMBCKSKIEE64ZLYK",
    "Provides full access to AWS services and resources.",
    { actions: "*" },
  ),
];

const byName = new Map(managedPolicies.map((policy) => [policy.path + policy.name, policy]));

/** Undefined: no such policy of AWS. The partition of the ARN does not count. */
export function findManagedPolicy(arn: string): ManagedPolicy | undefined {
  const parsed = parseIamArn(arn);
  if (parsed?.accountId !== "aws" || parsed.kind !== "policy") return undefined;
  return byName.get(parsed.path + parsed.name);
}
