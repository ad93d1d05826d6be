import type { CallOptions } from "../../core/object-store.ts";
import { onAbort } from "../../core/on-abort.ts";
import { stoppedCall } from "../../core/stopped-call.ts";
import type { KeyTurns } from "./key-turns.ts";
import type { KeptVersion, Shelf } from "./shelf.ts";

/** What the operations of a store in memory or in a folder share. */
export interface StoreContext {
  readonly bucket: string;
  readonly shelf: Shelf;
  readonly isVersioned: boolean;
  readonly now: () => Date;
  readonly turns: KeyTurns;
}

/** The newest version, unless it is a delete marker. */
export async function currentVersion(
  { shelf }: StoreContext,
  key: string,
): Promise<KeptVersion | undefined> {
  const [latest] = await shelf.read(key);
  return latest?.isDeleteMarker === true ? undefined : latest;
}

/** Node fires a timer with a longer delay at once. */
const longestTimerMs = 2 ** 31 - 1;

/** Ends the wait for work when its caller says so. Work that goes on has nobody who hears of it. */
export async function untilStopped<T>(
  operation: string,
  { signal, timeoutMs }: CallOptions,
  work: Promise<T>,
): Promise<T> {
  const releases: (() => void)[] = [];
  const stopped = new Promise<never>((_resolve, reject) => {
    if (signal !== undefined) {
      const message = `${operation} was stopped because its signal was aborted.`;
      const stop = { operation, code: "Aborted", message } as const;
      releases.push(onAbort(signal, () => reject(stoppedCall(signal.reason, stop))));
    }
    if (timeoutMs !== undefined && timeoutMs <= longestTimerMs) {
      const message = `${operation} took longer than ${timeoutMs} ms.`;
      const stop = { operation, code: "Timeout", message } as const;
      const timer = setTimeout(() => reject(stoppedCall(undefined, stop)), timeoutMs);
      releases.push(() => clearTimeout(timer));
    }
  });
  stopped.catch(() => undefined);
  work.catch(() => undefined);
  try {
    return await Promise.race([work, stopped]);
  } finally {
    for (const release of releases) release();
  }
}
