import type { AuthenticatedCaller, Caller } from "../caller.ts";
import type { JsonObject } from "./call-facts.ts";

/**
 * Who called, as the record for one account tells it: other accounts learn no more than whose it was.
 * Source: CloudTrail User Guide, "CloudTrail userIdentity element".
 */
export function userIdentity(caller: Caller, recipient: string): JsonObject {
  if (caller.kind === "anonymous") {
    return { type: "AWSAccount", principalId: "", accountId: "ANONYMOUS_PRINCIPAL" };
  }
  const { accountId, userId: principalId } = caller;
  if (accountId !== recipient) return { type: "AWSAccount", principalId, accountId };
  return {
    type: types[caller.kind],
    principalId,
    arn: caller.arn,
    accountId,
    accessKeyId: caller.accessKeyId,
    ...(caller.kind === "user" && { userName: nameOf(caller.arn) }),
    ...sessionOf(caller),
  };
}

/** As LookupEvents names the caller. */
export function userName(caller: Caller): string | undefined {
  if (caller.kind === "anonymous") return undefined;
  return caller.kind === "root" ? "root" : nameOf(caller.arn);
}

const types = {
  root: "Root",
  user: "IAMUser",
  "assumed-role": "AssumedRole",
  "federated-user": "FederatedUser",
} as const;

/** Of temporary keys alone. */
function sessionOf(caller: AuthenticatedCaller): JsonObject {
  const { issuedAt, kind, session } = caller;
  if (issuedAt === undefined && kind !== "assumed-role") return {};
  const web = webFederation(caller);
  return {
    sessionContext: {
      ...issuer(caller),
      ...(web !== undefined && { webIdFederationData: web }),
      attributes: {
        ...(issuedAt !== undefined && { creationDate: wholeSeconds(issuedAt) }),
        mfaAuthenticated: String(session?.mfaAt !== undefined),
      },
      ...(session?.sourceIdentity !== undefined && { sourceIdentity: session.sourceIdentity }),
    },
  };
}

/** Whose right the session carries. */
function issuer(caller: AuthenticatedCaller): JsonObject {
  const { accountId, session } = caller;
  if (caller.kind === "assumed-role") {
    return {
      sessionIssuer: {
        type: "Role",
        principalId: caller.userId.split(":")[0] ?? "",
        arn: caller.principalArn,
        accountId,
        userName: nameOf(caller.principalArn),
      },
    };
  }
  const principal = session?.principal;
  if (principal?.kind !== "federated-user" || principal.user === undefined) return {};
  const { id: principalId, name } = principal.user;
  const arn = caller.arn.replace(/:sts:.*$/, `:iam::${accountId}:user/${name}`);
  return { sessionIssuer: { type: "IAMUser", principalId, arn, accountId, userName: name } };
}

function webFederation({ session }: AuthenticatedCaller): JsonObject | undefined {
  const provider = session?.conditionKeys?.["aws:FederatedProvider"];
  return provider === undefined ? undefined : { federatedProvider: provider, attributes: {} };
}

function nameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}

/** `2026-01-02T03:04:05Z` */
export function wholeSeconds(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}
