import type { LayerName, NamedPolicy } from "../../policy/access-layers.ts";
import type { AccessQuestion } from "../../policy/combine-layers.ts";
import { compilePolicy } from "../../policy/compile-policy.ts";
import { fittingStatements, judgeOpen, type FittingStatement } from "../../policy/judge-open.ts";
import { lastingArns, lastingPrincipal } from "../../policy/lasting-principal.ts";
import { describeStatement, type Statement } from "../../policy/policy.ts";
import { renderStatement } from "../../policy/render-statement.ts";
import type { Remedy, RemedyBy } from "../finding.ts";
import type { AccessFacts } from "./access-facts.ts";
import type { OpenAccess } from "./explain-access.ts";
import { grantRemedy } from "./grant-remedy.ts";

/** Layers that may each lack something, twice over: for S3 and for the key. */
const mostChanges = 8;

/**
 * What would allow it: an Allow where one is missing, an exception where a Deny fits. Each is put in, and
 * what comes of it is judged anew, so that all of them together do allow it. Pure.
 */
export function smallestChange(asked: readonly OpenAccess[], facts: AccessFacts): Remedy[] {
  return asked.flatMap((one) => changesOf(one, facts));
}

function changesOf(asked: OpenAccess, facts: AccessFacts): Remedy[] {
  const changes: Remedy[] = [];
  let { question } = asked;
  for (let count = 0; count < mostChanges; count += 1) {
    const verdict = judgeOpen(question, asked.open);
    if (verdict.outcome === "allowed" || verdict.outcome === "unknown") break;
    if (verdict.layer === "public-access-block") return [...changes, namedPrincipals];
    if (verdict.outcome === "explicitDeny") {
      const first = fittingStatements(question, asked.open).find(
        ({ certain, statement }) => certain && statement.effect === "Deny",
      );
      if (first === undefined) break;
      changes.push(exceptRemedy(first, asked, facts));
      question = withoutStatement(question, first);
      continue;
    }
    changes.push(missingAllow(question, verdict.layer, facts));
    question = withAllow(question, verdict.layer, facts);
  }
  return changes;
}

const namedPrincipals: Remedy = {
  text:
    "RestrictPublicBuckets keeps others out while the bucket's policy is public: name the callers in " +
    "it in place of everybody.",
  by: "administrator",
};

function missingAllow(question: AccessQuestion, layer: LayerName, facts: AccessFacts): Remedy {
  const { action, resource, principal } = question.request;
  if (principal.kind === "anonymous") {
    return {
      text: "Sign the request: what is open to everybody is open to the whole world.",
      by: "you",
    };
  }
  const { principal: known, isPathKnown } = facts;
  const named = known.kind === "anonymous" ? undefined : known.principalArn;
  return grantRemedy({ layer, principal: named, isPathKnown, action, resource });
}

/** As narrow in whom it names as the remedy: an Allow to a role is still limited by its boundary. */
function allowTo(
  { principal }: AccessQuestion["request"],
  layer: LayerName,
  { isPathKnown }: AccessFacts,
): Statement {
  const isNamed = layer === "resource" && principal.kind !== "anonymous";
  const value = isNamed ? lastingPrincipal(principal.principalArn, isPathKnown).Principal.AWS : "*";
  return {
    effect: "Allow",
    principals: { negated: false, entries: [{ type: "AWS", value }] },
    actions: { negated: false, patterns: ["*"] },
    resources: { negated: false, patterns: ["*"] },
    conditions: [],
  };
}

/** The question once the layer allows it. */
function withAllow(question: AccessQuestion, layer: LayerName, facts: AccessFacts): AccessQuestion {
  const { caller, resourcePolicy } = question;
  const everything = allowTo(question.request, layer, facts);
  const added = (before: readonly Statement[]): NamedPolicy => ({
    name: "the change",
    policy: {
      ...compilePolicy({ version: "2012-10-17", statements: [...before, everything] }),
      isPublic: resourcePolicy?.isPublic ?? false,
    },
  });
  const more = added([]);
  switch (layer) {
    case "resource":
      return {
        ...question,
        resourcePolicy: added((resourcePolicy?.statements ?? []).map(({ statement }) => statement))
          .policy,
      };
    case "identity":
      return { ...question, caller: { ...caller, identity: [...caller.identity, more] } };
    case "boundary":
      return { ...question, caller: { ...caller, boundary: more } };
    case "session":
      return { ...question, caller: { ...caller, session: [more] } };
    case "service-control": {
      const { serviceControl: _levels, ...own } = caller;
      return { ...question, caller: own };
    }
    case "resource-control": {
      const { resourceControl: _levels, ...rest } = question;
      return rest;
    }
    case "vpc-endpoint": {
      const { vpcEndpoint: _policy, ...rest } = question;
      return rest;
    }
  }
}

