import type { QueryError } from "../aws-query/query-error.ts";
import { iamLimits } from "../../core/iam-limits.ts";
import { type AttachedPolicyKind, attachedPolicyKind } from "../../policy/attached-policy-kind.ts";
import { parsePolicyOf } from "../../policy/parse.ts";
import type { Policy } from "../../policy/policy.ts";
import { PolicyError } from "../../policy/policy-error.ts";
import type { IamCall } from "./iam-call.ts";
import { malformedPolicy, overQuota } from "./iam-error.ts";
import { keepPrincipals } from "./principal-ids.ts";

/** The text of a document as it is sent. */
export function documentParameter({ input }: IamCall, parameter = "PolicyDocument"): string {
  return input.sized(parameter, iamLimits.documentCharacters);
}

/** As quotas count it. */
export function characters(document: string): number {
  return document.replace(/\s/g, "").length;
}

/** Throws QueryError MalformedPolicyDocument unless it can stand with a user, group or role. */
export function assertIdentityDocument(document: string): Policy {
  return parse("identity", document);
}

/**
 * Checks a role's trust policy and answers it as it is kept. Throws QueryError MalformedPolicyDocument,
 * LimitExceeded.
 */
export function trustDocument({ directory }: IamCall, document: string): string {
  parse("trust", document, (arn) => directory.principalExists(arn));
  const limit = iamLimits.trustPolicyCharacters;
  if (characters(document) > limit) throw overQuota("ACLSizePerRole", limit);
  return keepPrincipals(directory, document);
}

function parse(
  kind: AttachedPolicyKind,
  document: string,
  principalExists?: (arn: string) => boolean,
): Policy {
  const options = {
    maximumBytes: Infinity,
    ...(principalExists !== undefined && { principalExists }),
  };
  let policy: Policy;
  try {
    policy = parsePolicyOf(attachedPolicyKind(kind, options), document);
  } catch (error) {
    if (error instanceof PolicyError) throw wordedByIam(kind, error);
    throw error;
  }
  if (policy.statements.some(({ sid = "" }) => !/^[0-9A-Za-z]*$/.test(sid))) {
    throw malformedPolicy(
      "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular " +
        "expression [0-9A-Za-z]*",
    );
  }
  return policy;
}

const syntax = "Syntax errors in policy.";

/** What the evaluator's parser says in S3's words, in IAM's. */
const texts: Readonly<Record<string, readonly [identity: string, trust: string]>> = {
  "The policy is not in the valid JSON format.": [syntax, "This policy contains invalid Json"],
  "Missing required field Action": [
    "Policy statement must contain actions.",
    "Missing required field Action",
  ],
  "Missing required field Resource": ["Policy statement must contain resources.", syntax],
  "Missing required field Effect": [syntax, "Missing required field Effect"],
  "Missing required field Statement": [syntax, "Missing required field Statement"],
  "Invalid policy syntax.": [syntax, syntax],
  "The policy must contain a valid version string": [syntax, syntax],
  "Could not parse the policy: Statement is empty!": [syntax, syntax],
};

function wordedByIam(kind: AttachedPolicyKind, { message, detail = "" }: PolicyError): QueryError {
  if (message === "Invalid principal in policy") {
    const type = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(detail) ? "SERVICE" : "AWS";
    return malformedPolicy(`${message}: "${type}":"${detail}"`);
  }
  if (kind === "trust" && message.startsWith("Policy contains an invalid action")) {
    return malformedPolicy("AssumeRole policy may only specify STS AssumeRole actions.");
  }
  const known = texts[message]?.[kind === "trust" ? 1 : 0];
  if (known !== undefined) return malformedPolicy(known);
  return malformedPolicy(/^(?:Unknown field|Invalid effect)/.test(message) ? syntax : message);
}
