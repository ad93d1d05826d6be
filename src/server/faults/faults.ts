import type { BucketRecord } from "../../engine/engine.ts";
import { playedLimits } from "../../core/played-limits.ts";
import { type CallName, type FaultName, isSettingsChange, kindOf } from "./fault-kinds.ts";
import type { FaultRule, FaultSettings } from "./fault-rule.ts";

/** A call as rules see it. */
export interface FaultCall {
  /** Undefined: S3 has no such operation, and no fault strikes. */
  readonly name: CallName | undefined;
  readonly bucket: string;
  readonly key: string;
  /** Milliseconds since 1970, by the server's clock. */
  readonly now: number;
  /** The version that a read would find; undefined: nothing, or one from before versioning. */
  versionId(): string | undefined;
}

/** A rule that strikes a call. */
export interface StruckFault {
  readonly rule: FaultRule;
  /** It had no effect after all, and does not count. */
  withdraw(): void;
}

/** How often a rule fitted and struck. */
export interface FaultCount {
  readonly fault: FaultName;
  /** Calls that the rule fits. */
  readonly matched: number;
  readonly injected: number;
}

/** None, and no request can ask for one. */
export const noFaults: FaultSettings = { rules: [], byHeader: false };

/** The faults that a server is to have, and how far they are. They can be changed while it runs. */
export class Faults {
  /** Of the start. */
  readonly #given: FaultSettings;
  /** What a world says in place of that; undefined: nothing. */
  #declared: FaultSettings | undefined;
  #rules: readonly RuleState[] = [];
  readonly #switchedOn = new Map<string, number>();
  readonly #changedAt = new Map<string, number>();

  constructor(settings: FaultSettings) {
    this.#given = settings;
    this.reset();
  }

  /** Whether requests can ask for faults of their own. */
  get byHeader(): boolean {
    return this.#settings.byHeader ?? true;
  }

  /** Whether nothing can go wrong on purpose. */
  get isIdle(): boolean {
    return this.#rules.length === 0 && !this.byHeader;
  }

  get #settings(): FaultSettings {
    return this.#declared ?? this.#given;
  }

  /** What a world says of faults; the same as before leaves rules, counts and draws as they are. */
  declare(settings: FaultSettings | undefined): void {
    if (JSON.stringify(settings) === JSON.stringify(this.#declared)) return;
    this.#declared = settings;
    this.reset();
  }

  /** Other rules from now on; counts and draws begin anew. */
  set(rules: readonly FaultRule[], seed = this.#settings.seed ?? 1): void {
    this.#rules = rules.map((rule, index) => new RuleState(rule, seed + index * 0x9e37));
  }

  /** The rules of the start, or of the world, with counts and draws from their beginning. */
  reset(): void {
    this.set(this.#settings.rules);
    this.#switchedOn.clear();
    this.#changedAt.clear();
  }

  /** In the order of the rules. */
  counts(): readonly FaultCount[] {
    return this.#rules.map(({ rule, matched, injected }) => ({
      fault: rule.fault,
      matched,
      injected,
    }));
  }

  /** All that delay, and the first other one. */
  strike(call: FaultCall): readonly StruckFault[] {
    const struck: StruckFault[] = [];
    let hasOther = false;
    for (const state of this.#rules) {
      const delays = state.rule.fault === "latency";
      if (!delays && hasOther) continue;
      if (!state.fits(call) || !this.#isDue(state, call) || !state.draw()) continue;
      hasOther ||= !delays;
      struck.push({
        rule: state.rule,
        withdraw: () => {
          state.injected -= 1;
        },
      });
    }
    return struck;
  }

  /** Remembers what later faults go by, once a call has succeeded. */
  observe(
    { name, bucket, now }: FaultCall,
    find: (name: string) => BucketRecord | undefined,
  ): void {
    if (name === undefined || bucket === "" || !isSettingsChange(name)) return;
    remember(this.#changedAt, bucket, now);
    if (name !== "PutBucketVersioning") return;
    const isOn = find(bucket)?.settings.versioning === "Enabled";
    if (!isOn) this.#switchedOn.delete(bucket);
    else if (!this.#switchedOn.has(bucket)) remember(this.#switchedOn, bucket, now);
  }

  #isDue(state: RuleState, call: FaultCall): boolean {
    const { fault, withinMs } = state.rule;
    const isRecent = (at: number | undefined, limit: number): boolean =>
      at !== undefined && call.now - at <= limit;
    if (fault === "stale-read") {
      const limit = withinMs ?? defaultOf(fault, "withinMs");
      const versionId = call.versionId();
      const isNew = versionId !== undefined && versionId !== "null";
      return isNew && isRecent(this.#switchedOn.get(call.bucket), limit);
    }
    if (fault === "operation-aborted" && withinMs !== undefined) {
      return isRecent(this.#changedAt.get(call.bucket), withinMs);
    }
    return fault !== "throttled-control-plane" || state.isThrottled(call.now);
  }
}

function remember(times: Map<string, number>, bucket: string, now: number): void {
  if (times.size >= playedLimits.rememberedBuckets) times.clear();
  times.set(bucket, now);
}

/** A rule and how far it is. */
class RuleState {
  readonly rule: FaultRule;
  matched = 0;
  injected = 0;
  #random: number;
  #allowance: number | undefined;
  #allowedAt = 0;

  constructor(rule: FaultRule, seed: number) {
    this.rule = rule;
    this.#random = seed >>> 0;
  }

  fits({ name, bucket, key }: FaultCall): boolean {
    const { rule } = this;
    if (name === undefined || !kindOf(rule.fault).canStrike(name)) return false;
    if (rule.operations !== undefined && !rule.operations.includes(name)) return false;
    if (rule.bucket !== undefined && rule.bucket !== bucket) return false;
    return rule.prefix === undefined || (key !== "" && key.startsWith(rule.prefix));
  }

  /** Whether this call, which fits, is struck. */
  draw(): boolean {
    const { rate = 1, count = Infinity, skip = 0 } = this.rule;
    this.matched += 1;
    if (this.matched <= skip || this.injected >= count) return false;
    if (rate < 1 && this.#next() >= rate) return false;
    this.injected += 1;
    return true;
  }

  /** A bucket of calls that fills by the clock. */
  isThrottled(now: number): boolean {
    const rate = this.rule.perSecond ?? defaultOf(this.rule.fault, "perSecond");
    const capacity = Math.max(rate, 1);
    const before = this.#allowance ?? (rate === 0 ? 0 : capacity);
    const since = this.#allowance === undefined ? 0 : Math.max(0, now - this.#allowedAt);
    const allowance = Math.min(capacity, before + (since / 1000) * rate);
    this.#allowedAt = now;
    this.#allowance = allowance >= 1 ? allowance - 1 : allowance;
    return allowance < 1;
  }

  /** 0 up to 1, always the same row for a seed (xorshift after Marsaglia, mixed by a counter). */
  #next(): number {
    this.#random = (this.#random + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(this.#random ^ (this.#random >>> 15), this.#random | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}

export function defaultOf(fault: FaultName, parameter: string): number {
  return kindOf(fault).parameters[parameter]?.byDefault ?? 0;
}
