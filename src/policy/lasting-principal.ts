/** How a statement names a caller; conditions stand beside those that it has anyway. */
export interface LastingPrincipal {
  readonly Principal: { readonly AWS: string };
  readonly Condition?: { readonly ArnLike: { readonly "aws:PrincipalArn": readonly string[] } };
}

/**
 * A session by its role, since sessions end. What SSO makes of a permission set has a path with the
 * region of IAM Identity Center, which no session tells, and S3 refuses a role that is not there: it is
 * named by the patterns that fit it, which hold when the role is made anew. Source: IAM User Guide,
 * AWS JSON policy elements: Principal; IAM Identity Center User Guide, referencing permission sets.
 */
export function lastingPrincipal(arn: string): LastingPrincipal {
  const [, partition, account, role = ""] =
    /^arn:([\w-]+):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(arn) ?? [];
  if (account === undefined) return { Principal: { AWS: arn } };
  const owner = `arn:${partition}:iam::${account}`;
  const permissionSet = /^AWSReservedSSO_(.+)_[0-9a-f]{16}$/.exec(role)?.[1];
  if (permissionSet === undefined) return { Principal: { AWS: `${owner}:role/${role}` } };
  const path = `${owner}:role/aws-reserved/sso.amazonaws.com`;
  const name = `AWSReservedSSO_${permissionSet}_${"?".repeat(16)}`;
  return {
    Principal: { AWS: `${owner}:root` },
    Condition: { ArnLike: { "aws:PrincipalArn": [`${path}/${name}`, `${path}/*/${name}`] } },
  };
}
