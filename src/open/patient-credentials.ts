import type { Credentials, CredentialsProvider } from "../core/credentials.ts";
import { isStorageError } from "../core/errors.ts";
import { adminLimits } from "../core/limits.ts";
import { steadyNow } from "../core/steady-now.ts";

export interface Patience {
  /** How long fresh keys are waited for, in milliseconds. */
  readonly forMs: number;
  /** Hears that they are waited for, and what would bring them. */
  readonly onWait: (remedy: string) => void;
  /** Default `adminLimits.freshKeysLookMs`. */
  readonly lookEveryMs?: number;
}

/**
 * Keys that ended while they were in use are worth a wait: the source is asked again and again until
 * it gives others, as it does once somebody has signed in anew. Keys that never came are not.
 */
export function patientCredentials(
  provider: CredentialsProvider,
  { forMs, onWait, lookEveryMs = adminLimits.freshKeysLookMs }: Patience,
): CredentialsProvider {
  let used: Credentials | undefined;
  let waiting: Promise<Credentials | undefined> | undefined;

  async function renewed(): Promise<Credentials | undefined> {
    const before = used;
    const endAt = steadyNow() + forMs;
    for (let isFirst = true; ; isFirst = false) {
      const given = await provider({ refresh: true }).catch((error: unknown) => {
        if (isStorageError(error, "Unauthenticated", "Unavailable")) return error;
        throw error;
      });
      const isError = given instanceof Error;
      if (!isError && !isSame(given, before)) return given;
      if (steadyNow() + lookEveryMs > endAt) {
        if (isError) throw given;
        return given;
      }
      const remedy = isError ? given.remedy : undefined;
      if (isFirst) onWait(remedy ?? "Sign in again where they come from.");
      await new Promise<void>((resolve) => {
        setTimeout(resolve, lookEveryMs).unref();
      });
    }
  }

  return async (hint) => {
    const wantsOthers = hint?.refresh === true;
    try {
      if (!wantsOthers && waiting === undefined) {
        used = await provider(hint);
        return used;
      }
    } catch (error) {
      if (used === undefined || !isStorageError(error, "Unauthenticated")) throw error;
    }
    waiting ??= renewed().finally(() => (waiting = undefined));
    used = await waiting;
    return used;
  };
}

function isSame(left: Credentials | undefined, right: Credentials | undefined): boolean {
  return left?.accessKeyId === right?.accessKeyId && left?.sessionToken === right?.sessionToken;
}
