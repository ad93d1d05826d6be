import { countOf } from "./count-of.ts";

/**
 * Beginnings and endings of names that S3 keeps for other things than buckets. Source: S3 User
 * Guide, bucket naming rules.
 */
const reservedPrefixes = ["xn--", "sthree-", "amzn-s3-demo-"];
const reservedSuffixes = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];
/** Account-regional names: `<prefix>-<account>-<region>-an`. */
const accountRegional = /-\d{12}-[a-z]+(?:-[a-z]+)+-\d+-an$/;

/**
 * What is wrong with a bucket's name, in words that follow the name; undefined when it is good.
 * `aws`: AWS's rules. `other`: what S3-compatible stores allow beyond them, capitals and
 * underscores up to 255 characters.
 */
export function bucketNameProblem(name: string, rules: "aws" | "other"): string | undefined {
  const mistaken = mistakenForBucket(name);
  if (mistaken !== undefined) return mistaken;
  if (rules === "other") {
    return /^[A-Za-z0-9][A-Za-z0-9._-]{2,254}$/.test(name)
      ? undefined
      : "must be 3 to 255 letters, digits, dots, hyphens and underscores";
  }
  return awsProblem(name);
}

/**
 * A name by AWS's rules that comes nearest to one that breaks them: in small letters, with hyphens for what may
 * not be. Undefined: none does.
 */
export function proposedBucketName(name: string): string | undefined {
  const proposed = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]+/g, "-")
    .replaceAll(/\.{2,}/g, ".")
    .slice(0, 63)
    .replaceAll(/^[.-]+|[.-]+$/g, "");
  return mistakenForBucket(name) === undefined && awsProblem(proposed) === undefined
    ? proposed
    : undefined;
}

function mistakenForBucket(name: string): string | undefined {
  if (name.startsWith("s3://")) return "is a URI; give the name alone, without s3:// and a key";
  if (/^https?:\/\//.test(name)) return "is a URL; give the name alone";
  if (name.startsWith("arn:")) return "is an ARN; give the bucket's name alone";
  if (name.includes("/")) return "holds a slash; keys and prefixes do not belong here";
  if (/[$][{(]/.test(name)) return "holds a shell expression, which is not expanded here";
  return undefined;
}

function awsProblem(name: string): string | undefined {
  if (name.length < 3 || name.length > 63) {
    return `has ${countOf(name.length, "character")}; S3 allows 3 to 63`;
  }
  if (/[A-Z]/.test(name)) return "holds capital letters; S3 allows lower case only";
  if (!/^[a-z0-9.-]+$/.test(name)) {
    return "may hold lower-case letters, digits, dots and hyphens only";
  }
  if (!/^[a-z0-9].*[a-z0-9]$/.test(name)) return "must start and end with a letter or digit";
  if (name.includes("..")) return "holds two dots in a row";
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) return "looks like an IP address";
  const prefix = reservedPrefixes.find((start) => name.startsWith(start));
  if (prefix !== undefined) return `starts with ${prefix}, which S3 keeps for itself`;
  const suffix = reservedSuffixes.find((end) => name.endsWith(end));
  if (suffix !== undefined) return `ends in ${suffix}, which S3 keeps for itself`;
  if (name.endsWith("-an") && !accountRegional.test(name)) {
    return "ends in -an, which S3 keeps for names like prefix-123456789012-us-east-1-an";
  }
  return undefined;
}
