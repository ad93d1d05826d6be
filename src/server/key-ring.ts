import type { CallerLayers, NamedPolicy } from "../policy/access-layers.ts";
import { s3Limits } from "../core/limits.ts";
import { canonicalId } from "./buckets/canonical-id.ts";
import type { AuthenticatedCaller } from "./caller.ts";
import type { Identities, ResolvedIdentity, ResolvedPrincipal } from "./identities/identities.ts";
import { sessionTags } from "./iam/session-tags.ts";
import type { SessionGrant } from "./sts/session-grant.ts";
import type { OpenedSession, SessionTokens } from "./sts/session-tokens.ts";

const skewMs = s3Limits.clockSkewSeconds * 1000;

/** What a request says of its key. */
export interface KeyClaim {
  readonly accessKeyId: string;
  readonly sessionToken?: string;
}

/** Finds who holds a key: those whom the identities know, and the sessions of tokens. */
export class KeyRing {
  readonly #identities: Identities;
  readonly #tokens: SessionTokens;

  constructor(identities: Identities, tokens: SessionTokens) {
    this.#identities = identities;
    this.#tokens = tokens;
  }

  /** Undefined: nobody. An expired session is found, with `expired` set. */
  find({ accessKeyId, sessionToken }: KeyClaim, now: Date): ResolvedIdentity | undefined {
    const known = this.#identities.findByAccessKey(accessKeyId, now);
    if (known !== undefined || sessionToken === undefined) return known;
    const opened = this.#tokens.open(sessionToken);
    if (opened === undefined || opened.grant.accessKeyId !== accessKeyId) return undefined;
    return resolveSession(opened, { identities: this.#identities, sessionToken, now });
  }
}

interface SessionUse {
  readonly identities: Identities;
  readonly sessionToken: string;
  readonly now: Date;
}

/** Undefined: its role or user is gone, or another one of the same name. */
function resolveSession(
  opened: OpenedSession,
  { identities, sessionToken, now }: SessionUse,
): ResolvedIdentity | undefined {
  const { grant } = opened;
  const owner = findOwner(grant, identities);
  if (owner === undefined) return undefined;
  const expiresAt = new Date(grant.expiresAt);
  const organization = identities.organizationOf(grant.accountId);
  return {
    caller: {
      ...describeCaller(grant, owner),
      accountId: grant.accountId,
      canonicalUserId: canonicalId(grant.accountId),
      ...(organization !== undefined && { organization }),
      accessKeyId: grant.accessKeyId,
      issuedAt: new Date(grant.issuedAt),
      tags: sessionTags(owner.tags, grant.tags),
      conditionKeys: conditionKeysOf(grant),
      layers: layersOf(opened, owner, identities),
      session: grant,
    },
    secretAccessKey: grant.secretAccessKey,
    sessionToken,
    expiresAt,
    // One of a clock that was ahead would be good for as long as that was, and its hours.
    expired: expiresAt <= now || grant.issuedAt > now.getTime() + skewMs,
  };
}

function findOwner(
  { accountId, principal }: SessionGrant,
  identities: Identities,
): ResolvedPrincipal | undefined {
  const user = principal.kind === "federated-user" ? principal.user : principal;
  if (user === undefined || !("name" in user)) return identities.findRoot(accountId);
  const kind = principal.kind === "role" ? "role" : "user";
  const found = identities.findPrincipal(accountId, kind, user.name);
  return found?.id === user.id ? found : undefined;
}

function describeCaller(
  { accountId, principal }: SessionGrant,
  { arn, id }: ResolvedPrincipal,
): Pick<AuthenticatedCaller, "kind" | "arn" | "principalArn" | "userId"> {
  const [, partition] = arn.split(":");
  const sessionArn = `arn:${partition}:sts::${accountId}`;
  switch (principal.kind) {
    case "role":
      return {
        kind: "assumed-role",
        arn: `${sessionArn}:assumed-role/${principal.name}/${principal.session}`,
        principalArn: arn,
        userId: `${id}:${principal.session}`,
      };
    case "federated-user": {
      const own = `${sessionArn}:federated-user/${principal.name}`;
      const userId = `${accountId}:${principal.name}`;
      return { kind: "federated-user", arn: own, principalArn: own, userId };
    }
    case "user":
    case "root":
      return { kind: principal.kind, arn, principalArn: arn, userId: id };
  }
}

type ConditionKeys = NonNullable<AuthenticatedCaller["conditionKeys"]>;

/** Sessions of people and machines from elsewhere say nothing of MFA. */
function conditionKeysOf(grant: SessionGrant): ConditionKeys {
  const { sourceIdentity, mfaAt, conditionKeys } = grant;
  const keys = new Map<string, readonly string[] | undefined>();
  for (const [key, value] of Object.entries(conditionKeys ?? {})) {
    keys.set(key.toLowerCase(), [value]);
  }
  if (sourceIdentity !== undefined) keys.set("aws:sourceidentity", [sourceIdentity]);
  const present = conditionKeys === undefined ? [String(mfaAt !== undefined)] : undefined;
  return keys.set("aws:multifactorauthpresent", present);
}

/** What the role or user may do now, and no more than the session's own policies. */
function layersOf(
  { grant, policies }: OpenedSession,
  { layers }: ResolvedPrincipal,
  identities: Identities,
): CallerLayers {
  const { policyArns = [], principal } = grant;
  // A federated user without policies of its own may do nothing.
  const isLimited = policies.length + policyArns.length > 0 || principal.kind === "federated-user";
  if (!isLimited) return layers;
  const inline = policies.map((policy): NamedPolicy => ({ name: "session policy", policy }));
  const managed = policyArns.flatMap((arn): NamedPolicy[] => {
    const policy = identities.findManagedPolicy(arn);
    return policy === undefined ? [] : [{ name: arn, policy }];
  });
  return { ...layers, session: [...inline, ...managed] };
}
