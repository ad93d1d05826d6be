import { setTimeout as wait } from "node:timers/promises";
import { serverLimits } from "../../core/limits.ts";
import type { Engine } from "../engine.ts";
import { realDayMs } from "./due-date.ts";
import { sweepBucket } from "./sweep-bucket.ts";
import { enabledRules, type SweepContext, type SweepCounts } from "./sweep-context.ts";

export interface LifecycleSweeperOptions {
  /** The engine's clock; rules are judged by it. Default: the system's. */
  readonly now?: () => Date;
  /** Makes days shorter, for tests: rules, their rounding and the interval go by it. Default: a day. */
  readonly dayMs?: number;
  /** From the end of a sweep to the start of the next. Default: a 24th of a day. */
  readonly intervalMs?: number;
  /** Gets each bucket in which something was done, or failed. Must not throw. */
  readonly onBucket?: (swept: BucketSweep) => void;
}

/** What one sweep did in one bucket. */
export interface BucketSweep extends Readonly<SweepCounts> {
  readonly bucket: string;
  readonly durationMs: number;
  /** Why it ended early; the next sweep tries again. */
  readonly error?: unknown;
}

export interface LifecycleSweeper {
  /** Sweeps at once and then at intervals, until stopped. */
  start(): void;
  /**
   * Sweeps now, after a sweep that is under way, all buckets that have enabled rules. Tells what was
   * done in each, in name order; fails for none of them.
   */
  sweep(): Promise<readonly BucketSweep[]>;
  /** Ends a sweep between two steps. Later ones do nothing. */
  stop(): Promise<void>;
}

/**
 * Carries out the lifecycle rules of all buckets, a few hundred entries at a time with a rest between,
 * through the engine's own calls: what it acknowledges is durable, and files are freed as for any
 * delete. It keeps no notes: a sweep that was broken off, by a crash even, is taken up by the next.
 * Transitions are left undone; see `expirationOf`.
 */
export function createLifecycleSweeper(
  engine: Engine,
  options: LifecycleSweeperOptions = {},
): LifecycleSweeper {
  return new Sweeper(engine, options);
}

class Sweeper implements LifecycleSweeper {
  readonly #engine: Engine;
  readonly #options: LifecycleSweeperOptions;
  readonly #intervalMs: number;
  readonly #stopping = new AbortController();
  readonly #context: SweepContext;
  #entriesSinceRest = 0;
  #last: Promise<readonly BucketSweep[]> = Promise.resolve([]);
  #timed: Promise<void> | undefined;

  constructor(engine: Engine, options: LifecycleSweeperOptions) {
    const { now = (): Date => new Date(), dayMs = realDayMs, intervalMs } = options;
    this.#engine = engine;
    this.#options = options;
    const wanted = intervalMs ?? dayMs / serverLimits.lifecycleSweepsPerDay;
    const { lifecycleIntervalMinMs: least, lifecycleIntervalMaxMs: most } = serverLimits;
    this.#intervalMs = Math.min(Math.max(wanted, least), most);
    this.#context = { engine, now, dayMs, pace: async (entries) => await this.#pace(entries) };
  }

  start(): void {
    this.#timed ??= this.#repeat();
  }

  async sweep(): Promise<readonly BucketSweep[]> {
    this.#last = this.#last.then(async () => await this.#sweepAll());
    return await this.#last;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#timed;
    await this.#last;
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #repeat(): Promise<void> {
    const { signal } = this.#stopping;
    while (!this.#stopped) {
      await this.sweep();
      // Rejects only when it is stopped.
      await wait(this.#intervalMs, undefined, { ref: false, signal }).catch(() => undefined);
    }
  }

  async #sweepAll(): Promise<readonly BucketSweep[]> {
    const swept: BucketSweep[] = [];
    if (this.#engine.status().readOnlyReason !== undefined) return swept;
    for (const { name, settings } of this.#engine.listBuckets()) {
      if (this.#stopped) break;
      if (enabledRules(settings).length === 0) continue;
      const done = await this.#sweepBucket(name);
      swept.push(done);
      if (didSomething(done)) this.#options.onBucket?.(done);
    }
    return swept;
  }

  async #sweepBucket(bucket: string): Promise<BucketSweep> {
    const start = performance.now();
    const counts = { expired: 0, noncurrentDeleted: 0, markersRemoved: 0, uploadsAborted: 0 };
    const failure: { error?: unknown } = {};
    try {
      await sweepBucket(this.#context, bucket, counts);
    } catch (error) {
      if (!this.#stopped) failure.error = error;
    }
    return { bucket, ...counts, durationMs: performance.now() - start, ...failure };
  }

  /** A step counts as one entry more than it had: otherwise many empty steps would never pause. */
  async #pace(entries: number): Promise<void> {
    const { signal } = this.#stopping;
    signal.throwIfAborted();
    this.#entriesSinceRest += 1 + entries;
    if (this.#entriesSinceRest < serverLimits.lifecycleStepEntries) return;
    this.#entriesSinceRest = 0;
    await wait(serverLimits.lifecyclePauseMs, undefined, { signal });
  }
}

function didSomething(swept: BucketSweep): boolean {
  const { expired, noncurrentDeleted, markersRemoved, uploadsAborted } = swept;
  return "error" in swept || expired + noncurrentDeleted + markersRemoved + uploadsAborted > 0;
}
