import type { PolicyKind, PolicyReading } from "./policy-reading.ts";

/** Policies that are not a bucket's. */
export type AttachedPolicyKind =
  /** Of a user, group or role; a permissions boundary; a session policy. */
  | "identity"
  /** Of an organisation, a unit or an account, on what its principals may do. */
  | "service-control"
  /** Of the same, on what may be done to its resources. */
  | "resource-control"
  | "vpc-endpoint"
  /** Of a KMS key. */
  | "key"
  /** Who may assume a role. */
  | "trust";

export interface AttachedPolicyOptions {
  /** Without white space. Default: the largest that AWS takes of this kind. */
  readonly maximumBytes?: number;
  readonly principalExists?: (arn: string) => boolean;
}

interface Form {
  readonly principals: PolicyKind["principals"];
  readonly resources: PolicyKind["resources"];
  /** The default of `maximumBytes`. */
  readonly largestBytes: number;
  /** Services whose actions it may name; undefined: any. */
  readonly services?: ReadonlySet<string>;
}

/**
 * Sources: IAM User Guide, "IAM and AWS STS quotas"; KMS Developer Guide, "Resource quotas";
 * Organizations User Guide, "Quotas"; VPC PrivateLink Guide, "Endpoint policies".
 */
const forms: Readonly<Record<AttachedPolicyKind, Form>> = {
  identity: { principals: "none", resources: "required", largestBytes: 10_240 },
  "service-control": { principals: "none", resources: "required", largestBytes: 10_240 },
  "resource-control": { principals: "required", resources: "required", largestBytes: 5120 },
  "vpc-endpoint": { principals: "required", resources: "required", largestBytes: 20_480 },
  key: {
    principals: "required",
    resources: "required",
    largestBytes: 32_768,
    services: new Set(["kms"]),
  },
  trust: {
    principals: "required",
    resources: "none",
    largestBytes: 8192,
    services: new Set(["sts"]),
  },
};

/** One of the other kinds, with the texts of IAM. */
export function attachedPolicyKind(
  kind: AttachedPolicyKind,
  { maximumBytes, principalExists }: AttachedPolicyOptions = {},
): PolicyKind {
  const { principals, resources, largestBytes, services } = forms[kind];
  const bytes = maximumBytes ?? largestBytes;
  return {
    principals,
    resources,
    maximumBytes: bytes,
    ...(principalExists !== undefined && { principalExists }),
    texts: {
      notJson: "The policy is not in the valid JSON format.",
      tooLarge: `Maximum policy size of ${bytes} bytes exceeded`,
    },
    assertAction: (pattern, reading) => assertAction(pattern, services, reading),
    assertResource,
    assertStatement: () => undefined,
  };
}

function assertAction(
  pattern: string,
  services: ReadonlySet<string> | undefined,
  reading: PolicyReading,
): void {
  const service = /^([a-z0-9-]+):\S+$/i.exec(pattern)?.[1]?.toLowerCase();
  if (pattern !== "*" && service === undefined) {
    const text = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
    reading.refuse("Action", pattern, text);
  } else if (service !== undefined && services?.has(service) === false) {
    reading.refuse("Action", pattern, `Policy contains an invalid action: ${pattern}`);
  }
}

function assertResource(pattern: string, reading: PolicyReading): void {
  if (pattern === "*" || /^arn:[^:]+(?::[^:]*){3}:.+$/s.test(pattern)) return;
  // Wildcards may stand for several parts: arn:aws:s3:* is taken, as IAM takes it.
  if (/^arn:[^:]+:.*[*]/s.test(pattern) || pattern.startsWith("${")) return;
  reading.refuse("Resource", pattern, `Resource ${pattern} must be in ARN format or "*".`);
}
