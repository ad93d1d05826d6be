import { verify } from "node:crypto";
import { QueryError } from "../../aws-query/query-error.ts";
import type { OidcProvider } from "./oidc-providers.ts";

type Json = Readonly<Record<string, unknown>>;

/** A token as it came; nothing of it is proven. */
export interface WebToken {
  readonly algorithm: string;
  readonly keyId: string | undefined;
  readonly claims: Json;
  readonly issuer: string;
  readonly signed: string;
  readonly signature: Buffer;
}

/** What a proven token says. */
export interface WebIdentity {
  readonly subject: string;
  /** The client that the token was made for. */
  readonly audience: string;
  readonly claims: Json;
}

const digests: Readonly<Record<string, string>> = {
  RS256: "sha256",
  RS384: "sha384",
  RS512: "sha512",
  ES256: "sha256",
  ES384: "sha384",
  ES512: "sha512",
};
const skewSeconds = 300;

/** Throws QueryError InvalidIdentityToken. Source: RFC 7515, RFC 7519. */
export function parseWebToken(text: string): WebToken {
  const parts = text.split(".");
  const [header = "", payload = "", signature = ""] = parts;
  const { alg, kid } = decode(header) ?? {};
  const claims = decode(payload);
  const issuer = claims?.["iss"];
  const isSound =
    parts.length === 3 &&
    typeof alg === "string" &&
    claims !== undefined &&
    typeof issuer === "string";
  if (!isSound) {
    throw invalidToken(
      "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
    );
  }
  return {
    algorithm: alg,
    keyId: typeof kid === "string" ? kid : undefined,
    claims,
    issuer,
    signed: `${header}.${payload}`,
    signature: Buffer.from(signature, "base64url"),
  };
}

/** Throws QueryError InvalidIdentityToken, ExpiredTokenException, IDPRejectedClaim. */
export function verifyWebToken(token: WebToken, provider: OidcProvider, now: Date): WebIdentity {
  assertSignature(token, provider);
  assertTimes(token.claims, now.getTime() / 1000);
  const { sub } = token.claims;
  if (typeof sub !== "string" || sub === "" || sub.length > 255) {
    throw invalidToken("Missing a required claim: sub");
  }
  const audience = audiencesOf(token.claims).find((one) => provider.clientIds.includes(one));
  if (audience === undefined) throw invalidToken("Incorrect token audience");
  return { subject: sub, audience, claims: token.claims };
}

function assertSignature(token: WebToken, { keys }: OidcProvider): void {
  const { algorithm, keyId, signed, signature } = token;
  const digest = Object.hasOwn(digests, algorithm) ? digests[algorithm] : undefined;
  const key = digest === undefined ? undefined : keys.find(keyId, algorithm);
  if (digest === undefined || key === undefined) {
    throw invalidToken(
      "Couldn't retrieve verification key from your identity provider,  please reference " +
        "AssumeRoleWithWebIdentity documentation for requirements",
    );
  }
  const given = { key, dsaEncoding: "ieee-p1363" } as const;
  if (verify(digest, Buffer.from(signed), given, signature)) return;
  throw invalidToken("The signature of the provided token is not valid");
}

function assertTimes({ exp, nbf, iat }: Json, nowSeconds: number): void {
  if (typeof exp !== "number") throw invalidToken("Missing a required claim: exp");
  if (exp <= nowSeconds) {
    throw new QueryError(
      "ExpiredTokenException",
      `Token expired: current date/time ${Math.floor(nowSeconds)} must be before the expiration ` +
        `date/time ${exp}`,
    );
  }
  const isEarly = [nbf, iat].some(
    (time) => typeof time === "number" && time > nowSeconds + skewSeconds,
  );
  if (!isEarly) return;
  throw new QueryError(
    "IDPRejectedClaim",
    "The identity provider (IdP) reported that authentication failed: the token is not valid yet.",
    403,
  );
}

/** Who is authorised counts before who is meant. Source: IAM User Guide, "OIDC federation", azp. */
function audiencesOf({ aud, azp }: Json): readonly string[] {
  if (typeof azp === "string") return [azp];
  const all: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  return all.filter((one) => typeof one === "string");
}

function decode(part: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? { ...value }
      : undefined;
  } catch {
    return undefined;
  }
}

function invalidToken(message: string): QueryError {
  return new QueryError("InvalidIdentityToken", message);
}
