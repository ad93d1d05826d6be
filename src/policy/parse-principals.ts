import type { PrincipalEntry } from "./policy.ts";
import { PolicyError } from "./policy-error.ts";
import type { PolicyReading } from "./policy-reading.ts";
import { splitArn } from "./wildcard.ts";

/** A principal that was deleted; S3 shows its unique id instead of the ARN. */
export function isUniqueId(value: string): boolean {
  return /^(AROA|AIDA)[A-Z0-9]{4,}$/.test(value);
}

/** The value of a Principal or NotPrincipal. Throws PolicyError "Invalid principal in policy". */
export function parsePrincipals(value: unknown, reading: PolicyReading): readonly PrincipalEntry[] {
  if (value === "*") return [{ type: "AWS", value: "*" }];
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid();
  const entries = Object.entries(value).flatMap(([type, listed]) => {
    const values: readonly unknown[] = Array.isArray(listed) ? listed : [listed];
    return values.map((text) => {
      if (typeof text !== "string") throw invalid();
      const known = isType(type) ? type : undefined;
      if (known === undefined || !isTaken(known, text, reading)) {
        reading.refuse("Principal", text, invalid().message);
      }
      // A principal of an unknown type is taken for a federated one of a name that nobody has.
      const entry: PrincipalEntry =
        known === undefined
          ? { type: "Federated", value: `${type}:${text}` }
          : { type: known, value: text };
      return entry;
    });
  });
  if (entries.length === 0) throw invalid();
  return entries;
}

const types = ["AWS", "CanonicalUser", "Service", "Federated"] as const;

function isType(type: string): type is PrincipalEntry["type"] {
  return (types as readonly string[]).includes(type);
}

function isTaken(type: PrincipalEntry["type"], text: string, reading: PolicyReading): boolean {
  if (type === "CanonicalUser") return /^[0-9a-f]{64}$/.test(text);
  if (type === "Service") return /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(text);
  if (type === "Federated") {
    if (text === "" || /[*?]/.test(text)) return false;
    return !/^arn:[^:]*:iam::\d{12}:/.test(text) || exists(text, reading);
  }
  if (text === "*" || /^\d{12}$/.test(text) || isOriginAccessIdentity(text)) return true;
  if (isUniqueId(text)) return reading.isStored;
  return isPrincipalArn(text) && exists(text, reading);
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

/**
 * CloudFront's way to read private buckets, by whose name S3 stores and returns it.
 * Source: CloudFront Developer Guide, "Restrict access to an Amazon S3 origin".
 */
function isOriginAccessIdentity(text: string): boolean {
  return /^arn:aws[a-z-]*:iam::cloudfront:user\/CloudFront Origin Access Identity [A-Z0-9]+$/.test(
    text,
  );
}

/** For a session's ARN its role has to exist; the session itself is known only once it is used. */
function exists(arn: string, { kind: { principalExists } }: PolicyReading): boolean {
  const [, , , , , resource = ""] = splitArn(arn);
  if (principalExists === undefined || /^(root$|federated-user\/)/.test(resource)) return true;
  return principalExists(arn);
}

function invalid(): PolicyError {
  return new PolicyError("Invalid principal in policy");
}
