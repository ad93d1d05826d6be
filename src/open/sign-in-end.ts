import { isStorageError } from "../core/errors.ts";

/**
 * When the SSO sign-in behind a profile ends. Undefined: there is none, or it is renewed of itself, for as
 * long as the organisation says.
 */
export async function signInEnd(
  environment: Readonly<Record<string, string | undefined>>,
  profile: string | undefined,
): Promise<Date | undefined> {
  const { findSsoPortal } = await import("../aws/sso-portal.ts");
  const { readSignIn } = await import("../aws/sso-cache.ts");
  try {
    const portal = await findSsoPortal(environment, profile === undefined ? {} : { profile });
    const held = await readSignIn(portal.cacheFile);
    if (held === undefined || held.refreshToken !== undefined) return undefined;
    const end = new Date(held.expiresAt);
    return Number.isNaN(end.getTime()) ? undefined : end;
  } catch (error) {
    // A profile without a portal.
    if (isStorageError(error, "ConfigurationError", "Unauthenticated")) return undefined;
    throw error;
  }
}
