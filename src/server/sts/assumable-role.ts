import type { Tag } from "../../core/bucket-settings.ts";
import { type AccessDecision, decideAccess } from "../../policy/decide-access.ts";
import { type ContextLookup, type KnownPrincipal, valuesOfTag } from "../../policy/request.ts";
import { noLayers } from "../../policy/access-layers.ts";
import { QueryError, validationError } from "../aws-query/query-error.ts";
import type { Caller } from "../caller.ts";
import type { Identities, ResolvedRole } from "../identities/identities.ts";
import type { SessionTags } from "./session-tags.ts";
import type { StsServices } from "./sts-call.ts";

/** What somebody asks of a role: the values of STS's condition keys. */
export interface RoleRequest {
  readonly role: ResolvedRole;
  readonly sessionName: string;
  /** Undefined: not asked for. */
  readonly seconds: number | undefined;
  /** As in the request. */
  readonly tags: SessionTags;
  readonly externalId?: string | undefined;
  readonly sourceIdentity?: string | undefined;
  /** Keys of a web identity, in lower case. */
  readonly federation?: ReadonlyMap<string, readonly string[]>;
}

/** Undefined: no such role. Throws QueryError ValidationError when the ARN is none of a role. */
export function findRoleByArn(identities: Identities, arn: string): ResolvedRole | undefined {
  const [, accountId, name] =
    /^arn:aws[a-z-]*:iam::(\d{12}):role\/(?:[!-~]+\/)?([\w+=,.@-]{1,64})$/.exec(arn) ?? [];
  if (accountId === undefined || name === undefined) throw validationError(`${arn} is invalid`);
  const found = identities.findRole(accountId, name);
  return found?.arn === arn ? found : undefined;
}

/**
 * Whether trust policy and caller allow the action. `principal`: a caller, or a web identity, which has
 * no policies of its own.
 */
export function decideOnRole(
  { identities, lookup }: Pick<StsServices, "identities" | "lookup">,
  principal: Caller,
  action: string,
  request: RoleRequest,
): AccessDecision {
  const { role } = request;
  const { accountId } = role.role;
  const context = roleContext(request, lookup);
  return decideAccess({
    request: { principal, action: `sts:${action}`, resource: role.arn, context },
    resourcePolicy: role.trustPolicy,
    resourcePolicyRequired: true,
    caller: principal.kind === "anonymous" ? noLayers : principal.layers,
    sameAccount: principal.kind !== "anonymous" && principal.accountId === accountId,
    ...identities.resourceLayers(accountId),
  });
}

/** STS says no more than this, whether the role is there or not. */
export function notAuthorized(
  caller: Pick<KnownPrincipal, "arn">,
  action: string,
  resource: string,
): QueryError {
  const text = `User: ${caller.arn} is not authorized to perform: sts:${action} on resource: ${resource}`;
  return new QueryError("AccessDenied", text, 403);
}

/** Source: Service Authorization Reference, "Condition keys for AWS Security Token Service". */
function roleContext(request: RoleRequest, lookup: ContextLookup): ContextLookup {
  const { role, sessionName, seconds, externalId, sourceIdentity, federation } = request;
  const { tags, transitiveTagKeys } = request.tags;
  const own = new Map<string, readonly string[] | undefined>([
    ["sts:rolesessionname", [sessionName]],
    ["sts:externalid", listOf(externalId)],
    ["sts:sourceidentity", listOf(sourceIdentity)],
    ["sts:durationseconds", listOf(seconds?.toString())],
    ["sts:transitivetagkeys", filled(transitiveTagKeys)],
    ["aws:tagkeys", filled(tags.map(({ Key }) => Key))],
    ["aws:resourceaccount", [role.role.accountId]],
    ...(federation ?? []),
  ]);
  return (key) => {
    if (own.has(key)) return own.get(key);
    return (
      tagValues(key, tags, role.role.tags) ?? (key.startsWith("s3:") ? undefined : lookup(key))
    );
  };
}

function tagValues(
  key: string,
  requested: readonly Tag[],
  ofRole: readonly Tag[],
): readonly string[] | undefined {
  const [, prefix, name] =
    /^(aws:requesttag|aws:resourcetag|iam:resourcetag)\/(.*)$/s.exec(key) ?? [];
  if (prefix === undefined || name === undefined) return undefined;
  return valuesOfTag(prefix === "aws:requesttag" ? requested : ofRole, name);
}

function listOf(value: string | undefined): readonly string[] | undefined {
  return value === undefined ? undefined : [value];
}

function filled(values: readonly string[]): readonly string[] | undefined {
  return values.length === 0 ? undefined : values;
}
