import type {
  CallerLayers,
  LayerName,
  NamedPolicy,
  OrganizationLevels,
  ResourceLayers,
} from "./access-layers.ts";
import type { CompiledPolicy } from "./compile-policy.ts";
import type { Reach } from "./compile-principals.ts";
import type { PolicyRequest } from "./request.ts";

export interface AccessQuestion extends ResourceLayers {
  readonly request: PolicyRequest;
  /** Of the bucket or key; undefined: it has none. */
  readonly resourcePolicy: CompiledPolicy | undefined;
  readonly caller: CallerLayers;
  /** Whether the caller belongs to the account that owns the resource. */
  readonly sameAccount: boolean;
  /** Whether its account is at least of the same organisation; such callers are told why. Default false. */
  readonly sameOrganization?: boolean;
  /**
   * Whether nothing is allowed that the resource's own policy does not allow or leave to its account,
   * as with keys of KMS and roles. Default false.
   */
  readonly resourcePolicyRequired?: boolean;
  /** The bucket's RestrictPublicBuckets. Default false. */
  readonly restrictPublicBuckets?: boolean;
}

/** What one policy says of a request. */
export interface Assessment {
  readonly denies: boolean;
  /** Of the Allow that gives most; undefined: none matches. */
  readonly reach: Reach | undefined;
}

export type Assess = (policy: CompiledPolicy) => Assessment;

export type Combined =
  | { readonly outcome: "allowed"; readonly by: "resource" | "identity" | "owner-root" }
  | { readonly outcome: "explicitDeny"; readonly layer: LayerName | "public-access-block" }
  | { readonly outcome: "implicitDeny"; readonly layer: LayerName };

/**
 * The decision of all layers together. An explicit Deny wins. Policies of the organisation and of the
 * endpoint only limit. In one account either side may allow; across accounts, and where the resource's
 * own policy is required, both must. An Allow of the resource's policy to the caller's user, session or
 * to everybody is enough by itself; one to a role is still limited by its boundary and session
 * policies; one to an account leaves it to that account.
 * Sources: IAM User Guide, "Policy evaluation logic" and "How AWS enforcement code logic evaluates
 * requests"; KMS Developer Guide, "Key policies"; S3 User Guide, "Blocking public access".
 */
export function combineLayers(asked: AccessQuestion, assess: Assess): Combined {
  const question = withinReach(asked);
  const denier = findDenier(question, assess);
  if (denier !== undefined) return { outcome: "explicitDeny", layer: denier };
  if (isRestricted(question)) return { outcome: "explicitDeny", layer: "public-access-block" };
  const limit = findLimit(question, assess);
  if (limit !== undefined) return { outcome: "implicitDeny", layer: limit };
  // The organisation and the endpoint limit root users, too.
  if (isOwnersRescue(question)) return { outcome: "allowed", by: "owner-root" };
  const { resourcePolicy } = question;
  const reach = resourcePolicy === undefined ? undefined : assess(resourcePolicy).reach;
  return grant(question, reach, assess);
}

/**
 * Policies of an organisation limit no roles that services make for themselves. Source: Organizations User
 * Guide, "Service control policies" and "Resource control policies".
 */
function withinReach(question: AccessQuestion): AccessQuestion {
  const { caller, request, resourceControl } = question;
  if (resourceControl === undefined && caller.serviceControl === undefined) return question;
  const { principal } = request;
  const isTheirs =
    principal.kind === "assumed-role" && principal.principalArn.includes(":role/aws-service-role/");
  if (!isTheirs) return question;
  const { resourceControl: _, ...rest } = question;
  const { serviceControl: __, ...own } = caller;
  return { ...rest, caller: own };
}

/** The first layer with a Deny that matches. The owner's root user knows only those from outside. */
function findDenier(question: AccessQuestion, assess: Assess): LayerName | undefined {
  const { resourcePolicy, resourceControl, vpcEndpoint } = question;
  const denies = ({ policy }: NamedPolicy): boolean => assess(policy).denies;
  const someDenies = (policies: readonly NamedPolicy[]): boolean => policies.some(denies);
  if (resourceControl?.some(someDenies) === true) return "resource-control";
  if (question.caller.serviceControl?.some(someDenies) === true) return "service-control";
  if (vpcEndpoint !== undefined && denies(vpcEndpoint)) return "vpc-endpoint";
  if (isOwnersRescue(question)) return undefined;
  if (resourcePolicy !== undefined && assess(resourcePolicy).denies) return "resource";
  return findOwnDenier(question.caller, denies);
}

