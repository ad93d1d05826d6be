import { createPrivateKey, generateKeyPairSync, randomUUID, sign } from "node:crypto";

/** Whose tokens to make, and how they are signed. */
export interface TokenIssuerOptions {
  /** The URL by which the world names it, such as `https://issuer.test`. */
  readonly issuer: string;
  /** Default ES256. */
  readonly algorithm?: "ES256" | "RS256";
}

/** An issuer of web identities, for tests of AssumeRoleWithWebIdentity. */
export interface TokenIssuer {
  /** Its JSON Web Key Set, for the file that the world names. */
  readonly jwks: string;
  /**
   * A signed token. Left out: `iss`, `iat` now, `exp` in an hour, `aud` `sts.amazonaws.com`.
   */
  token(claims: Readonly<Record<string, unknown>> & { readonly sub: string }): string;
}

/**
 * Makes a key of its own, so that every issuer is another one.
 *
 * @example
 * const issuer = createTokenIssuer({ issuer: "https://issuer.test" });
 * const token = issuer.token({ sub: "repo:org/simulations" });
 */
export function createTokenIssuer({
  issuer,
  algorithm = "ES256",
}: TokenIssuerOptions): TokenIssuer {
  const pair =
    algorithm === "ES256"
      ? generateKeyPairSync("ec", { namedCurve: "P-256" })
      : generateKeyPairSync("rsa", { modulusLength: 2048 });
  const kid = randomUUID();
  const privateKey = createPrivateKey(pair.privateKey.export({ type: "pkcs8", format: "pem" }));
  const publicKey = {
    ...pair.publicKey.export({ format: "jwk" }),
    kid,
    alg: algorithm,
    use: "sig",
  };
  return {
    jwks: JSON.stringify({ keys: [publicKey] }),
    token: (claims) => {
      const now = Math.floor(Date.now() / 1000);
      const usual = { iss: issuer, iat: now, exp: now + 3600, aud: "sts.amazonaws.com" };
      const signed = [
        { alg: algorithm, kid, typ: "JWT" },
        { ...usual, ...claims },
      ]
        .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
        .join(".");
      const key = { key: privateKey, dsaEncoding: "ieee-p1363" } as const;
      return `${signed}.${sign("sha256", Buffer.from(signed), key).toString("base64url")}`;
    },
  };
}
