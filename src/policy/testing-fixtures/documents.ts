import type { CallerLayers, NamedPolicy, OrganizationLevels } from "../access-layers.ts";
import { type AttachedPolicyKind, attachedPolicyKind } from "../attached-policy-kind.ts";
import type { AccessQuestion } from "../combine-layers.ts";
import { type CompiledPolicy, compilePolicy } from "../compile-policy.ts";
import { decideAccess } from "../decide-access.ts";
import { parsePolicyOf, parseStoredPolicy } from "../parse.ts";
import type { Policy } from "../policy.ts";
import { contextOf, type Principal } from "../request.ts";
import { accountId } from "./principals.ts";

export type StatementDocument = Readonly<Record<string, unknown>>;
/** The statements of one policy. */
export type Document = readonly StatementDocument[];

/** Everything that has a say, as people write it. What is left out is not there. */
export interface Documents {
  /** Of the bucket `data`, or of the key when `key` is set. */
  readonly resource?: Document;
  readonly identity?: readonly Document[];
  readonly boundary?: Document;
  readonly session?: readonly Document[];
  /** From the root to the account; on each level several. */
  readonly scp?: readonly (readonly Document[])[];
  readonly rcp?: readonly (readonly Document[])[];
  readonly endpoint?: Document;
}

export interface Asked {
  readonly caller: Principal;
  /** Default `s3:GetObject`. */
  readonly action?: string;
  /** Default an object of the bucket `data`, which is 111122223333's. */
  readonly resource?: string;
  readonly context?: Readonly<Record<string, string>>;
  readonly restrictPublicBuckets?: boolean;
}

const fullAccess: StatementDocument = { Effect: "Allow", Action: "*", Resource: "*" };
/** FullAWSAccess, and any administrator. */
export const all: Document = [fullAccess];
/** RCPFullAWSAccess, and the policy of an endpoint that is made without one. */
export const allOfAnybody: Document = [{ ...fullAccess, Principal: "*" }];

export function questionAbout(asked: Asked, documents: Documents): AccessQuestion {
  const { caller, action = "s3:GetObject", resource = "arn:aws:s3:::data/a", context = {} } = asked;
  const { rcp, endpoint } = documents;
  const isKey = action.startsWith("kms:");
  const kind = isKey ? "key" : "bucket";
  return {
    request: { principal: caller, action, resource, context: contextOf(Object.entries(context)) },
    resourcePolicy: documents.resource && compiled(kind, documents.resource),
    resourcePolicyRequired: isKey,
    caller: callerLayers(documents),
    ...(rcp !== undefined && { resourceControl: levels("resource-control", rcp) }),
    ...(endpoint !== undefined && { vpcEndpoint: namedPolicy("vpc-endpoint", endpoint) }),
    sameAccount: caller.kind !== "anonymous" && caller.accountId === accountId,
    restrictPublicBuckets: asked.restrictPublicBuckets ?? false,
  };
}

function callerLayers({ identity = [], boundary, session, scp }: Documents): CallerLayers {
  return {
    identity: named("identity", identity),
    ...(boundary !== undefined && { boundary: namedPolicy("identity", boundary) }),
    ...(session !== undefined && { session: named("identity", session) }),
    ...(scp !== undefined && { serviceControl: levels("service-control", scp) }),
  };
}

/** `allowed`, `+layer` for an explicit Deny there, `-layer` for an Allow that is missing there. */
export function answerTo(asked: Asked, documents: Documents): string {
  const decision = decideAccess(questionAbout(asked, documents));
  if (decision.outcome === "allowed") return "allowed";
  return `${decision.outcome === "explicitDeny" ? "+" : "-"}${decision.layer}`;
}

/** A document is one object, whose kind follows from where it stands. */
const known = new WeakMap<Document, CompiledPolicy>();

function compiled(kind: AttachedPolicyKind | "bucket", statements: Document): CompiledPolicy {
  const before = known.get(statements);
  if (before !== undefined) return before;
  const policy = compilePolicy(read(kind, statements));
  known.set(statements, policy);
  return policy;
}

/** A bucket's is read as a stored one, which may name unique ids. */
function read(kind: AttachedPolicyKind | "bucket", statements: Document): Policy {
  const text = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  if (kind === "bucket") return parseStoredPolicy(text, "data").policy;
  return parsePolicyOf(attachedPolicyKind(kind), text);
}

function namedPolicy(kind: AttachedPolicyKind, document: Document): NamedPolicy {
  return { name: kind, policy: compiled(kind, document) };
}

function named(kind: AttachedPolicyKind, documents: readonly Document[]): readonly NamedPolicy[] {
  return documents.map((document) => namedPolicy(kind, document));
}

function levels(
  kind: AttachedPolicyKind,
  documents: readonly (readonly Document[])[],
): OrganizationLevels {
  return documents.map((level) => named(kind, level));
}
