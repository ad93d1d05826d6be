import type { Tag } from "../../core/bucket-settings.ts";
import type { HolderDescription, PolicyDocument, PolicyHolder } from "../../core/policy-sources.ts";
import type { CallerLayers, LayerName, NamedPolicy } from "../../policy/access-layers.ts";
import { attachedPolicyKind } from "../../policy/attached-policy-kind.ts";
import { compilePolicy } from "../../policy/compile-policy.ts";
import { parsePolicyOf, parseStoredPolicyOf } from "../../policy/parse.ts";
import type { Principal } from "../../policy/request.ts";
import type { Unseen } from "./access-facts.ts";
import type { AskedPrincipal } from "./asked-principal.ts";
import type { AccessSources, AccessWish } from "./gather-access.ts";
import { see, type Seen } from "./see.ts";

export interface CallerFacts {
  readonly principal: Principal;
  readonly layers: CallerLayers;
  readonly tags: readonly Tag[] | undefined;
  readonly unseen: readonly Unseen[];
  /** Whether the account is in an organisation; undefined: it could not be seen. */
  readonly organization: "none" | "some" | undefined;
}

/** What stands on the caller's side: the policies of its role or user, and of its organisation. */
export async function gatherCaller(
  asked: AskedPrincipal,
  wish: AccessWish,
  sources: AccessSources,
): Promise<CallerFacts> {
  const unseen: Unseen[] = [];
  const session = sessionOf(wish);
  const own = await ownPolicies(asked, sources, unseen);
  const organization = await organizationOf(own.principal, wish, sources, unseen);
  return {
    principal: own.principal,
    tags: own.tags,
    unseen,
    organization: organization.membership,
    layers: {
      identity: own.identity,
      ...(own.boundary !== undefined && { boundary: own.boundary }),
      ...(session !== undefined && { session }),
      ...(organization.isDenied && { serviceControl: [[simulatorsNo]] }),
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
  readonly tags: readonly Tag[] | undefined;
  readonly identity: readonly NamedPolicy[];
  readonly boundary: NamedPolicy | undefined;
}

async function ownPolicies(
  { principal, holder }: AskedPrincipal,
  { policies }: AccessSources,
  unseen: Unseen[],
): Promise<OwnPolicies> {
  const nothing = { principal, tags: [], identity: [], boundary: undefined };
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
    const what = `the ${holder.kind} ${holder.name}`;
    unseen.push({ layer: "identity", what, reason: "IAM knows none of that name" });
    return { ...nothing, tags: undefined };
  }
  note(described, "boundary");
  const boundary = await boundaryOf(description, policies, note);
  return {
    principal: withDescription(principal, description),
    tags: description?.tags,
    identity: await identityOf(holder, policies, note),
    boundary,
  };
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

/** The organisation's verdict by IAM's simulator; it needs a user or role to ask for. */
async function organizationOf(
  principal: Principal,
  { action, bucket, key, context }: AccessWish,
  sources: AccessSources,
  unseen: Unseen[],
): Promise<{ readonly membership: CallerFacts["organization"]; readonly isDenied: boolean }> {
  const { policies, caller, partition } = sources;
  const isOwn = principal.kind !== "anonymous" && principal.accountId === caller.accountId;
  const asks = isOwn && principal.kind !== "root" ? principal.principalArn : callersArn(sources);
  const what = "service control policies";
  const seen = await see(what, async () => {
    const principalArn = await asks;
    const resource = `arn:${partition}:s3:::${bucket}${key === "" ? "" : `/${key}`}`;
    return policies.simulateOrganization({ principalArn, action, resource, context });
  });
  if (!seen.isSeen) {
    if (isOwn) unseen.push({ layer: "service-control", what, reason: seen.reason });
    return { membership: undefined, isDenied: false };
  }
  const { allowed } = seen.value;
  const membership = allowed === undefined ? "none" : "some";
  return { membership, isDenied: isOwn && allowed === false };
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
