import {
  checkArgument,
  isArray,
  isCallback,
  isOneOf,
  isPlainObject,
  isStore,
  isText,
  isWholeNumber,
  wrongArgument,
  type Check,
  type OptionChecks,
} from "../core/check-options.ts";
import { StorageError } from "../core/errors.ts";
import type { GetResult, ObjectStore } from "../core/object-store.ts";
import { takeOptions } from "../core/take-options.ts";
import {
  aroundCalls,
  effects,
  listenToBody,
  type StoreCall,
  type StoreMethod,
} from "./around-calls.ts";

/**
 * `delay`: the call waits `ms`. `slow-down`: refused with Throttled. `reset-body`: a read breaks off
 * after `afterBytes`. `broken-listing`: a page of a listing does not come. `stale-credential`: the keys
 * have ended. `overwrite-denied`: a write over an object that is there is refused, as Qumulo may.
 * `lost-answer`: the call is carried out, and its answer lost.
 */
export type StoreFault =
  | "delay"
  | "slow-down"
  | "reset-body"
  | "broken-listing"
  | "stale-credential"
  | "overwrite-denied"
  | "lost-answer";

/** Which fault, on which calls, how often. What is left out means every call that it fits. */
export interface StoreFaultRule {
  readonly fault: StoreFault;
  readonly methods?: readonly StoreMethod[];
  /** Of keys. */
  readonly prefix?: string;
  /** Of the calls that fit, 0 to 1. Default 1. */
  readonly rate?: number;
  /** Calls that fit and are let through first. Default 0. */
  readonly skip?: number;
  /** So many in all. Default: no end. */
  readonly count?: number;
  /** Of `delay`. Default 10. */
  readonly ms?: number;
  /** Of `reset-body`. Default 0. */
  readonly afterBytes?: number;
}

/** How faults are drawn, and who hears of them. */
export interface InjectFaultsOptions {
  /** The same calls in the same order meet the same faults. Default 1. */
  readonly seed?: number;
  /** Told of each fault that strikes, and of the call. */
  readonly onFault?: (fault: StoreFault, call: StoreCall) => void;
}

const writesWhole: ReadonlySet<StoreMethod> = new Set([
  "putObject",
  "copyObject",
  "completeMultipartUpload",
]);

const isRequest = (method: StoreMethod): boolean => effects[method] !== "links";

const fits: Readonly<Record<StoreFault, (method: StoreMethod) => boolean>> = {
  delay: () => true,
  "slow-down": isRequest,
  "reset-body": (method) => method === "getObject",
  "broken-listing": (method) => method.startsWith("list"),
  "stale-credential": isRequest,
  "overwrite-denied": (method) => writesWhole.has(method),
  "lost-answer": (method) => isRequest(method) && method !== "getObject",
};

const isMethods: Check = (value) =>
  Array.isArray(value) && value.every((name) => Object.hasOwn(effects, String(name)))
    ? undefined
    : "an array of a store's methods, such as getObject";

const isRate: Check = (value) =>
  typeof value === "number" && value >= 0 && value <= 1 ? undefined : "a number from 0 to 1";

const ruleChecks: OptionChecks<StoreFaultRule> = {
  fault: isOneOf(...Object.keys(fits)),
  methods: isMethods,
  prefix: isText,
  rate: isRate,
  skip: isWholeNumber(0),
  count: isWholeNumber(0),
  ms: isWholeNumber(0, 2 ** 31 - 1),
  afterBytes: isWholeNumber(0),
};

const optionChecks: OptionChecks<InjectFaultsOptions> = {
  seed: isWholeNumber(0),
  onFault: isCallback,
};

/** A copy of the rules, each of them checked. */
function readRules(rules: readonly StoreFaultRule[]): readonly StoreFaultRule[] {
  checkArgument("injectFaults", "the rules", rules, isArray);
  return rules.map((rule) => {
    const given = isPlainObject(rule) && takeOptions("injectFaults", rule, ruleChecks);
    if (given === false || given.fault === undefined)
      throw wrongArgument("injectFaults", "a rule", "an object with a fault", rule);
    return given;
  });
}

