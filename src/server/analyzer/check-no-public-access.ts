import { attachedPolicyKind } from "../../policy/attached-policy-kind.ts";
import { isPublicStatement } from "../../policy/is-public.ts";
import { parsePolicyOf } from "../../policy/parse.ts";
import { s3Limits } from "../../core/limits.ts";

/** Of any bucket: which one is not said. */
const kind = attachedPolicyKind("resource-control", { maximumBytes: s3Limits.policyBytes });

/** Whether a bucket with this policy would be public in S3's meaning. Throws PolicyError. */
export function checkNoPublicAccess(text: string): object {
  const { statements } = parsePolicyOf(kind, text);
  const reasons = statements.flatMap((statement, statementIndex) => {
    if (!isPublicStatement(statement)) return [];
    const { sid } = statement;
    const where = sid === undefined ? `index: ${statementIndex}` : `sid: ${sid}`;
    const description = `Public access granted in the following statement with ${where}.`;
    return [{ description, statementIndex, ...(sid !== undefined && { statementId: sid }) }];
  });
  const verb = reasons.length === 0 ? "does not grant" : "grants";
  return {
    result: reasons.length === 0 ? "PASS" : "FAIL",
    message: `The resource policy ${verb} public access for the given resource type.`,
    ...(reasons.length > 0 && { reasons }),
  };
}
