import { element, type XmlNode } from "../../protocol/xml/render.ts";
import type { SessionGrant } from "./session-grant.ts";
import { sessionKeyId } from "./session-key-id.ts";
import type { StsServices } from "./sts-call.ts";

export interface IssuedSession {
  readonly grant: SessionGrant;
  readonly sessionToken: string;
}

type Issuer = Pick<StsServices, "tokens" | "now" | "randomBytes" | "mostSeconds">;

/** Makes keys and a token. Times are whole seconds, since answers tell no more of them. */
export function issueSession(
  { tokens, now, randomBytes, mostSeconds = Infinity }: Issuer,
  session: Omit<SessionGrant, "accessKeyId" | "secretAccessKey" | "issuedAt" | "expiresAt">,
  seconds: number,
): IssuedSession {
  const issuedAt = Math.floor(now.getTime() / 1000) * 1000;
  const grant: SessionGrant = {
    ...session,
    accessKeyId: sessionKeyId(session.accountId, randomBytes),
    secretAccessKey: randomBytes(30).toString("base64"),
    issuedAt,
    expiresAt: issuedAt + Math.min(seconds, mostSeconds) * 1000,
  };
  return { grant, sessionToken: tokens.issue(grant) };
}

/** As STS's answers tell it. */
export function credentialsElement({ grant, sessionToken }: IssuedSession): XmlNode {
  return element(
    "Credentials",
    element("AccessKeyId", grant.accessKeyId),
    element("SecretAccessKey", grant.secretAccessKey),
    element("SessionToken", sessionToken),
    element("Expiration", new Date(grant.expiresAt).toISOString().replace(/\.\d+Z$/, "Z")),
  );
}
