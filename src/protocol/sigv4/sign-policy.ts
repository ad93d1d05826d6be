import type { Credentials } from "../../core/credentials.ts";
import { formatAmzDate } from "./amz-date.ts";
import { credentialScope, signingKey, signString } from "./signing-key.ts";

/** What a browser's form allows, before it is signed. */
export interface FormPolicy {
  readonly expiration: Date;
  readonly conditions: readonly unknown[];
}

/** Who signs it, and for which place and time. */
export interface PolicySigner {
  readonly credentials: Credentials;
  readonly region: string;
  readonly now: Date;
}

/**
 * The fields that a form has to carry besides its own: the policy in base64 and who signed it. The
 * conditions that they need are added. Source: S3 API reference, "POST Policy".
 */
export function signPolicy(
  { expiration, conditions }: FormPolicy,
  { credentials, region, now }: PolicySigner,
): Readonly<Record<string, string>> {
  const amzDate = formatAmzDate(now);
  const place = { date: amzDate.slice(0, 8), region, service: "s3" };
  const signer = {
    "x-amz-algorithm": "AWS4-HMAC-SHA256",
    "x-amz-credential": `${credentials.accessKeyId}/${credentialScope(place)}`,
    "x-amz-date": amzDate,
    ...(credentials.sessionToken !== undefined && {
      "x-amz-security-token": credentials.sessionToken,
    }),
  };
  const document = {
    expiration: expiration.toISOString(),
    conditions: [
      ...conditions,
      ...Object.entries(signer).map(([name, value]) => ({ [name]: value })),
    ],
  };
  const policy = Buffer.from(JSON.stringify(document)).toString("base64");
  const key = signingKey({ ...place, secretAccessKey: credentials.secretAccessKey });
  return { policy, ...signer, "x-amz-signature": signString(key, policy) };
}
