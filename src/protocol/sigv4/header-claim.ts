import { parseHttpDate } from "../http-date.ts";
import { invalidArgument, S3Error } from "../s3-error.ts";
import { formatAmzDate, parseAmzDate } from "./amz-date.ts";
import { type CredentialParts, parseCredential } from "./credential.ts";
import { parseSignedHeaders, type SignatureClaim } from "./signature-claim.ts";

/** AWS's answer to SigV2. */
export const unsupportedMechanism =
  "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.";

/** The claim of a request signed in its Authorization header. */
export function readHeaderClaim(
  authorization: string,
  headers: ReadonlyMap<string, string>,
): SignatureClaim {
  const { credential, signedHeaders, signature } = readAuthorization(authorization);
  const amzDate = readDate(headers);
  if (amzDate.slice(0, 8) !== credential.date) {
    throw new S3Error("AuthorizationHeaderMalformed", {
      message:
        `The authorization header is malformed; Invalid credential date "${credential.date}". ` +
        `This date is not the same as X-Amz-Date: "${amzDate.slice(0, 8)}".`,
    });
  }
  const payloadHash = headers.get("x-amz-content-sha256");
  if (payloadHash === undefined && credential.service === "s3") {
    throw new S3Error("InvalidRequest", {
      message: "Missing required header for this request: x-amz-content-sha256",
    });
  }
  const sessionToken = headers.get("x-amz-security-token");
  const { accessKeyId, date, region, service } = credential;
  const claim: SignatureClaim = {
    kind: "header",
    accessKeyId,
    date,
    region,
    service,
    amzDate,
    signedHeaders,
    signature,
    payloadHash: payloadHash ?? "",
  };
  return sessionToken === undefined ? claim : { ...claim, sessionToken };
}

interface AuthorizationComponents {
  readonly credential: CredentialParts;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const signatureStart = "Signature=";
let lastRead: { readonly text: string; readonly components: AuthorizationComponents } | undefined;

/** Requests of one client differ in their signature alone, which all clients write last. */
function readAuthorization(authorization: string): AuthorizationComponents {
  const end = authorization.length - signatureStart.length - hexDigits;
  const isUsual = end > 0 && authorization.startsWith(signatureStart, end);
  if (!isUsual) return readComponents(authorization);
  const text = authorization.slice(0, end);
  const signature = authorization.slice(-hexDigits);
  if (lastRead?.text === text && !signature.includes(",")) {
    const { credential, signedHeaders } = lastRead.components;
    return { credential, signedHeaders, signature };
  }
  const components = readComponents(authorization);
  if (components.signature === signature) lastRead = { text, components };
  return components;
}

/** Of a SHA-256. */
const hexDigits = 64;

function readComponents(authorization: string): AuthorizationComponents {
  const space = authorization.indexOf(" ");
  const algorithm = space === -1 ? authorization : authorization.slice(0, space);
  assertAlgorithm(algorithm, authorization);
  if (space === -1) {
    throw invalidArgument(
      "Authorization header is invalid -- one and only one ' ' (space) required.",
      "Authorization",
      authorization,
    );
  }
  const components = new Map<string, string>();
  for (const component of authorization.slice(space + 1).split(",")) {
    const text = component.trim();
    if (text === "") continue;
    const equals = text.indexOf("=");
    if (equals === -1) {
      throw malformed(`the authorization component "${text}" is malformed.`);
    }
    components.set(text.slice(0, equals), text.slice(equals + 1));
  }
  if (components.size < 3) {
    throw malformed(
      "the authorization header requires three components: Credential, SignedHeaders, and Signature.",
    );
  }
  const text = required(components, "Credential");
  const signedHeaders = parseSignedHeaders(required(components, "SignedHeaders"));
  const signature = required(components, "Signature");
  return { credential: parseCredential(text, "header"), signedHeaders, signature };
}

function assertAlgorithm(algorithm: string, authorization: string): void {
  if (algorithm === "AWS4-HMAC-SHA256") return;
  if (algorithm === "AWS") throw new S3Error("InvalidRequest", { message: unsupportedMechanism });
  if (algorithm.startsWith("AWS4-ECDSA-P256-SHA256")) {
    throw new S3Error("NotImplemented", {
      message: "SigV4A (AWS4-ECDSA-P256-SHA256) is not implemented. Please use AWS4-HMAC-SHA256.",
    });
  }
  throw invalidArgument("Unsupported Authorization Type", "Authorization", authorization);
}

/** `x-amz-date`, else `Date` in any form that AWS takes, as `yyyyMMdd'T'HHmmss'Z'`. */
function readDate(headers: ReadonlyMap<string, string>): string {
  const text = headers.get("x-amz-date") ?? headers.get("date") ?? "";
  if (parseAmzDate(text) !== undefined) return text;
  const date = headers.has("x-amz-date") ? undefined : parseHttpDate(text);
  if (date !== undefined) return formatAmzDate(date);
  throw new S3Error("AccessDenied", {
    message: "AWS authentication requires a valid Date or x-amz-date header",
  });
}

function required(components: ReadonlyMap<string, string>, name: string): string {
  const value = components.get(name);
  if (value === undefined || value === "") throw malformed(`missing ${name}.`);
  return value;
}

function malformed(detail: string): S3Error {
  return new S3Error("AuthorizationHeaderMalformed", {
    message: `The authorization header is malformed; ${detail}`,
  });
}
