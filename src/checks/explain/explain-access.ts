import type { LayerName } from "../../policy/access-layers.ts";
import type { AccessQuestion } from "../../policy/combine-layers.ts";
import { describeCondition } from "../../policy/compile-condition.ts";
import { explainDenial } from "../../policy/explain-denial.ts";
import {
  type FittingStatement,
  fittingStatements,
  judgeOpen,
  type OpenFacts,
  type OpenVerdict,
} from "../../policy/judge-open.ts";
import { describeStatement } from "../../policy/policy.ts";
import type { Remedy } from "../finding.ts";
import type { AccessFacts, Unseen } from "./access-facts.ts";
import { keyActionsOf } from "./gather-key.ts";
import type { AccessWish } from "./gather-access.ts";
import { type RequestContext, requestContext } from "../../policy/request-context.ts";
import { smallestChange } from "./smallest-change.ts";

/** What one of the evaluations says: of S3, or of the key behind it. */
export interface Pass {
  readonly action: string;
  readonly resource: string;
  readonly outcome: OpenVerdict["outcome"];
  /** Where it was decided. */
  readonly layer?: LayerName | "public-access-block";
  /** The statements that decided; of Denies all. */
  readonly decided: readonly DecidingStatement[];
  /** That decide as soon as more is known. */
  readonly open: readonly DecidingStatement[];
  /** Of an Allow that is missing: the one that came nearest, and what failed of it. */
  readonly nearestMiss?: {
    readonly policy: string;
    readonly statement: string;
    readonly failed: readonly { readonly element: string; readonly detail: string }[];
  };
}

/** A statement that decided, or came nearest. */
export interface DecidingStatement {
  readonly layer: LayerName;
  readonly policy: string;
  readonly statement: string;
  readonly effect: "Allow" | "Deny";
  readonly conditions: readonly string[];
  readonly openKeys?: readonly string[];
}

/** Whether a request is allowed, and why. */
export interface AccessExplanation {
  readonly outcome: OpenVerdict["outcome"];
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly passes: readonly Pass[];
  readonly unseen: readonly Unseen[];
  /** Taken for granted, where it has a say. */
  readonly assumed: readonly string[];
  /** Changes that allow it, all of them together; none when nothing need be changed, or none is known. */
  readonly changes: readonly Remedy[];
}

export interface ExplainPlace {
  readonly region: string;
  readonly partition: string;
  readonly dnsSuffix: string;
  readonly now: Date;
}

/** Pure: what the policies that were read say of the request. */
export function explainAccess(
  wish: AccessWish,
  facts: AccessFacts,
  place: ExplainPlace,
): AccessExplanation {
  const bucketArn = `arn:${place.partition}:s3:::${wish.bucket}`;
  const resource = wish.key === "" ? bucketArn : `${bucketArn}/${wish.key}`;
  const asked = [
    storeQuestion(wish, facts, place, resource),
    ...keyQuestions(wish, facts, place, { bucketArn, resource }),
  ];
  const passes = asked.map((one) => passOf(one));
  const unread = facts.unseen.filter(({ layer }) => layer === undefined);
  const acls = unseenAcls(asked, passes, facts);
  return {
    outcome: acls.length > 0 ? "unknown" : togetherOf(passes, unread, facts),
    principal: nameOf(facts),
    action: wish.action,
    resource,
    passes,
    unseen: [...facts.unseen, ...(facts.key?.unseen ?? []), ...keyStateUnseen(facts), ...acls],
    assumed: assumptions(asked, facts, wish),
    changes: smallestChange(asked, facts),
  };
}

/** One question with what is not known of it. */
export interface OpenAccess {
  readonly question: AccessQuestion;
  readonly open: OpenFacts;
  readonly context: RequestContext;
  /** How the resource's own policy is called. */
  readonly resourcePolicyName: string;
}

