import { steadyNow } from "../../core/steady-now.ts";
import { vi } from "vitest";

/**
 * What work comes to, `whole` or an error's code, with all its pauses passing at once; and how long
 * they would have taken.
 */
export async function patiently(
  work: () => Promise<unknown>,
): Promise<{ readonly outcome: unknown; readonly lastedMs: number }> {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "hrtime"] });
  try {
    const start = steadyNow();
    const ended: unknown[] = [];
    const done = work().then(
      () => ended.push("whole"),
      (error: unknown) => ended.push((error as { code?: unknown }).code ?? String(error)),
    );
    while (ended.length === 0) await vi.advanceTimersByTimeAsync(100);
    await done;
    return { outcome: ended[0], lastedMs: steadyNow() - start };
  } finally {
    vi.useRealTimers();
  }
}
