import { LiveList } from "./live-list.ts";

const waitingBySignal = new WeakMap<AbortSignal, LiveList<() => void>>();

/**
 * Calls `listener` once when the signal is aborted; at once if it is so already. The answer takes the
 * listener away again. However many wait, the signal has one listener of ours: with more than ten,
 * Node warns of a leak, and a caller's one signal may stand over any number of calls.
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  if (signal.aborted) {
    listener();
    return () => undefined;
  }
  const waiting = waitingBySignal.get(signal) ?? watch(signal);
  return waiting.add(listener);
}

function watch(signal: AbortSignal): LiveList<() => void> {
  const waiting = new LiveList<() => void>();
  waitingBySignal.set(signal, waiting);
  signal.addEventListener(
    "abort",
    () => {
      for (const entry of waiting.takeAll()) entry();
    },
    { once: true },
  );
  return waiting;
}
