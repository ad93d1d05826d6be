/** Who sent a request, once its signature is verified. */
export type Caller = AnonymousCaller | AuthenticatedCaller;

interface AnonymousCaller {
  readonly kind: "anonymous";
}

export interface AuthenticatedCaller {
  readonly kind: "root" | "user" | "assumed-role";
  /** Twelve digits. */
  readonly accountId: string;
  /** `arn:aws:iam::123456789012:user/name` or `arn:aws:sts::123456789012:assumed-role/role/session`. */
  readonly arn: string;
  /** For a role session the role's own ARN, path included, as `aws:PrincipalArn` gives it. */
  readonly principalArn: string;
  readonly userId: string;
  readonly accessKeyId: string;
  /** Whether the identity's own policies allow all (`administrator`) or nothing by themselves. */
  readonly access: "administrator" | "none";
}