function findOwnDenier(
  { identity, boundary, session }: CallerLayers,
  denies: (policy: NamedPolicy) => boolean,
): LayerName | undefined {
  if (identity.some(denies)) return "identity";
  if (boundary !== undefined && denies(boundary)) return "boundary";
  return session?.some(denies) === true ? "session" : undefined;
}

/** The places of an organisation whose policies a layer is; none of the other layers. */
export function levelsOfLayer(
  { caller, resourceControl }: AccessQuestion,
  layer: LayerName,
): OrganizationLevels {
  if (layer === "service-control") return caller.serviceControl ?? [];
  return layer === "resource-control" ? (resourceControl ?? []) : [];
}

/** Of all layers but the resource's own, which has one policy without a name. */
export function policiesOfLayer(
  { caller, vpcEndpoint, resourceControl }: AccessQuestion,
  layer: Exclude<LayerName, "resource">,
): readonly NamedPolicy[] {
  const { identity, boundary, session, serviceControl } = caller;
  const layers = {
    "resource-control": resourceControl?.flat(),
    "service-control": serviceControl?.flat(),
    "vpc-endpoint": vpcEndpoint && [vpcEndpoint],
    identity,
    boundary: boundary && [boundary],
    session,
  };
  return layers[layer] ?? [];
}

const rescueActions: ReadonlySet<string> = new Set([
  "s3:GetBucketPolicy",
  "s3:PutBucketPolicy",
  "s3:DeleteBucketPolicy",
]);

/** No bucket policy can take these from the root user of the owning account. */
export function isOwnersRescue({
  request,
  sameAccount,
}: Pick<AccessQuestion, "request" | "sameAccount">): boolean {
  return sameAccount && request.principal.kind === "root" && rescueActions.has(request.action);
}

/** Under RestrictPublicBuckets a public policy serves the owner's account and AWS's services alone. */
function isRestricted(question: AccessQuestion): boolean {
  const { resourcePolicy, sameAccount, restrictPublicBuckets } = question;
  if (restrictPublicBuckets !== true || sameAccount || resourcePolicy === undefined) return false;
  const { principal } = question.request;
  if (principal.kind === "anonymous" && principal.service !== undefined) return false;
  return resourcePolicy.isPublic;
}

/** The layer from outside that allows nothing of this kind. */
function findLimit(question: AccessQuestion, assess: Assess): LayerName | undefined {
  const allows = ({ policy }: NamedPolicy): boolean => assess(policy).reach !== undefined;
  const passes = (levels: OrganizationLevels = []): boolean =>
    levels.every((level) => level.some(allows));
  if (!passes(question.resourceControl)) return "resource-control";
  if (!passes(question.caller.serviceControl)) return "service-control";
  if (question.vpcEndpoint !== undefined && !allows(question.vpcEndpoint)) return "vpc-endpoint";
  return undefined;
}

function grant(question: AccessQuestion, reach: Reach | undefined, assess: Assess): Combined {
  const { caller, request, sameAccount } = question;
  const byResource: Combined = { outcome: "allowed", by: "resource" };
  const isAnonymous = request.principal.kind === "anonymous";
  if (reach === "caller" && (sameAccount || isAnonymous)) return byResource;
  const needsResource = !sameAccount || question.resourcePolicyRequired === true;
  if (isAnonymous || (reach === undefined && needsResource)) {
    return { outcome: "implicitDeny", layer: "resource" };
  }
  const isGranted = sameAccount && reach === "role";
  const missing = findMissing(caller, assess, isGranted);
  if (missing !== undefined) return { outcome: "implicitDeny", layer: missing };
  return isGranted || !sameAccount ? byResource : { outcome: "allowed", by: "identity" };
}

/** The layer of the caller that does not allow it; with `isGranted` its own policies need not. */
function findMissing(
  { identity, boundary, session }: CallerLayers,
  assess: Assess,
  isGranted: boolean,
): LayerName | undefined {
  const allows = ({ policy }: NamedPolicy): boolean => assess(policy).reach !== undefined;
  if (!isGranted && !identity.some(allows)) return "identity";
  if (boundary !== undefined && !allows(boundary)) return "boundary";
  return session !== undefined && !session.some(allows) ? "session" : undefined;
}
