import { type CompiledPolicy, compilePolicy } from "../compile-policy.ts";
import { evaluatePolicy } from "../evaluate.ts";
import { parseStoredPolicy } from "../parse.ts";
import type { Policy } from "../policy.ts";
import type { PolicyRequest, Principal } from "../request.ts";
import { session } from "./principals.ts";

export const anonymous: Principal = { kind: "anonymous" };
export const objects = "arn:aws:s3:::data/*";

/** Statements that allow everybody everything in the bucket `data`, but for what they say. */
export function policyOf(...statements: Record<string, unknown>[]): CompiledPolicy {
  return compilePolicy(parsed(...statements));
}

export function parsed(...statements: Record<string, unknown>[]): Policy {
  const text = JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map((statement) => ({
      Effect: "Allow",
      Principal: "*",
      Action: "s3:*",
      Resource: ["arn:aws:s3:::data", objects],
      ...statement,
    })),
  });
  return parseStoredPolicy(text, "data").policy;
}

export function ask(change: Partial<PolicyRequest> = {}): PolicyRequest {
  return {
    principal: session,
    action: "s3:GetObject",
    resource: "arn:aws:s3:::data/test/a.txt",
    ...change,
  };
}

export function decisionOf(policy: CompiledPolicy, request: PolicyRequest): string {
  return evaluatePolicy(policy, request).decision;
}
