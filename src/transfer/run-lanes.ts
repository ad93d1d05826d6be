/**
 * Runs a lane several times side by side. When one fails, the signal of all is aborted, the others
 * are awaited, and the first failure is thrown: not those that it brought about.
 */
export async function runLanes(
  count: number,
  outer: AbortSignal,
  lane: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  const onAbort = (): void => controller.abort(outer.reason);
  if (outer.aborted) onAbort();
  outer.addEventListener("abort", onAbort, { once: true });
  const failures: unknown[] = [];
  const guarded = async (): Promise<void> => {
    try {
      await lane(controller.signal);
    } catch (error) {
      failures.push(error);
      controller.abort();
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.max(1, count) }, guarded));
  } finally {
    outer.removeEventListener("abort", onAbort);
  }
  if (failures.length > 0) throw failures[0];
}
