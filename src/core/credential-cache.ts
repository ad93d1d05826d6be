import type { Credentials, CredentialsProvider } from "./credentials.ts";
import { adminLimits } from "./limits.ts";

export interface CredentialCacheOptions {
  readonly now?: () => Date;
  /**
   * Keys that name no end: kept for good, or asked for each time, as of a source that may turn to
   * others without saying when. Default `keep`.
   */
  readonly endless?: "keep" | "ask";
}

type Held = Awaited<ReturnType<CredentialsProvider>>;

/**
 * Keeps keys until shortly before they end, or until the store calls them expired. One renewal runs
 * at a time, and all callers share it. While old keys are still good, a failed renewal is no error:
 * it is tried again later.
 */
export function cacheCredentials<Keys extends Held>(
  load: (hint?: { readonly refresh?: boolean }) => Promise<Keys>,
  { now = () => new Date(), endless = "keep" }: CredentialCacheOptions = {},
): (hint?: { readonly refresh?: boolean }) => Promise<Keys> {
  let held: Keys | undefined;
  let renewal: Promise<Keys> | undefined;
  let notBefore = 0;

  function remainingMs(keys: Credentials): number {
    if (keys.expiration === undefined) return endless === "keep" ? Number.POSITIVE_INFINITY : 0;
    return keys.expiration.getTime() - now().getTime();
  }

  async function renew(refresh: boolean): Promise<Keys> {
    try {
      held = await (refresh ? load({ refresh }) : load());
      return held;
    } catch (error) {
      notBefore = now().getTime() + adminLimits.credentialRetryMs;
      if (held !== undefined && !refresh && remainingMs(held) > 0) return held;
      throw error;
    } finally {
      renewal = undefined;
    }
  }

  return async (hint) => {
    const refresh = hint?.refresh === true;
    if (held !== undefined && !refresh) {
      const left = remainingMs(held);
      if (left > adminLimits.credentialRefreshMs) return held;
      if (left > 0 && now().getTime() < notBefore) return held;
    }
    renewal ??= renew(refresh);
    return renewal;
  };
}
