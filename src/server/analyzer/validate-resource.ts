import { error, type Finding, type Path } from "./finding.ts";
import type { PolicyAim } from "./policy-type.ts";

const partitions = [
  "aws",
  "aws-cn",
  "aws-us-gov",
  "aws-iso",
  "aws-iso-b",
  "aws-iso-e",
  "aws-iso-f",
  "aws-eusc",
];

export function validateResource(resource: string, path: Path, aim: PolicyAim): Finding[] {
  if ((resource === "*" && !aim.isBucketPolicy) || resource.startsWith("${")) return [];
  if (!/^arn(:|$)/.test(resource)) {
    const why = "Add the required prefix (arn) to the resource ARN.";
    return [error("INVALID_ARN_PREFIX", why, path)];
  }
  const parts = resource.split(":");
  if (parts.length < 6 && !resource.includes("*")) {
    const why =
      "Resource ARNs must include at least 6 fields in the following structure: " +
      "arn:partition:service:region:account:resource";
    return [error("MISSING_ARN_FIELD", why, path)];
  }
  return validateParts(parts, path, aim);
}

function validateParts(parts: readonly string[], path: Path, aim: PolicyAim): Finding[] {
  const [, partition = "", service = "", region = "", account = "", ...name] = parts;
  if (!/[*?$]/.test(partition) && !partitions.includes(partition)) {
    const why =
      `The resource ARN for the service ${service} does not support the partition ${partition}. Use the ` +
      `supported values: ${partitions.join(", ")}`;
    return [error("INVALID_PARTITION", why, path)];
  }
  if (service === "s3") return validateS3Resource({ region, account, name: name.join(":") }, path);
  return aim.isBucketPolicy && service !== "" ? [foreign(path)] : [];
}

interface S3Resource {
  readonly region: string;
  readonly account: string;
  readonly name: string;
}

function validateS3Resource({ region, account, name }: S3Resource, path: Path): Finding[] {
  // Jobs, access points and their like have both.
  if (/^(accesspoint|job|storage-lens|async-request|access-grants)/.test(name)) return [];
  const findings: Finding[] = [];
  if (region !== "" && region !== "*") {
    const why = "The service s3 does not support specifying a Region in the resource ARN.";
    findings.push(error("ARN_REGION_NOT_ALLOWED", why, path));
  }
  if (account !== "" && account !== "*") {
    const why = "The service s3 does not support specifying an account ID in the resource ARN.";
    findings.push(error("ARN_ACCOUNT_NOT_ALLOWED", why, path));
  }
  return findings;
}

function foreign(path: Path): Finding {
  const why =
    "The resource ARN is not supported for the resource-based policy attached to the resource type AWS::S3::Bucket.";
  return error("UNSUPPORTED_RESOURCE_ARN_IN_POLICY", why, path);
}
