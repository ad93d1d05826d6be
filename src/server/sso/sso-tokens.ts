import { createHash } from "node:crypto";
import { s3Limits } from "../../core/limits.ts";
import { portalLimits } from "../../core/portal-limits.ts";
import type { Engine } from "../../engine/engine.ts";
import { sealedText, type SealedText } from "../sealed-text.ts";

/** A program that may ask people to sign in. All of it is in its id, so that nothing is stored. */
export interface SsoClient {
  readonly clientId: string;
  readonly name: string;
  /** Default: device codes and refreshing. */
  readonly grantTypes: readonly string[];
  readonly redirectUris: readonly string[];
  readonly scopes: readonly string[];
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** A sign-in. Its tokens go on from each other, and a sign-out ends all of them. */
export interface SsoSession {
  readonly id: string;
  readonly user: string;
  readonly clientId: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Ties the page of a sign-in to the browser that it was shown in. */
interface PageToken {
  readonly nonce: string;
  readonly userCode: string;
}

interface AccessToken {
  readonly session: SsoSession;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

const skewMs = s3Limits.clockSkewSeconds * 1000;
const revokedKind = "ssorevoked";

/** What the portal hands out, sealed, and the sign-ins that ended before their time. */
export class SsoTokens {
  readonly #records: Engine["records"];
  readonly #clients: SealedText;
  readonly #clientSecrets: SealedText;
  readonly #pages: SealedText;
  readonly #access: SealedText;
  readonly #refresh: SealedText;

  constructor({ records, secrets }: Pick<Engine, "records" | "secrets">) {
    this.#records = records;
    this.#clients = sealedText(secrets, "clients of the portal");
    this.#clientSecrets = sealedText(secrets, "secrets of the portal's clients");
    this.#pages = sealedText(secrets, "pages of the portal");
    this.#access = sealedText(secrets, "access tokens of the portal");
    this.#refresh = sealedText(secrets, "refresh tokens of the portal");
  }

  addClient(client: Omit<SsoClient, "clientId">): { clientId: string; clientSecret: string } {
    const clientId = this.#clients.seal(client);
    return { clientId, clientSecret: this.#clientSecrets.seal(digestOf(clientId)) };
  }

  findClient(clientId: string): SsoClient | undefined {
    const client = this.#clients.open(clientId) as Omit<SsoClient, "clientId"> | undefined;
    return client && { ...client, clientId };
  }

  isClientSecret(clientId: string, secret: string): boolean {
    return this.#clientSecrets.open(secret) === digestOf(clientId);
  }

  pageToken(token: PageToken): string {
    return this.#pages.seal(token);
  }

  openPage(text: string): PageToken | undefined {
    return this.#pages.open(text) as PageToken | undefined;
  }

  accessToken(token: AccessToken): string {
    return this.#access.seal(token);
  }

  refreshToken(session: SsoSession): string {
    return this.#refresh.seal(session);
  }

  /** Undefined: none of this store, over, or signed out. */
  openAccess(text: string, now: Date): SsoSession | undefined {
    const token = this.#access.open(text) as AccessToken | undefined;
    if (token === undefined || token.expiresAt <= now.getTime()) return undefined;
    return this.#live(token.session, now);
  }

  /** As `openAccess`. */
  openRefresh(text: string, now: Date): SsoSession | undefined {
    const session = this.#refresh.open(text) as SsoSession | undefined;
    return session && this.#live(session, now);
  }

  /** On disk when it resolves; forgets what is over anyway. */
  async revoke({ id, expiresAt }: SsoSession, now: Date): Promise<void> {
    await this.#records.update((records) => {
      let looked = 0;
      for (const entry of records.list(revokedKind)) {
        if ((looked += 1) > portalLimits.signOutsLooked) break;
        if (Number(entry.value) <= now.getTime()) records.remove(revokedKind, entry.id);
      }
      records.put(revokedKind, id, expiresAt);
    });
  }

  #live(session: SsoSession, now: Date): SsoSession | undefined {
    const isRevoked = this.#records.get(revokedKind, session.id) !== undefined;
    const leftMs = session.expiresAt - now.getTime();
    // More than a sign-in ever has was given by a clock that was ahead.
    const isTimely = leftMs > 0 && leftMs <= portalLimits.sessionMs + skewMs;
    return isTimely && !isRevoked ? session : undefined;
  }
}

function digestOf(clientId: string): string {
  return createHash("sha256").update(clientId).digest("base64");
}
