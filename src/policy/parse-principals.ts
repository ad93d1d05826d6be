import type { PrincipalEntry } from "./policy.ts";
import { PolicyError } from "./policy-error.ts";

/** A principal that was deleted; S3 shows its unique id instead of the ARN. */
export function isUniqueId(value: string): boolean {
  return /^(AROA|AIDA)[A-Z0-9]{4,}$/.test(value);
}

/**
 * The value of a Principal or NotPrincipal. Only the shape can be judged here; S3 also refuses
 * principals that do not exist. Throws PolicyError "Invalid principal in policy".
 */
export function parsePrincipals(
  value: unknown,
  uniqueIds: "accept" | "reject",
): readonly PrincipalEntry[] {
  if (value === "*") return [{ type: "AWS", value: "*" }];
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid();
  const entries = Object.entries(value).flatMap(([type, listed]) => {
    if (!isType(type)) throw invalid();
    const values: readonly unknown[] = Array.isArray(listed) ? listed : [listed];
    return values.map((text) => {
      if (typeof text !== "string" || !isValid(type, text, uniqueIds)) throw invalid();
      return { type, value: text };
    });
  });
  if (entries.length === 0) throw invalid();
  return entries;
}

const types = ["AWS", "CanonicalUser", "Service", "Federated"] as const;

function isType(type: string): type is PrincipalEntry["type"] {
  return (types as readonly string[]).includes(type);
}

function isValid(
  type: PrincipalEntry["type"],
  text: string,
  uniqueIds: "accept" | "reject",
): boolean {
  if (type === "CanonicalUser") return /^[0-9a-f]{64}$/.test(text);
  if (type === "Service") return /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(text);
  if (type === "Federated") return text.length > 0 && !/[*?]/.test(text);
  if (isUniqueId(text)) return uniqueIds === "accept";
  return text === "*" || /^\d{12}$/.test(text) || isPrincipalArn(text);
}

const name = String.raw`[\w+=,.@-]+`;
const path = String.raw`(?:[\x21-\x29\x2b-\x3e\x40-\x7e]+/)?`;
const iamArn = new RegExp(`^arn:aws[a-z-]*:iam::\\d{12}:(?:root|(?:user|role)/${path}${name})$`);
const stsArn = new RegExp(
  `^arn:aws[a-z-]*:sts::\\d{12}:(?:assumed-role/${name}/${name}|federated-user/${name})$`,
);

/** No wildcards: S3 knows none inside a principal. */
function isPrincipalArn(text: string): boolean {
  return iamArn.test(text) || stsArn.test(text);
}

function invalid(): PolicyError {
  return new PolicyError("Invalid principal in policy");
}