function storeQuestion(
  wish: AccessWish,
  facts: AccessFacts,
  { region, now }: ExplainPlace,
  resource: string,
): OpenAccess {
  const { principal, isPathKnown, owner, bucketPolicy, layers } = facts;
  const { restrictPublicBuckets, tags } = facts;
  const known = new Map([["aws:requestedregion", region]]);
  if (owner !== undefined) {
    known.set("aws:resourceaccount", owner);
    known.set("s3:resourceaccount", owner);
  }
  const asked = { principal, isPathKnown, tags };
  const context = requestContext({ ...asked, given: wish.context, known, now });
  return {
    context,
    resourcePolicyName: "the bucket's policy",
    open: {
      isOpenKey: context.isOpenKey,
      unreadable: layersOf(facts.unseen),
      restrictionIsOpen: restrictPublicBuckets === undefined,
    },
    question: {
      request: { principal, action: wish.action, resource, context: context.lookup },
      resourcePolicy: bucketPolicy,
      caller: layers,
      sameAccount:
        principal.kind !== "anonymous" && (owner === undefined || principal.accountId === owner),
      restrictPublicBuckets: restrictPublicBuckets ?? false,
      ...(facts.resourceControl !== undefined && { resourceControl: facts.resourceControl }),
    },
  };
}

function keyQuestions(
  wish: AccessWish,
  facts: AccessFacts,
  { region, dnsSuffix, now }: ExplainPlace,
  arns: { readonly bucketArn: string; readonly resource: string },
): OpenAccess[] {
  const { key, principal, isPathKnown, layers, tags } = facts;
  if (key === undefined) return [];
  const [, , , , keyAccount] = key.arn.split(":");
  const known = new Map([
    ["aws:requestedregion", region],
    ["kms:viaservice", `s3.${region}.${dnsSuffix}`],
    ["kms:encryptioncontext:aws:s3:arn", key.bucketKey ? arns.bucketArn : arns.resource],
    ["kms:encryptioncontextkeys", "aws:s3:arn"],
    ["kms:keyorigin", "AWS_KMS"],
    ["aws:viaawsservice", "true"],
  ]);
  if (principal.kind !== "anonymous") known.set("kms:calleraccount", principal.accountId);
  if (keyAccount !== undefined) known.set("aws:resourceaccount", keyAccount);
  const asked = { principal, isPathKnown, tags };
  const context = requestContext({ ...asked, given: wish.context, known, now });
  const unreadable = layersOf([
    ...facts.unseen.filter(({ layer }) => layer !== "resource"),
    ...key.unseen,
  ]);
  return keyActionsOf(wish.action).map((action) => ({
    context,
    resourcePolicyName: "the policy of the key",
    open: { isOpenKey: context.isOpenKey, unreadable },
    question: {
      request: { principal, action, resource: key.arn, context: context.lookup },
      resourcePolicy: key.policy,
      resourcePolicyRequired: true,
      caller: layers,
      sameAccount: principal.kind !== "anonymous" && principal.accountId === keyAccount,
      ...(key.resourceControl !== undefined && { resourceControl: key.resourceControl }),
    },
  }));
}

function layersOf(unseen: readonly Unseen[]): ReadonlySet<LayerName> {
  return new Set(unseen.flatMap(({ layer }) => (layer === undefined ? [] : [layer])));
}

function passOf({ question, open, resourcePolicyName }: OpenAccess): Pass {
  const verdict = judgeOpen(question, open);
  const { action, resource } = question.request;
  const fitting = fittingStatements(question, open).map((statement) => ({
    ...statement,
    policy: statement.layer === "resource" ? resourcePolicyName : statement.policy,
  }));
  const base = {
    action,
    resource,
    outcome: verdict.outcome,
    ...("layer" in verdict && { layer: verdict.layer }),
    decided: decidersOf(verdict, fitting).map(describe),
    open:
      verdict.outcome === "unknown" ? fitting.filter(({ certain }) => !certain).map(describe) : [],
  };
  if (verdict.outcome !== "implicitDeny") return base;
  const { nearestMiss } = explainDenial({ ...verdict, question });
  if (nearestMiss === undefined) return base;
  const { policy, statement, failed } = nearestMiss;
  const isResources = policy === "the policy of the resource";
  const name = isResources ? resourcePolicyName : policy;
  const miss = { policy: name, statement: describeStatement(statement), failed };
  return { ...base, nearestMiss: miss };
}

