import {
  checkArgument,
  checkOptions,
  isCallback,
  isStore,
  ownOptions,
  type OptionChecks,
} from "../core/check-options.ts";
import { isStorageError, type StorageErrorCode } from "../core/errors.ts";
import { safeListener } from "../core/safe-listener.ts";
import { steadyNow } from "../core/steady-now.ts";
import type { ObjectStore } from "../core/object-store.ts";
import { aroundCalls, heardCall, type StoreMethod } from "./around-calls.ts";

/** One call that has ended; of a read, once its body has. */
export interface ObservedCall {
  readonly method: StoreMethod;
  readonly bucket: string;
  /** Undefined for listings, and for many keys at once. */
  readonly key: string | undefined;
  /** From the call to its answer, in milliseconds. */
  readonly answeredMs: number;
  /** To the end of its body; of calls without one as `answeredMs`. */
  readonly durationMs: number;
  /** Of the body, as far as it was read. */
  readonly bodyBytes: number;
  /** Undefined: it went well. */
  readonly error: unknown;
  readonly code: StorageErrorCode | "Other" | undefined;
}

/** Hears of calls. What it throws, or rejects with, changes nothing; the first is told by a warning of the process. */
export interface StoreObserver {
  /** Told before the call goes to the store. */
  began?(call: Pick<ObservedCall, "method" | "bucket" | "key">): void;
  /** Told once it has ended, a read once its body has. */
  ended(call: ObservedCall): void;
}

const observerChecks: OptionChecks<StoreObserver> = { began: isCallback, ended: isCallback };

/**
 * Tells of each call when it begins and when it has ended, with its time and outcome; changes nothing.
 *
 * @example
 * const watched = observe(store, {
 *   ended: ({ method, key, durationMs, code }) => console.log(method, key, durationMs, code),
 * });
 */
export function observe(store: ObjectStore, observer: StoreObserver): ObjectStore {
  checkArgument("observe", "the store", store, isStore);
  const { began, ended } = takenObserver(observer);
  const { bucket } = store;
  return aroundCalls(store, async (call, run) => {
    const { method, key } = call;
    const start = steadyNow();
    let bodyBytes = 0;
    let answeredMs = 0;
    began({ method, bucket, key });
    const hearEnd = (error?: unknown): void => {
      const durationMs = steadyNow() - start;
      const times = { answeredMs, durationMs, bodyBytes };
      ended({ method, bucket, key, ...times, error, code: codeOf(error) });
    };
    return heardCall(call, run, {
      answered: () => {
        answeredMs = steadyNow() - start;
      },
      chunk: (bytes) => {
        bodyBytes += bytes;
      },
      ended: hearEnd,
    });
  });
}

/**
 * Its methods, which can fail without changing what happens. One of a class has what it needs beside its
 * methods; in a literal another name is a mistake.
 */
function takenObserver(observer: StoreObserver): Required<StoreObserver> {
  checkArgument("observe", "the observer", observer, (value) =>
    typeof value === "object" && value !== null ? undefined : "an object with ended",
  );
  const isLiteral = [Object.prototype, null].includes(Object.getPrototypeOf(observer) as object);
  const given = isLiteral ? ownOptions(observer) : observer;
  if (isLiteral) checkOptions("observe", given, observerChecks);
  const { began, ended } = given as Partial<StoreObserver>;
  checkArgument("observe", "the option ended", ended, isCallback);
  if (began !== undefined) checkArgument("observe", "the option began", began, isCallback);
  return {
    began: safeListener("began of an observer", (call) => began?.call(observer, call)),
    ended: safeListener("ended of an observer", (call) => ended?.call(observer, call)),
  };
}

function codeOf(error: unknown): ObservedCall["code"] {
  if (error === undefined) return undefined;
  return isStorageError(error) ? error.code : "Other";
}
