import type { CallerIdentity } from "../../core/bucket-admin.ts";
import { StorageError } from "../../core/errors.ts";
import { partitionOfArn } from "../../core/partition.ts";
import type { PolicyHolder } from "../../core/policy-sources.ts";
import type { KnownPrincipal, Principal } from "../../policy/request.ts";

/** Whose access is explained, as far as the words tell. */
export interface AskedPrincipal {
  readonly principal: Principal;
  /** Whose policies IAM is asked for; undefined: it has none, or is of another account. */
  readonly holder: PolicyHolder | undefined;
  /** The session's name was not given, so that what names single sessions cannot be judged. */
  readonly anySession: boolean;
  /** Whether the ARN of a role or user has its path, as far as the words tell. */
  readonly isPathKnown: boolean;
}

const sessionWord = "any-session";

/**
 * A role's name, an ARN of a role, session, user or root user, an account's number, or `anonymous`;
 * default the caller. Throws ConfigurationError for what can be none of these.
 */
export function askedPrincipal(text: string | undefined, caller: CallerIdentity): AskedPrincipal {
  const partition = partitionOfArn(caller.arn) ?? "aws";
  if (text === "anonymous") {
    const principal = { kind: "anonymous" } as const;
    return { principal, holder: undefined, anySession: false, isPathKnown: true };
  }
  const arn = arnOf(text, caller, partition);
  const shape = /^arn:[^:]+:(iam|sts)::(\d{12}):(.+)$/.exec(arn);
  const [, service, accountId = "", resource = ""] = shape ?? [];
  const found = service === undefined ? undefined : knownOf(arn, accountId, resource);
  if (found === undefined) throw notAPrincipal(text ?? arn);
  const isCaller = arn === caller.arn;
  const principal = isCaller ? { ...found.principal, userId: caller.userId } : found.principal;
  const holder = accountId === caller.accountId ? found.holder : undefined;
  return { principal, holder, anySession: found.anySession, isPathKnown: hasPath(text, arn) };
}

/** Not one that a name was made into, or a session's, nor that of SSO's role without where SSO puts it. */
function hasPath(text: string | undefined, arn: string): boolean {
  if (text?.startsWith("arn:") === false && /:(?:role|user)\/[^/]+$/.test(arn)) return false;
  return !/:(?:assumed-role\/|role\/AWSReservedSSO_[^/]*$)/.test(arn);
}

function arnOf(
  text: string | undefined,
  { accountId, arn }: CallerIdentity,
  partition: string,
): string {
  if (text === undefined) return arn;
  if (/^\d{12}$/.test(text)) return `arn:${partition}:iam::${text}:root`;
  if (text.startsWith("arn:")) return text;
  if (/^user\/[\w+=,.@/-]+$/.test(text)) return `arn:${partition}:iam::${accountId}:${text}`;
  const role = /^(?:role\/)?([\w+=,.@/-]+)$/.exec(text)?.[1];
  if (role === undefined) throw notAPrincipal(text);
  return `arn:${partition}:iam::${accountId}:role/${role}`;
}

function knownOf(
  arn: string,
  accountId: string,
  resource: string,
):
  | (Omit<AskedPrincipal, "principal" | "isPathKnown"> & { readonly principal: KnownPrincipal })
  | undefined {
  const base = { accountId, arn, principalArn: arn, userId: "" };
  if (resource === "root") {
    const principal = { ...base, kind: "root", userId: accountId } as const;
    return { principal, holder: undefined, anySession: false };
  }
  const name = resource.slice(resource.lastIndexOf("/") + 1);
  if (resource.startsWith("user/")) {
    const principal = { ...base, kind: "user" } as const;
    return { principal, holder: { kind: "user", name }, anySession: false };
  }
  if (resource.startsWith("federated-user/")) {
    const principal = { ...base, kind: "federated-user" } as const;
    return { principal, holder: undefined, anySession: false };
  }
  const partition = partitionOfArn(arn) ?? "aws";
  const session = /^assumed-role\/([^/]+)\/[^/]+$/.exec(resource)?.[1];
  if (session !== undefined) {
    const principalArn = `arn:${partition}:iam::${accountId}:role/${session}`;
    const principal = { ...base, kind: "assumed-role", principalArn } as const;
    return { principal, holder: { kind: "role", name: session }, anySession: false };
  }
  if (!resource.startsWith("role/")) return undefined;
  const principal = {
    ...base,
    kind: "assumed-role",
    arn: `arn:${partition}:sts::${accountId}:assumed-role/${name}/${sessionWord}`,
  } as const;
  return { principal, holder: { kind: "role", name }, anySession: true };
}

function notAPrincipal(text: string): StorageError {
  return new StorageError("ConfigurationError", `${text} names nobody who could ask.`, {
    remedy:
      "Name a role, the ARN of a role, session or user, user/NAME, an account of twelve digits, or " +
      "anonymous.",
  });
}
