import { setTimeout as after } from "node:timers/promises";
import type { SignInCode } from "../aws/sign-in.ts";
import type { PortalWish, SsoPortal } from "../aws/sso-portal.ts";
import { StorageError } from "../core/errors.ts";
import type { Settings } from "../settings/settings.ts";

export interface SignInWish extends PortalWish {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly settings: Pick<Settings, "httpsProxy" | "httpProxy" | "noProxy" | "storageS3CaFile">;
}

export interface SignedIn {
  readonly portal: SsoPortal;
  readonly expiresAt: Date;
}

/** Signs in at the portal of a profile or sso-session. Throws StorageError. */
export async function openSignIn(
  wish: SignInWish,
  show: (code: SignInCode) => Promise<void> | void,
  signal: AbortSignal,
): Promise<SignedIn> {
  const { signIn } = await import("../aws/sign-in.ts");
  const portal = await portalOf(wish);
  const agents = await agentsOf(wish);
  const expiresAt = await signIn(portal, {
    show,
    now: () => new Date(),
    wait: async (ms) => {
      try {
        await after(ms, undefined, { signal });
      } catch (cause) {
        throw new StorageError("Aborted", "The sign-in was stopped; nothing was kept.", { cause });
      }
    },
    signal,
    ...(agents !== undefined && { agents }),
  });
  return { portal, expiresAt };
}

/** Ends the sign-in. False: there was none. */
export async function endSignIn(
  wish: SignInWish,
): Promise<{ readonly portal: SsoPortal; readonly wasSignedIn: boolean }> {
  const { signOut } = await import("../aws/sign-in.ts");
  const portal = await portalOf(wish);
  const agents = await agentsOf(wish);
  const wasSignedIn = await signOut(portal, agents === undefined ? {} : { agents });
  return { portal, wasSignedIn };
}

async function portalOf({ environment, profile, ssoSession }: SignInWish): Promise<SsoPortal> {
  const { findSsoPortal } = await import("../aws/sso-portal.ts");
  return findSsoPortal(environment, {
    ...(profile !== undefined && { profile }),
    ...(ssoSession !== undefined && { ssoSession }),
  });
}

/** Through the proxy that all else goes through, and with the authority that the settings trust. */
async function agentsOf({ settings }: SignInWish) {
  const { sdkAgents } = await import("./sdk-agents.ts");
  const { tlsOptions } = await import("./tls-options.ts");
  const { httpsProxy, httpProxy, noProxy, storageS3CaFile: caFile } = settings;
  const tls = caFile === undefined ? undefined : tlsOptions({ caFile, verifySsl: true });
  const agents = sdkAgents({ proxy: { httpsProxy, httpProxy, noProxy } }, tls);
  if (agents !== undefined || tls?.ca === undefined) return agents;
  const { Agent: HttpAgent } = await import("node:http");
  const { Agent: HttpsAgent } = await import("node:https");
  const { rootCertificates } = await import("node:tls");
  return {
    httpAgent: new HttpAgent(),
    httpsAgent: new HttpsAgent({ ca: [...rootCertificates, tls.ca] }),
  };
}
