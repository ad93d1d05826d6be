import type { Credentials } from "../core/credentials.ts";
import { adminLimits } from "../core/limits.ts";

export interface CredentialCacheOptions {
  readonly now?: () => Date;
}

/**
 * Keeps keys until shortly before they end. One renewal runs at a time, and all callers share it.
 * While old keys are still good, a failed renewal is no error: it is tried again later.
 */
export function cacheCredentials(
  load: () => Promise<Credentials>,
  { now = () => new Date() }: CredentialCacheOptions = {},
): () => Promise<Credentials> {
  let held: Credentials | undefined;
  let renewal: Promise<Credentials> | undefined;
  let notBefore = 0;

  async function renew(): Promise<Credentials> {
    try {
      held = await load();
      return held;
    } catch (error) {
      notBefore = now().getTime() + adminLimits.credentialRetryMs;
      if (held !== undefined && remainingMs(held, now()) > 0) return held;
      throw error;
    } finally {
      renewal = undefined;
    }
  }

  return async () => {
    if (held !== undefined) {
      const left = remainingMs(held, now());
      if (left > adminLimits.credentialRefreshMs) return held;
      if (left > 0 && now().getTime() < notBefore) return held;
    }
    renewal ??= renew();
    return renewal;
  };
}

function remainingMs(credentials: Credentials, now: Date): number {
  if (credentials.expiration === undefined) return Number.POSITIVE_INFINITY;
  return credentials.expiration.getTime() - now.getTime();
}
