import { isStorageError } from "../core/errors.ts";
import { setupLimits } from "../core/setup-limits.ts";
import type { ProbeContext } from "./probe.ts";

/**
 * For up to 15 minutes after versioning was first enabled, AWS may answer 404 for an object just
 * written. So a 404 is asked again, a bounded number of times. Source: PutBucketVersioning.
 */
export async function whenVisible<T>(context: ProbeContext, read: () => Promise<T>): Promise<T> {
  const attempts = context.patient ? setupLimits.probeAttempts : 1;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await read();
    } catch (error) {
      if (!isStorageError(error, "NotFound") || attempt >= attempts) throw error;
      await context.tools.sleep(setupLimits.probeWaitMs);
    }
  }
}
