import { realDayMs } from "../lifecycle/due-date.ts";
import { createLifecycleSweeper, type BucketSweep } from "../lifecycle/lifecycle-sweeper.ts";
import type { LifecycleRule } from "../../core/bucket-settings.ts";
import type { Engine } from "../engine.ts";
import { testBucket } from "./engine-calls.ts";

/** A clock that a test sets forward; starts at ten past three on a day in March. */
export class LifecycleClock {
  #now = Date.parse("2026-03-01T03:10:00Z");

  readonly now = (): Date => new Date(this.#now);

  advance(days: number): void {
    this.#now += days * realDayMs;
  }
}

export async function setRules(
  engine: Engine,
  ...rules: readonly Partial<LifecycleRule>[]
): Promise<void> {
  const Rules = rules.map((rule) => ({ Status: "Enabled" as const, Filter: {}, ...rule }));
  await engine.updateBucketSettings(testBucket, (settings) => ({
    ...settings,
    lifecycle: { Rules },
  }));
}

/** What one sweep did in the bucket, zeros left out. */
export async function sweep(engine: Engine, clock: LifecycleClock): Promise<Partial<BucketSweep>> {
  const sweeper = createLifecycleSweeper(engine, { now: clock.now });
  const [swept] = await sweeper.sweep();
  await sweeper.stop();
  const {
    bucket: _name,
    durationMs: _duration,
    ...counts
  } = swept ?? { bucket: "", durationMs: 0 };
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
}

/** `key` of each version, ` -` after markers, ` *` after the latest ones. */
export function versionsOf(engine: Engine): string[] {
  return engine
    .listVersions({ bucket: testBucket, limit: 10_000 })
    .entries.map(({ key, deleteMarker, isLatest }) =>
      [key, deleteMarker ? "-" : "", isLatest ? "*" : ""].filter(Boolean).join(" "),
    );
}
