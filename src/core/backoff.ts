interface BackoffSteps {
  readonly backoffBaseMs: number;
  readonly backoffCapMs: number;
}

/**
 * Full jitter: anything from zero to the exponential step, in milliseconds, so that clients that failed
 * together do not come back together. `attempt` counts from 1; `random` gives [0, 1).
 */
export function backoffMs(steps: BackoffSteps, attempt: number, random: () => number): number {
  const step = Math.min(steps.backoffCapMs, steps.backoffBaseMs * 2 ** (attempt - 1));
  return Math.floor(random() * step);
}
