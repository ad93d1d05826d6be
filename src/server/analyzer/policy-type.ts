/** What a policy is meant for. Source: IAM Access Analyzer API reference, ValidatePolicy. */
export type PolicyType =
  | "IDENTITY_POLICY"
  | "RESOURCE_POLICY"
  | "SERVICE_CONTROL_POLICY"
  | "RESOURCE_CONTROL_POLICY";

export interface PolicyAim {
  readonly type: PolicyType;
  /** It is a bucket's. */
  readonly isBucketPolicy: boolean;
}

export function isPolicyType(text: string): text is PolicyType {
  return /^(IDENTITY|RESOURCE|SERVICE_CONTROL|RESOURCE_CONTROL)_POLICY$/.test(text);
}

/** Whether its statements name whom they are for. */
export function hasPrincipals({ type }: PolicyAim): boolean {
  return type === "RESOURCE_POLICY" || type === "RESOURCE_CONTROL_POLICY";
}