/** What the request itself can do otherwise, by condition key in lower case. */
const otherRequests: readonly (readonly [RegExp, string])[] = [
  [/^aws:securetransport$/, "Send the request over HTTPS."],
  [
    /^aws:(?:sourceip|vpcsourceip)$/,
    "Send the request from an address that the condition lets through.",
  ],
  [/^aws:sourcevpce?$/, "Send the request through the endpoint that the condition names."],
  [/^aws:requestedregion$/, "Use a region that the condition lets through."],
  [/^s3:x-amz-server-side-encryption/, "Send the encryption header that the condition asks for."],
  [/^s3:(?:x-amz-|prefix|delimiter|max-keys)/, "Send the request as the condition asks for."],
  [/^aws:multifactorauth/, "Sign in with a second factor."],
];

/** An exception for the caller in the Deny; or another request, where the Deny is about how it is made. */
function exceptRemedy(denied: FittingStatement, asked: OpenAccess, facts: AccessFacts): Remedy {
  const { statement, reference, layer } = denied;
  const policy = layer === "resource" ? asked.resourcePolicyName : denied.policy;
  const where = `${describeStatement(reference)} of ${policy}`;
  const own = statement.conditions
    .map(({ key }) => otherRequests.find(([pattern]) => pattern.test(key.toLowerCase()))?.[1])
    .find((text) => text !== undefined);
  if (own !== undefined) return { text: `${where} denies it as it is made. ${own}`, by: "you" };
  const by: RemedyBy = layer.endsWith("-control") ? "organization" : "administrator";
  const { principal, isPathKnown } = facts;
  if (principal.kind === "anonymous") {
    return { text: `${where} denies it. Sign the request.`, by: "you" };
  }
  const values = lastingArns(principal.principalArn, isPathKnown);
  const excepted: Statement = {
    ...statement,
    conditions: [
      ...statement.conditions,
      { operator: isPathKnown ? "ArnNotEquals" : "ArnNotLike", key: "aws:PrincipalArn", values },
    ],
  };
  const hasPrincipals =
    layer === "resource" || layer === "resource-control" || layer === "vpc-endpoint";
  return {
    text: `Replace ${where}, which denies it, by this one, which excepts the caller.`,
    statements: [renderStatement(excepted, { principals: hasPrincipals })],
    by,
  };
}

/** The question once that statement does not fit any more. */
function withoutStatement(question: AccessQuestion, denied: FittingStatement): AccessQuestion {
  const without = ({ name, policy }: NamedPolicy): NamedPolicy => {
    const kept = policy.statements.filter(({ statement }) => statement !== denied.statement);
    if (kept.length === policy.statements.length) return { name, policy };
    const statements = kept.map(({ statement }) => statement);
    const made = compilePolicy({ version: "2012-10-17", statements });
    return { name, policy: { ...made, isPublic: policy.isPublic } };
  };
  const { caller, resourcePolicy, vpcEndpoint, resourceControl } = question;
  const { identity, boundary, session, serviceControl } = caller;
  return {
    ...question,
    ...(resourcePolicy !== undefined && {
      resourcePolicy: without({ name: "", policy: resourcePolicy }).policy,
    }),
    ...(vpcEndpoint !== undefined && { vpcEndpoint: without(vpcEndpoint) }),
    ...(resourceControl !== undefined && {
      resourceControl: resourceControl.map((level) => level.map(without)),
    }),
    caller: {
      ...caller,
      identity: identity.map(without),
      ...(boundary !== undefined && { boundary: without(boundary) }),
      ...(session !== undefined && { session: session.map(without) }),
      ...(serviceControl !== undefined && {
        serviceControl: serviceControl.map((level) => level.map(without)),
      }),
    },
  };
}
