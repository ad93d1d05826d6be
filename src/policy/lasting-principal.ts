/** How a statement names a caller; conditions stand beside those that it has anyway. */
export interface LastingPrincipal {
  readonly Principal: { readonly AWS: string };
  readonly Condition?: { readonly ArnLike: { readonly "aws:PrincipalArn": readonly string[] } };
}

/**
 * A session by its role, since sessions end. No session tells the path of its role (of what SSO makes of a
 * permission set it has the region of IAM Identity Center), and S3 refuses a role that is not there: it
 * is named by the patterns that fit it, within its account, whose own policies have to allow it as well.
 * Source: IAM User Guide, AWS JSON policy elements: Principal.
 *
 * `isPathKnown`: whether the ARN of a role or user is whole. Default true.
 */
export function lastingPrincipal(arn: string, isPathKnown = true): LastingPrincipal {
  const patterns = lastingArns(arn, isPathKnown);
  const [, partition, account] = holderOf(arn) ?? [];
  if (patterns.length === 1 || account === undefined) return { Principal: { AWS: arn } };
  return {
    Principal: { AWS: `arn:${partition}:iam::${account}:root` },
    Condition: { ArnLike: { "aws:PrincipalArn": patterns } },
  };
}

/** What `aws:PrincipalArn` of the caller is like: its ARN, or patterns where its path is not known. */
export function lastingArns(arn: string, isPathKnown = true): readonly string[] {
  const [, partition, account = "", kind = "", name = ""] = holderOf(arn) ?? [];
  if (name === "" || (isPathKnown && kind !== "assumed-role")) return [arn];
  const holders = `arn:${partition}:iam::${account}:${kind === "user" ? "user" : "role"}`;
  if (kind === "user") return [`${holders}/${name}`, `${holders}/*/${name}`];
  return roleArns(holders, name);
}

/**
 * What `aws:PrincipalArn` of a role's session may be where the role's path is not known: with one and
 * without, or of a role of SSO with a region and without. Undefined for anybody else, whose ARN it is.
 */
export function possibleArns(sessionArn: string): readonly string[] | undefined {
  const [, partition, account, kind, name = ""] = holderOf(sessionArn) ?? [];
  if (kind !== "assumed-role") return undefined;
  const isOfSso = permissionSetOf(name) !== undefined;
  const roles = `arn:${partition}:iam::${account}:role/${isOfSso ? "aws-reserved/sso.amazonaws.com/" : ""}`;
  return [`${roles}${name}`, `${roles}some-path/${name}`];
}

/**
 * `AWSReservedSSO_<permission set>_<16 hex>`; the suffix changes when AWS makes the role anew, and sixteen `?`
 * stand for any.
 */
export function permissionSetOf(roleName: string): string | undefined {
  return /^AWSReservedSSO_([^*?]+)_(?:[0-9a-f]{16}|\?{16})$/.exec(roleName)?.[1];
}

/**
 * Whether a role is named by what `roleArns` would name it by: any path, and of a permission set any suffix.
 * Other patterns may fit roles that nobody meant.
 */
export function isRolePattern(arn: string): boolean {
  const [, path = "", name = ""] = /^arn:[\w-]+:iam::\d{12}:role\/(.+\/)?([^/]+)$/.exec(arn) ?? [];
  const isOfSso = name.endsWith("?") && permissionSetOf(name) !== undefined;
  if (isOfSso) return /^aws-reserved\/sso\.amazonaws\.com\/(?:\*\/)?$/.test(path);
  return path === "*/" && !/[*?]/.test(name);
}

/**
 * Sixteen `?` rather than `*`, which would also take in a permission set whose name starts alike; with and
 * without the region segment, which us-east-1 leaves out. Source: IAM Identity Center User Guide, referencing
 * permission sets. `roles`: `arn:aws:iam::ACCOUNT:role`.
 */
export function roleArns(roles: string, roleName: string): readonly string[] {
  const permissionSet = permissionSetOf(roleName);
  if (permissionSet === undefined) return [`${roles}/${roleName}`, `${roles}/*/${roleName}`];
  const path = `${roles}/aws-reserved/sso.amazonaws.com`;
  const name = `AWSReservedSSO_${permissionSet}_${"?".repeat(16)}`;
  return [`${path}/${name}`, `${path}/*/${name}`];
}

function holderOf(arn: string): RegExpExecArray | null {
  return (
    /^arn:([\w-]+):sts::(\d{12}):(assumed-role)\/([^/]+)\//.exec(arn) ??
    /^arn:([\w-]+):iam::(\d{12}):(role|user)\/(?:.*\/)?([^/]+)$/.exec(arn)
  );
}
