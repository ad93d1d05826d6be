import { checkArgument, isSignal, isStore, isWholeNumber } from "../core/check-options.ts";
import { onAbort } from "../core/on-abort.ts";
import { abortedCall } from "../core/stopped-call.ts";
import type { CallOptions, ObjectStore } from "../core/object-store.ts";
import { aroundCalls, effects, heardCall } from "./around-calls.ts";

/**
 * At most `most` requests at a time; others wait their turn, in the order in which they came. A body
 * counts until it is read to its end or left, so whoever reads one while calling the same store needs
 * room for both. A call whose signal fires while it waits ends with Aborted.
 *
 * @example
 * const polite = limitConcurrency(store, 8);
 */
export function limitConcurrency(store: ObjectStore, most: number): ObjectStore {
  checkArgument("limitConcurrency", "the store", store, isStore);
  checkArgument("limitConcurrency", "the number of calls", most, isWholeNumber(1, 10_000));
  const slots = new Slots(most);
  return aroundCalls(store, async (call, run) => {
    if (effects[call.method] === "links") return run();
    const ended = await slots.take(call.method, signalOf(call.args));
    return heardCall(call, run, { ended });
  });
}

function signalOf(args: readonly unknown[]): AbortSignal | undefined {
  const last = args.at(-1);
  if (typeof last !== "object" || last === null) return undefined;
  const { signal } = last as CallOptions;
  // Of a wrong one the store says what is wrong.
  return isSignal(signal) === undefined ? signal : undefined;
}

class Slots {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(most: number) {
    this.#free = most;
  }

  async take(operation: string, signal: AbortSignal | undefined): Promise<() => void> {
    if (signal?.aborted === true) throw abortedCall(operation, signal.reason);
    if (this.#free > 0) this.#free -= 1;
    else await this.#turn(operation, signal);
    let isTaken = true;
    return () => {
      if (isTaken) this.#give();
      isTaken = false;
    };
  }

  #turn(operation: string, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = (): void => {
        release?.();
        resolve();
      };
      const release =
        signal &&
        onAbort(signal, () => {
          this.#waiting.delete(go);
          reject(abortedCall(operation, signal.reason));
        });
      this.#waiting.add(go);
    });
  }

  #give(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free += 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
