import type { LifecycleRule } from "../../core/bucket-settings.ts";
import type { BucketSettings, Engine } from "../engine.ts";
import type { DueDate } from "./due-date.ts";
import { rulePrefix } from "./matches-rule.ts";

/** What a sweep of a bucket works with. */
export interface SweepContext {
  readonly engine: Engine;
  readonly now: () => Date;
  /** Length of a day; see `realDayMs`. */
  readonly dayMs: number;
  /** To be called after every step; rests now and then. Rejects when the sweep shall end. */
  readonly pace: (entries: number) => Promise<void>;
}

/** What a sweep did. */
export interface SweepCounts {
  /** Current versions deleted, on buckets with versioning by a delete marker. */
  expired: number;
  /** Noncurrent versions and noncurrent delete markers deleted for good. */
  noncurrentDeleted: number;
  /** Delete markers removed that were the only version of their key. */
  markersRemoved: number;
  uploadsAborted: number;
}

/** Empty when there is nothing to do. */
export function enabledRules(settings: BucketSettings | undefined): readonly LifecycleRule[] {
  return settings?.lifecycle?.Rules.filter(({ Status }) => Status === "Enabled") ?? [];
}

export function isDue({ now }: SweepContext, due: DueDate | undefined): boolean {
  return due !== undefined && due.at <= now().getTime();
}

/** The fewest prefixes under which all keys of the rules lie, in no order that matters. */
export function prefixesOf(rules: readonly LifecycleRule[]): string[] {
  const prefixes: string[] = [];
  // Shorter ones come before those that they cover.
  for (const prefix of rules.map(rulePrefix).toSorted()) {
    if (!prefixes.some((wider) => prefix.startsWith(wider))) prefixes.push(prefix);
  }
  return prefixes;
}
