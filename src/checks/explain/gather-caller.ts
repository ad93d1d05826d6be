import type { Tag } from "../../core/bucket-settings.ts";
import { StorageError } from "../../core/errors.ts";
import type { HolderDescription, PolicyDocument, PolicyHolder } from "../../core/policy-sources.ts";
import type {
  CallerLayers,
  LayerName,
  NamedPolicy,
  OrganizationLevels,
} from "../../policy/access-layers.ts";
import { attachedPolicyKind } from "../../policy/attached-policy-kind.ts";
import { compilePolicy } from "../../policy/compile-policy.ts";
import { parsePolicyOf, parseStoredPolicyOf } from "../../policy/parse.ts";
import type { Principal } from "../../policy/request.ts";
import type { Unseen } from "./access-facts.ts";
import type { AskedPrincipal } from "./asked-principal.ts";
import type { AccessSources, AccessWish } from "./gather-access.ts";
import type { OrganizationReader } from "./gather-organization.ts";
import { levelsIn } from "../../policy/organization-levels.ts";
import { see, type Seen } from "./see.ts";

export interface CallerFacts {
  readonly principal: Principal;
  readonly isPathKnown: boolean;
  readonly layers: CallerLayers;
  readonly tags: readonly Tag[] | undefined;
  readonly unseen: readonly Unseen[];
  /** Whether the account is in an organisation; undefined: it could not be seen. */
  readonly organization: "none" | "some" | undefined;
}

/**
 * What stands on the caller's side: the policies of its role or user, and of its organisation. Throws NotFound
 * where IAM knows nobody of the name that was asked for.
 */
export async function gatherCaller(
  asked: AskedPrincipal,
  wish: AccessWish,
  sources: AccessSources,
  read: OrganizationReader,
): Promise<CallerFacts> {
  const unseen: Unseen[] = [];
  const session = sessionOf(wish);
  const own = await ownPolicies(asked, { isNamed: wish.as !== undefined, sources }, unseen);
  const organization = await organizationOf(own.principal, { wish, sources, read }, unseen);
  return {
    principal: own.principal,
    isPathKnown: own.isDescribed || asked.isPathKnown,
    tags: own.tags,
    unseen,
    organization: organization.membership,
    layers: {
      identity: own.identity,
      ...(own.boundary !== undefined && { boundary: own.boundary }),
      ...(session !== undefined && { session }),
      ...(organization.serviceControl !== undefined && {
        serviceControl: organization.serviceControl,
      }),
    },
  };
}

/** Undefined: none is assumed. Throws PolicyError. */
function sessionOf({ sessionPolicy }: AccessWish): readonly NamedPolicy[] | undefined {
  if (sessionPolicy === undefined) return undefined;
  const policy = parsePolicyOf(attachedPolicyKind("identity"), sessionPolicy);
  return [{ name: "the session policy given", policy: compilePolicy(policy) }];
}

interface OwnPolicies {
  readonly principal: Principal;
  /** Whether IAM gave its ARN. */
  readonly isDescribed: boolean;
  readonly tags: readonly Tag[] | undefined;
  readonly identity: readonly NamedPolicy[];
  readonly boundary: NamedPolicy | undefined;
}

/** `isNamed`: somebody was asked for by name. Throws NotFound where IAM then knows none. */
async function ownPolicies(
  { principal, holder }: AskedPrincipal,
  {
    isNamed,
    sources: { policies },
  }: { readonly isNamed: boolean; readonly sources: AccessSources },
  unseen: Unseen[],
): Promise<OwnPolicies> {
  const nothing = {
    principal,
    isDescribed: false,
    tags: [],
    identity: [],
    boundary: undefined,
  };
  if (principal.kind === "anonymous") return nothing;
  if (principal.kind === "root" && holder === undefined) return { ...nothing, identity: [rootMay] };
  if (holder === undefined) {
    const reason = `account ${principal.accountId} is not the one of these credentials`;
    unseen.push({ layer: "identity", what: "the caller's own policies", reason });
    return { ...nothing, tags: undefined };
  }
  const note = (seen: Seen<unknown>, layer: LayerName): void => {
    if (!seen.isSeen) unseen.push({ layer, what: seen.what, reason: seen.reason });
  };
  const described = await see(`the ${holder.kind} ${holder.name}`, () =>
    policies.describeHolder(holder),
  );
  const description = described.isSeen ? described.value : undefined;
  if (described.isSeen && description === undefined) {
    if (isNamed) throw nobody(holder, principal.accountId);
    const what = `the ${holder.kind} ${holder.name}`;
    unseen.push({ layer: "identity", what, reason: "IAM knows none of that name" });
    return { ...nothing, tags: undefined };
  }
  note(described, "boundary");
  const boundary = await boundaryOf(description, policies, note);
  return {
    principal: withDescription(principal, description),
    isDescribed: description !== undefined,
    tags: description?.tags,
    identity: await identityOf(holder, policies, note),
    boundary,
  };
}

function nobody({ kind, name }: PolicyHolder, accountId: string): StorageError {
  const list =
    kind === "role"
      ? "list-roles --query 'Roles[].RoleName'"
      : "list-users --query 'Users[].UserName'";
  return new StorageError("NotFound", `There is no ${kind} ${name} in account ${accountId}.`, {
    operation: "explain",
    remedy:
      `Correct the name given with --as (aws iam ${list} lists them), ` +
      "or give the whole ARN of one of another account.",
  });
}

