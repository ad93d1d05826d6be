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
   * Condition keys, in any case, and their values. Keys that follow from the principal
   * (`aws:PrincipalArn`, `aws:PrincipalAccount`, `aws:PrincipalType`, `aws:userid`, `aws:username`)
   * are added where absent.
   */
  readonly context?: ReadonlyMap<string, string | readonly string[]>;
}

/** The values of a key; undefined when the request does not carry it. */
export type ContextLookup = (key: string) => readonly string[] | undefined;

/** Keys become lower case, once per request. */
export function contextOf(request: PolicyRequest): ContextLookup {
  const values = principalKeys(request.principal);
  for (const [key, value] of request.context ?? []) {
    values.set(key.toLowerCase(), typeof value === "string" ? [value] : value);
  }
  return (key) => values.get(key.toLowerCase());
}

function principalKeys(principal: Principal): Map<string, readonly string[]> {
  if (principal.kind === "anonymous") return new Map([["aws:principaltype", ["Anonymous"]]]);
  const types = { root: "Account", user: "User", "assumed-role": "AssumedRole" } as const;
  const keys = new Map<string, readonly string[]>([
    ["aws:principalarn", [principal.principalArn]],
    ["aws:principalaccount", [principal.accountId]],
    ["aws:principaltype", [types[principal.kind]]],
    ["aws:userid", [principal.userId]],
  ]);
  const name = principal.arn.split("/").at(-1);
  if (principal.kind === "user" && name !== undefined) keys.set("aws:username", [name]);
  return keys;
}
