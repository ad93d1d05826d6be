import type { BucketAdmin } from "../core/bucket-admin.ts";
import { isStorageError } from "../core/errors.ts";
import { partitionOfArn } from "../core/partition.ts";
import { isNotSupported, reasonOf } from "../core/reading.ts";
import { isRolePattern, permissionSetOf, roleArns } from "../policy/lasting-principal.ts";
import type { OwnAccess } from "./own-access.ts";

/** A principal of the wished-for policy, with what IAM says of it now. */
export interface ResolvedPrincipal {
  /** The ARN as asked for, or the caller's. */
  readonly asked: string;
  readonly partition: string;
  readonly accountId: string;
  readonly kind: "role" | "user" | "root" | "unknown";
  /** Undefined for users. */
  readonly roleName: string | undefined;
  /** What to name in a policy; undefined when the role's path is not known. */
  readonly arn: string | undefined;
  /** Why `arn` is not known, or what is odd about it. */
  readonly problem: string | undefined;
  /** What its own policies allow already; undefined: it was not looked at. */
  readonly own?: OwnAccess;
}

interface AskedPrincipal {
  readonly arn: string;
  /** Of the session, to compare with the role that is there now. */
  readonly userId?: string;
}

/**
 * Turns a session, role or user ARN into what a policy should name. A session ARN has lost the
 * role's path, which a policy needs, so the role is looked up by name. Source: IAM User Guide, "IAM
 * identifiers".
 */
export async function resolvePrincipal(
  admin: BucketAdmin,
  asked: AskedPrincipal,
): Promise<ResolvedPrincipal> {
  const principal = principalOfArn(asked.arn);
  const { roleName, arn } = principal;
  if (roleName === undefined || arn !== undefined || isRolePattern(asked.arn)) return principal;
  return { ...principal, ...(await lookUp(admin, roleName, asked)) };
}

/** As far as the ARN alone tells. A role given with its ARN may be of another account. */
export function principalOfArn(asked: string): ResolvedPrincipal {
  const shape = /^arn:[^:]+:(iam|sts)::(\d{12}):(.+)$/.exec(asked);
  const [, service, accountId = "", resource = ""] = shape ?? [];
  const base = {
    asked,
    partition: partitionOfArn(asked) ?? "aws",
    accountId,
    roleName: undefined,
    arn: undefined,
    problem: undefined,
  };
  if (service === "iam" && resource === "root") return { ...base, kind: "root" };
  if (service === "iam" && resource.startsWith("user/")) {
    return { ...base, kind: "user", arn: asked };
  }
  const roleName = roleNameOf(service, resource);
  if (roleName === undefined) {
    const problem = `nobody can be named by ${asked}, which is no role, user or session`;
    return { ...base, kind: "unknown", problem };
  }
  const isWhole = service === "iam" && !isRolePattern(asked);
  return { ...base, kind: "role", roleName, arn: isWhole ? asked : undefined };
}

function accountOf(arn: string): string | undefined {
  return arn.split(":")[4];
}

function roleNameOf(service: string | undefined, resource: string): string | undefined {
  if (service === "sts") return /^assumed-role\/([^/]+)\/[^/]+$/.exec(resource)?.[1];
  return /^role\/(?:.*\/)?([^/]+)$/.exec(resource)?.[1];
}

async function lookUp(
  admin: BucketAdmin,
  roleName: string,
  asked: AskedPrincipal,
): Promise<{ arn: string | undefined; problem: string | undefined }> {
  try {
    const role = await admin.getRole(roleName);
    if (role === undefined) return { arn: undefined, problem: `IAM knows no role ${roleName}` };
    // IAM answers for the caller's account alone, where another role may have the same name.
    const accountId = accountOf(asked.arn);
    if (accountOf(role.arn) !== accountId) {
      const problem = `the role ${roleName} of account ${accountId} cannot be looked up from another account`;
      return { arn: undefined, problem };
    }
    const sessionOf = asked.userId?.split(":")[0];
    const stale = sessionOf !== undefined && sessionOf !== role.roleId;
    const problem = stale
      ? `the role ${roleName} was made anew since this session began; sign in again`
      : undefined;
    return { arn: role.arn, problem };
  } catch (error) {
    if (!isNotSupported(error) && !isStorageError(error, "PermissionDenied")) throw error;
    return {
      arn: undefined,
      problem: `the role ${roleName} could not be looked up: ${reasonOf(error)}`,
    };
  }
}

/** Patterns for `aws:PrincipalArn`; of a permission set's role always, so that they hold when it is made anew. */
export function principalPatterns(principal: ResolvedPrincipal): readonly string[] {
  const { partition, accountId, roleName, arn } = principal;
  const isOfSso = roleName !== undefined && permissionSetOf(roleName) !== undefined;
  if (arn !== undefined && !isOfSso) return [arn];
  return roleName === undefined
    ? []
    : roleArns(`arn:${partition}:iam::${accountId}:role`, roleName);
}