/** Of Denies all that are certain; of Allows those of the side that decided. */
function decidersOf(
  verdict: OpenVerdict,
  fitting: readonly FittingStatement[],
): readonly FittingStatement[] {
  const certain = fitting.filter((statement) => statement.certain);
  if (verdict.outcome === "explicitDeny") {
    return certain.filter(({ statement }) => statement.effect === "Deny");
  }
  if (verdict.outcome !== "allowed") return [];
  const side: LayerName = verdict.by === "resource" ? "resource" : "identity";
  return certain.filter(({ layer, statement }) => layer === side && statement.effect === "Allow");
}

function describe(fitting: FittingStatement): DecidingStatement {
  const { layer, policy, reference, statement, conditions, openKeys } = fitting;
  return {
    layer,
    policy,
    statement: describeStatement(reference),
    effect: statement.effect,
    conditions: conditions.map(describeCondition),
    ...(openKeys.length > 0 && { openKeys }),
  };
}

/** Whatever denies, denies; whatever is not known leaves the whole unknown. */
function togetherOf(
  passes: readonly Pass[],
  unread: readonly Unseen[],
  { key }: AccessFacts,
): OpenVerdict["outcome"] {
  const outcomes = new Set(passes.map(({ outcome }) => outcome));
  for (const outcome of ["explicitDeny", "implicitDeny"] as const) {
    if (outcomes.has(outcome)) return outcome;
  }
  const isUsable = key === undefined || key.state === "Enabled";
  if (outcomes.has("unknown") || unread.length > 0 || !isUsable) return "unknown";
  return "allowed";
}

/** What no policy allows to somebody of another account, or to everybody, an ACL may. */
function unseenAcls(
  [store]: readonly OpenAccess[],
  passes: readonly Pass[],
  { aclsCount }: AccessFacts,
): Unseen[] {
  const isOthers = store !== undefined && !store.question.sameAccount;
  const [first, ...others] = passes;
  const isDenied = others.some(({ outcome }) => outcome.endsWith("Deny"));
  const isMissing = first?.outcome === "implicitDeny" && first.layer === "resource";
  if (!aclsCount || !isOthers || !isMissing || isDenied) return [];
  const reason = "they count in this bucket and are not read here; without one nothing allows it";
  return [{ layer: undefined, what: "the ACLs of bucket and object", reason }];
}

function keyStateUnseen({ key }: AccessFacts): Unseen[] {
  if (key === undefined || key.state === "Enabled") return [];
  const reason =
    key.state === undefined ? "it could not be seen" : `it is ${key.state}, so S3 is refused`;
  return [{ layer: undefined, what: `the state of the key ${key.arn}`, reason }];
}

function nameOf({ principal }: AccessFacts): string {
  if (principal.kind === "anonymous") return "anonymous";
  return principal.kind === "assumed-role" ? principal.principalArn : principal.arn;
}

function assumptions(
  asked: readonly OpenAccess[],
  { principal, layers, anySession }: AccessFacts,
  { context: given }: AccessWish,
): string[] {
  const keys = new Map<string, string>();
  for (const { question, open, context } of asked) {
    for (const { statement } of fittingStatementsOf(question, open)) {
      for (const { key } of statement.conditions) {
        const assumed = context.assumption(key.toLowerCase());
        if (assumed === undefined) continue;
        keys.set(
          key.toLowerCase(),
          `${key} ${assumed.value === undefined ? "is not sent" : `is ${assumed.value}`}`,
        );
      }
    }
  }
  const session = principal.kind === "assumed-role" && layers.session === undefined;
  return [
    ...keys.values(),
    ...(session ? ["the session was made without a session policy"] : []),
    ...(anySession ? ["the session has a name that no policy singles out"] : []),
    ...(given.has("aws:sourcevpce") ? [] : ["the request comes through no VPC endpoint"]),
  ];
}

/** Also those that do not fit, because of what was assumed. */
function fittingStatementsOf(question: AccessQuestion, open: OpenFacts): FittingStatement[] {
  return fittingStatements(question, { ...open, isOpenKey: () => true });
}
