/** `arn:aws:iam::123456789012:role/path/name` */
export function iamArn(
  account: { readonly id: string; readonly partition: string },
  kind: "user" | "group" | "role" | "policy",
  { path, name }: { readonly path: string; readonly name: string },
): string {
  return `arn:${account.partition}:iam::${account.id}:${kind}${path}${name}`;
}

export interface IamName {
  readonly partition: string;
  /** Twelve digits, or `aws` for a managed policy of AWS. */
  readonly accountId: string;
  readonly kind: string;
  readonly path: string;
  readonly name: string;
}

/** Undefined: not the ARN of anything that IAM names. */
export function parseIamArn(arn: string): IamName | undefined {
  const match = /^arn:([^:]+):iam::(\d{12}|aws):([a-z-]+)(\/(?:.*\/)?)([^/]+)$/s.exec(arn);
  const [, partition = "", accountId = "", kind = "", path = "", name = ""] = match ?? [];
  return match === null ? undefined : { partition, accountId, kind, path, name };
}
