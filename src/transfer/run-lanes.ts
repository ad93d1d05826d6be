import { onAbort } from "../core/on-abort.ts";
import { assertRunning } from "./operation-scope.ts";

/**
 * Runs a lane several times side by side. When one fails, the signal of all is aborted, the others
 * are awaited, and the first failure is thrown: not those that it brought about. Lanes that an abort
 * of the outer signal let end early have not done their work: that is Aborted.
 */
export async function runLanes(
  count: number,
  outer: AbortSignal,
  lane: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  const release = onAbort(outer, () => controller.abort(outer.reason));
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
    release();
  }
  if (failures.length > 0) throw failures[0];
  assertRunning("The transfer", outer);
}