/**
 * A store that has bad days on purpose, for tests of what is built on it. Throws InvalidArgument.
 *
 * @example
 * const bad = injectFaults(store, [{ fault: "slow-down", methods: ["getObject"], rate: 0.02 }]);
 * await bad.getObject("a.txt");
 */
export function injectFaults(
  store: ObjectStore,
  rules: readonly StoreFaultRule[],
  options: InjectFaultsOptions = {},
): ObjectStore {
  checkArgument("injectFaults", "the store", store, isStore);
  const { seed = 1, onFault } = takeOptions("injectFaults", options, optionChecks);
  const draws = readRules(rules).map((rule, index) => new Draw(rule, seed + index));
  return aroundCalls(store, async (call, run) => {
    const struck = draws.filter((draw) => draw.strikes(call)).map(({ rule }) => rule);
    for (const { fault } of struck) onFault?.(fault, call);
    for (const { fault, ms = 10 } of struck) {
      if (fault === "delay") await new Promise((resolve) => setTimeout(resolve, ms));
    }
    const rule = struck.find(({ fault }) => fault !== "delay");
    return rule === undefined ? run() : injected(rule, store, call, run);
  });
}

async function injected(
  { fault, afterBytes = 0 }: StoreFaultRule,
  store: ObjectStore,
  call: StoreCall,
  run: () => Promise<unknown>,
): Promise<unknown> {
  const fail = failing(store, call);
  switch (fault) {
    case "slow-down":
      throw fail("Throttled", "SlowDown", 503, { retryable: true });
    case "stale-credential":
      throw fail("Unauthenticated", "ExpiredToken", 400);
    case "broken-listing":
      throw fail("Unavailable", undefined, undefined, { retryable: true });
    case "overwrite-denied": {
      const isThere = call.key !== undefined && (await exists(store, call.key));
      if (isThere) throw fail("PermissionDenied", "AccessDenied", 403);
      return run();
    }
    case "lost-answer":
      await run();
      throw fail("Unavailable", undefined, undefined, { retryable: true, outcome: "unknown" });
    case "reset-body": {
      let left = afterBytes;
      return listenToBody((await run()) as GetResult, {
        chunk: (bytes) => {
          left -= bytes;
          if (left < 0) throw fail("Unavailable", undefined, undefined, { retryable: true });
        },
        ended: () => undefined,
      });
    }
    case "delay":
      return run();
  }
}

function failing({ bucket }: ObjectStore, { method, key }: StoreCall) {
  return (
    code: ConstructorParameters<typeof StorageError>[0],
    s3Code: string | undefined,
    status: number | undefined,
    more: { readonly retryable?: boolean; readonly outcome?: "unknown" } = {},
  ): StorageError =>
    new StorageError(code, `${method}: made to fail.`, {
      operation: method,
      bucket,
      ...(key !== undefined && { key }),
      ...(s3Code !== undefined && { s3Code }),
      ...(status !== undefined && { status }),
      ...more,
    });
}

async function exists(store: ObjectStore, key: string): Promise<boolean> {
  return store.headObject(key).then(
    () => true,
    () => false,
  );
}

/** Which of the calls that fit a rule are struck. */
class Draw {
  readonly rule: StoreFaultRule;
  #state: number;
  #matched = 0;
  #struck = 0;

  constructor(rule: StoreFaultRule, seed: number) {
    this.rule = rule;
    this.#state = seed >>> 0;
  }

  strikes({ method, key }: StoreCall): boolean {
    const { rate = 1, skip = 0, count = Infinity } = this.rule;
    if (!this.#isMeant(method, key ?? "")) return false;
    this.#matched += 1;
    if (this.#matched <= skip || this.#struck >= count || this.#random() >= rate) return false;
    this.#struck += 1;
    return true;
  }

  #isMeant(method: StoreMethod, key: string): boolean {
    const { fault, methods, prefix = "" } = this.rule;
    const isNamed = methods === undefined || methods.includes(method);
    return isNamed && fits[fault](method) && key.startsWith(prefix);
  }

  /** [0, 1), by mulberry32. */
  #random(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