type Note = (seen: Seen<unknown>, layer: LayerName) => void;

async function identityOf(
  holder: PolicyHolder,
  policies: AccessSources["policies"],
  note: Note,
): Promise<readonly NamedPolicy[]> {
  const inline = await see("its inline policies", () => policies.inlinePolicies(holder));
  const attached = await see("its attached policies", () => policies.attachedPolicies(holder));
  const reads = [inline, attached];
  if (holder.kind === "user") {
    reads.push(await see("the policies of its groups", () => policies.groupPolicies(holder.name)));
  }
  return reads.flatMap((seen) => {
    note(seen, "identity");
    return seen.isSeen ? seen.value.map(namedPolicy) : [];
  });
}

async function boundaryOf(
  description: HolderDescription | undefined,
  policies: AccessSources["policies"],
  note: Note,
): Promise<NamedPolicy | undefined> {
  const arn = description?.boundaryArn;
  if (arn === undefined) return undefined;
  const seen = await see("its permissions boundary", () => policies.managedPolicy(arn));
  note(seen, "boundary");
  return seen.isSeen ? namedPolicy(seen.value) : undefined;
}

function namedPolicy({ name, text }: PolicyDocument): NamedPolicy {
  const { policy } = parseStoredPolicyOf(attachedPolicyKind("identity"), text);
  return { name, policy: compilePolicy(policy) };
}

function withDescription(
  principal: Principal,
  description: HolderDescription | undefined,
): Principal {
  if (description === undefined || principal.kind === "anonymous") return principal;
  const { arn, id, tags } = description;
  const isSession = principal.kind === "assumed-role";
  const userId = isSession ? `${id}:${principal.arn.split("/").at(-1)}` : id;
  return {
    ...principal,
    principalArn: arn,
    ...(!isSession && { arn }),
    userId: principal.userId === "" ? userId : principal.userId,
    tags,
  };
}

interface OrganizationQuestion {
  readonly wish: AccessWish;
  readonly sources: AccessSources;
  readonly read: OrganizationReader;
}

interface CallersOrganization {
  readonly membership: CallerFacts["organization"];
  /** Undefined: none limit the caller, or they could not be seen. */
  readonly serviceControl: OrganizationLevels | undefined;
}

/** The policies themselves, for those who may read them; else their verdict by IAM's simulator. */
async function organizationOf(
  principal: Principal,
  question: OrganizationQuestion,
  unseen: Unseen[],
): Promise<CallersOrganization> {
  if (principal.kind === "anonymous") return verdictOf(principal, question, unseen);
  const seen = await question.read(principal.accountId);
  if (!seen.isSeen) return verdictOf(principal, question, unseen);
  return {
    membership: seen.value === undefined ? "none" : "some",
    serviceControl: levelsIn(seen.value, "service-control"),
  };
}

/** The simulator needs a user or role to ask for, and what it says of one it says of no other. */
async function verdictOf(
  principal: Principal,
  { wish: { action, bucket, key, context }, sources }: OrganizationQuestion,
  unseen: Unseen[],
): Promise<CallersOrganization> {
  const { policies, caller, partition } = sources;
  const what = "service control policies";
  const isKnown = principal.kind !== "anonymous";
  if (isKnown && principal.accountId !== caller.accountId) {
    const reason = `they are of account ${principal.accountId}, which these credentials do not reach`;
    unseen.push({ layer: "service-control", what, reason });
  }
  const isOwn = isKnown && principal.accountId === caller.accountId;
  const isAsked = isOwn && principal.kind !== "root";
  const seen = await see(what, async () => {
    const principalArn = isAsked ? principal.principalArn : await callersArn(sources);
    const resource = `arn:${partition}:s3:::${bucket}${key === "" ? "" : `/${key}`}`;
    return policies.simulateOrganization({ principalArn, action, resource, context });
  });
  const unsaid = (reason: string): void => {
    if (isOwn) unseen.push({ layer: "service-control", what, reason });
  };
  if (!seen.isSeen) {
    unsaid(seen.reason);
    return { membership: undefined, serviceControl: undefined };
  }
  const { allowed } = seen.value;
  if (allowed === undefined) return { membership: "none", serviceControl: undefined };
  if (!isAsked)
    unsaid(
      "only the organisation's administrators may read them, and IAM's simulator knows no root user",
    );
  const isDenied = isAsked && !allowed;
  return { membership: "some", serviceControl: isDenied ? [[simulatorsNo]] : undefined };
}

async function callersArn({ caller, policies }: AccessSources): Promise<string> {
  const role = /:assumed-role\/([^/]+)\//.exec(caller.arn)?.[1];
  if (role === undefined) return caller.arn;
  return (await policies.describeHolder({ kind: "role", name: role }))?.arn ?? caller.arn;
}

/** The simulator does not say which statement. */
const simulatorsNo: NamedPolicy = {
  name: "as IAM's simulator sees them",
  policy: compilePolicy({ version: "2012-10-17", statements: [] }),
};

/** The root user needs no policy. */
const rootMay: NamedPolicy = {
  name: "the root user of the account",
  policy: compilePolicy(
    parsePolicyOf(
      attachedPolicyKind("identity"),
      JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
      }),
    ),
  ),
};
