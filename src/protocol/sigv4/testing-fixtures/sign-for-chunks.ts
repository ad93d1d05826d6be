import { signRequest, type SignableRequest, type SigningOptions } from "../sign.ts";
import { signingKey } from "../signing-key.ts";
import type { VerifiedSignature } from "../verify.ts";

/** The signature of a request's headers, with what the signatures of its chunks go on from. */
export function signForChunks(
  request: SignableRequest,
  options: SigningOptions,
): VerifiedSignature {
  const { authorization = "", "x-amz-date": amzDate = "" } = signRequest(request, options);
  const [, scope = ""] = /Credential=[^/]+\/([^,]+),/.exec(authorization) ?? [];
  const [, seedSignature = ""] = /Signature=([0-9a-f]{64})$/.exec(authorization) ?? [];
  const { region, service, credentials } = options;
  const place = { date: amzDate.slice(0, 8), region, service };
  const key = signingKey({ ...place, secretAccessKey: credentials.secretAccessKey });
  return { seedSignature, signingKey: key, scope, amzDate };
}
