import { deflateRawSync } from "node:zlib";
import type { Tag } from "../../core/bucket-settings.ts";
import { PolicyError } from "../../policy/policy-error.ts";
import { QueryError, validationError } from "../aws-query/query-error.ts";
import type { QueryInput } from "../aws-query/query-input.ts";
import type { Identities } from "../identities/identities.ts";
import type { SessionGrant } from "./session-grant.ts";
import { compileSessionPolicy } from "./session-tokens.ts";
import { stsLimits, stsRules } from "./sts-rules.ts";

export type SessionPolicies = Pick<SessionGrant, "policies" | "policyArns">;

/** `Policy` and `PolicyArns` as they stand; see `assertSessionPolicies`. */
export function readSessionPolicies(input: QueryInput): SessionPolicies {
  const policy = input.text("Policy", stsRules.policy);
  const policyArns = input
    .members("PolicyArns", stsLimits.policyArns)
    .map((member) => input.required(`${member}.arn`, stsRules.arn));
  return {
    ...(policy !== undefined && { policies: [policy] }),
    ...(policyArns.length > 0 && { policyArns }),
  };
}

/** Throws QueryError MalformedPolicyDocument, ValidationError, PackedPolicyTooLarge. */
export function assertSessionPolicies(
  { policies = [], policyArns = [] }: SessionPolicies,
  accountId: string,
  identities: Identities,
): void {
  for (const policy of policies) assertPolicy(policy);
  const [, own] = identities.findRoot(accountId)?.arn.split(":") ?? [];
  for (const arn of policyArns) {
    const [, partition, , , owner] = arn.split(":");
    const isUsable = partition === own && (owner === accountId || owner === "aws");
    if (!isUsable || identities.findManagedPolicy(arn) === undefined) {
      throw validationError(`ARN ${arn} is not valid.`);
    }
  }
  const characters = [...policies, ...policyArns].reduce((sum, text) => sum + text.length, 0);
  const share = percent(characters, stsLimits.policyCharacters);
  if (share > 100) {
    throw tooLarge(
      `Packed policy consumes ${share}% of allotted space, please use smaller policy.`,
    );
  }
}

function assertPolicy(text: string): void {
  try {
    compileSessionPolicy(text);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw new QueryError("MalformedPolicyDocument", error.message);
  }
}

/**
 * Percent of what AWS allots to what a session is given along, compressed; undefined: nothing was. Throws
 * QueryError PackedPolicyTooLarge.
 */
export function packedSize(
  { policies = [], policyArns = [] }: SessionPolicies,
  tags: readonly Tag[],
): number | undefined {
  if (policies.length + policyArns.length + tags.length === 0) return undefined;
  const pairs = tags.map(({ Key, Value }) => [Key, Value]);
  const packed = deflateRawSync(JSON.stringify([policies, policyArns, pairs]));
  const share = percent(packed.length, stsLimits.packedBytes);
  if (share <= 100) return share;
  throw tooLarge(
    tags.length > 0
      ? `Packed size of session tags consumes ${share}% of allotted space.`
      : `Packed policy consumes ${share}% of allotted space, please use smaller policy.`,
  );
}

function percent(part: number, whole: number): number {
  return Math.ceil((100 * part) / whole);
}

function tooLarge(message: string): QueryError {
  return new QueryError("PackedPolicyTooLarge", message);
}
