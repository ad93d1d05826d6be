/** Who asks. The server's Caller has this shape. */
export type Principal = AnonymousPrincipal | KnownPrincipal;

interface AnonymousPrincipal {
  readonly kind: "anonymous";
}

export interface KnownPrincipal {
  readonly kind: "root" | "user" | "assumed-role";
  /** Twelve digits. */
  readonly accountId: string;
  /** `arn:aws:iam::...:user/name`, or for a role session `arn:aws:sts::...:assumed-role/role/session`. */
  readonly arn: string;
  /** For a role session the role's ARN with its path, else `arn`; the value of `aws:PrincipalArn`. */
  readonly principalArn: string;
  /** `AIDA...`, `AROA...:session`, or the account id for the root user. */
  readonly userId: string;
}

/** What a policy is asked about. */
export interface PolicyRequest {
  readonly principal: Principal;
  /** `s3:GetObject`. */
  readonly action: string;
  /** `arn:aws:s3:::bucket` or `arn:aws:s3:::bucket/key`, the key unencoded. */
  readonly resource: string;
  /**
   * Condition keys. Those that follow from the principal (`aws:PrincipalArn`, `aws:PrincipalAccount`,
   * `aws:PrincipalType`, `aws:userid`, `aws:username`) are known where this does not know them.
   */
  readonly context?: ContextLookup;
}

/** The values of a condition key, given in lower case; undefined when the request does not carry it. */
export type ContextLookup = (key: string) => readonly string[] | undefined;

/** A context of keys in any case. */
export function contextOf(entries: Iterable<readonly [string, string]>): ContextLookup {
  const values = new Map(
    Array.from(entries, ([key, value]) => [key.toLowerCase(), [value]] as const),
  );
  return (key) => values.get(key);
}

const principalTypes = { root: "Account", user: "User", "assumed-role": "AssumedRole" } as const;

/** What the principal itself says of a condition key. */
export function principalValue(principal: Principal, key: string): readonly string[] | undefined {
  if (principal.kind === "anonymous") {
    return key === "aws:principaltype" ? ["Anonymous"] : undefined;
  }
  switch (key) {
    case "aws:principalarn":
      return [principal.principalArn];
    case "aws:principalaccount":
      return [principal.accountId];
    case "aws:principaltype":
      return [principalTypes[principal.kind]];
    case "aws:userid":
      return [principal.userId];
    case "aws:username":
      return principal.kind === "user" ? [nameOf(principal.arn)] : undefined;
    default:
      return undefined;
  }
}

function nameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}
