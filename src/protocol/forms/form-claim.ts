import { createHmac } from "node:crypto";
import { hexBytes } from "../hex-bytes.ts";
import { invalidArgument, S3Error } from "../s3-error.ts";
import { sameText } from "../same-text.ts";
import { parseAmzDate } from "../sigv4/amz-date.ts";
import { unsignedPayload } from "../sigv4/canonical-request.ts";
import { parseCredential } from "../sigv4/credential.ts";
import type { SignatureClaim } from "../sigv4/signature-claim.ts";
import { signingKey, signString } from "../sigv4/signing-key.ts";
import type { FormFields } from "./post-policy.ts";

/** What a form says about the signature over its policy; nothing of it is proven yet. */
export interface FormClaim {
  readonly accessKeyId: string;
  readonly signature: string;
  readonly sessionToken?: string;
  /** In base64, as it is signed. */
  readonly policy: string;
  /** Undefined: Signature Version 2. */
  readonly v4: SignatureClaim | undefined;
}

/** Each stands for the names by which S3 asks for fields that are missing. */
const ofVersion4 = ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Signature"];
const ofVersion2 = ["AWSAccessKeyId", "Signature"];

/**
 * Undefined: nothing of a signature is there, a policy without one counting for nothing. Throws S3Error
 * InvalidArgument when a part is missing. Source: recordings of AWS of 2026-02.
 */
export function readFormClaim(fields: FormFields): FormClaim | undefined {
  const has = (name: string): boolean => fields.has(name.toLowerCase());
  const isVersion4 = ofVersion4.some(has);
  if (!isVersion4 && !ofVersion2.some(has)) return undefined;
  for (const name of [...(isVersion4 ? ofVersion4 : ofVersion2), "policy"]) {
    if (!has(name)) throw missingField(name);
  }
  return isVersion4 ? readVersion4(fields) : readVersion2(fields);
}

export function missingField(name: string): S3Error {
  const message =
    `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order ` +
    "of the fields.";
  return invalidArgument(message, name, "");
}

function readVersion4(fields: FormFields): FormClaim {
  const algorithm = fields.get("x-amz-algorithm") ?? "";
  if (algorithm !== "AWS4-HMAC-SHA256") {
    throw invalidArgument(
      'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"',
      "X-Amz-Algorithm",
      algorithm,
    );
  }
  const credential = parseCredential(fields.get("x-amz-credential") ?? "", "presigned");
  const amzDate = fields.get("x-amz-date") ?? "";
  if (parseAmzDate(amzDate) === undefined || !amzDate.startsWith(credential.date)) {
    throw invalidArgument(
      `X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'", of the credential's day`,
      "X-Amz-Date",
      amzDate,
    );
  }
  const signed = { ...readSigner(fields), accessKeyId: credential.accessKeyId };
  const signature = fields.get("x-amz-signature") ?? "";
  const v4: SignatureClaim = {
    kind: "presigned",
    ...credential,
    amzDate,
    signedHeaders: [],
    signature,
    payloadHash: unsignedPayload,
  };
  return { ...signed, signature, v4 };
}

function readVersion2(fields: FormFields): FormClaim {
  return {
    ...readSigner(fields),
    accessKeyId: fields.get("awsaccesskeyid") ?? "",
    signature: fields.get("signature") ?? "",
    v4: undefined,
  };
}

function readSigner(fields: FormFields): Pick<FormClaim, "policy" | "sessionToken"> {
  const sessionToken = fields.get("x-amz-security-token");
  return {
    policy: fields.get("policy") ?? "",
    ...(sessionToken !== undefined && { sessionToken }),
  };
}

/** Proves that the holder of the key signed the policy. Throws S3Error SignatureDoesNotMatch. */
export function verifyFormClaim(claim: FormClaim, secretAccessKey: string): void {
  const { accessKeyId, policy, signature, v4 } = claim;
  const expected =
    v4 === undefined
      ? createHmac("sha1", secretAccessKey).update(policy, "utf8").digest("base64")
      : signString(
          signingKey({ secretAccessKey, date: v4.date, region: v4.region, service: v4.service }),
          Buffer.from(policy, "utf8").toString("latin1"),
        );
  if (sameText(expected, signature)) return;
  throw new S3Error("SignatureDoesNotMatch", {
    extra: {
      AWSAccessKeyId: accessKeyId,
      StringToSign: policy,
      SignatureProvided: signature,
      StringToSignBytes: hexBytes(Buffer.from(policy, "utf8").toString("latin1")),
    },
  });
}
