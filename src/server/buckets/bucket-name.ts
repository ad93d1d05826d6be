import { S3Error } from "../../protocol/s3-error.ts";

export interface BucketNameContext {
  /** Of the account that creates the bucket. */
  readonly accountId: string;
  readonly region: string;
  readonly namespace: "global" | "account-regional";
}

/**
 * Throws InvalidBucketName. Source: S3 User Guide, "General purpose bucket naming rules" and "Account
 * regional namespace naming rules" (2026): `-an` ends the names of that namespace and no others.
 */
export function assertBucketName(name: string, context: BucketNameContext): void {
  const valid =
    form.test(name) &&
    !emptyOrDashedLabel.test(name) &&
    !ipAddress.test(name) &&
    !reservedPrefixes.some((prefix) => name.startsWith(prefix)) &&
    !reservedSuffixes.some((suffix) => name.endsWith(suffix)) &&
    fitsNamespace(name, context);
  if (!valid) throw new S3Error("InvalidBucketName", { extra: { BucketName: name } });
}

const form = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** Names are host names too. Dashes next to dots: refused by AWS's SDK for Java and older guides. */
const emptyOrDashedLabel = /\.\.|\.-|-\./;
const ipAddress = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const reservedPrefixes = ["xn--", "sthree-", "amzn-s3-demo-"];
const reservedSuffixes = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

function fitsNamespace(name: string, { namespace, accountId, region }: BucketNameContext): boolean {
  if (namespace === "global") return !name.endsWith("-an");
  const suffix = `-${accountId}-${region}-an`;
  return name.endsWith(suffix) && name.length > suffix.length;
}
