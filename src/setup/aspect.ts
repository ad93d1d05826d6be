import type { BucketAdmin } from "../core/bucket-admin.ts";
import type { PolicySources } from "../core/policy-sources.ts";
import type { EdgeTools } from "../core/edge-tools.ts";
import type { AspectName } from "./aspect-name.ts";
import type { DesiredState } from "./desired-state.ts";
import type { ObservedState } from "./observed-state.ts";
import type { Reading } from "../core/reading.ts";

/**
 * One thing about a bucket that can be wished for: how to see it, what to change, how to change it.
 * `plan` is pure. Made by `defineAspect`; adding one is a file in aspects/ and a line in the list.
 */
export interface Aspect {
  readonly name: AspectName;
  readonly title: string;
  /** Keep a copy of a document before it is replaced. */
  readonly backup: boolean;
  /** It is a setting of the bucket, so that without one there is nothing to read. */
  readonly needsBucket: boolean;
  /** The rest means nothing without it: a store that cannot do it fails the set-up. */
  readonly essential: boolean;
  observe(target: SetupTarget, desired: DesiredState): Promise<Reading>;
  plan(desired: DesiredState, reading: Reading, observed: ObservedState): AspectPlan;
  put(
    target: SetupTarget,
    desired: DesiredState,
    document: unknown,
    tools: EdgeTools,
  ): Promise<PutResult | undefined>;
  /** Whether two documents mean the same. */
  same(a: unknown, b: unknown): boolean;
}

/** When something else was put than was given. */
export interface PutResult {
  /** Null: it was removed. */
  readonly document: unknown;
  /** What and why, for people. */
  readonly detail: string;
}

export interface SetupTarget {
  readonly admin: BucketAdmin;
  /** Undefined: what a principal's own policies allow is not looked at. */
  readonly policies?: PolicySources | undefined;
  /** Undefined: no `.env` is written. */
  readonly envFile?: EnvFile | undefined;
}

/** The `.env` as the set-up needs it; merging is the implementation's affair. */
export interface EnvFile {
  /** For messages. */
  readonly path: string;
  /** The values of these names alone, so that no secret gets into a plan. */
  read(names: readonly string[]): Promise<Readonly<Record<string, string>>>;
  /** Puts values in place; everything else stays. */
  write(values: Readonly<Record<string, string>>): Promise<void>;
}

/** One aspect's part of a plan; plain data. */
export interface AspectPlan {
  readonly aspect: AspectName;
  readonly title: string;
  /**
   * `change`: `document` will be put. `skipped`: wished for, but not possible here, `summary` says
   * why. `blocked`: it must not be applied; so must the whole plan.
   */
  readonly status:
    | "change"
    | "same"
    | "unmanaged"
    | "skipped"
    | "not-supported"
    | "unreadable"
    | "blocked";
  readonly summary: string;
  readonly changes: readonly Change[];
  /** Other people's entries in the same document, carried over. */
  readonly kept: readonly string[];
  readonly notes: readonly Note[];
  readonly blockers: readonly Blocker[];
  /** Why what is there is no proof for or against this bucket, though a set-up would change it. */
  readonly ofAnother?: string;
  /** What was found. */
  readonly before: Reading;
  /**
   * The whole document to put, with the entries kept. Null: no entry is left, so the document is
   * removed.
   */
  readonly document?: unknown;
}

/** Something that a plan adds, changes or removes. */
export interface Change {
  readonly action: "add" | "change" | "remove";
  /** Such as `Statement SmsStorageTlsOnly`. */
  readonly item: string;
  readonly before?: unknown;
  readonly after?: unknown;
  readonly why: string;
  /** What could go wrong by it, when something could. */
  readonly risk?: string;
  /** It is made only where a trial shows this, and left out without fault where none does. */
  readonly onlyWhere?: string;
}

/** Something to know of a step. */
export interface Note {
  readonly level: "info" | "warning";
  readonly text: string;
}

/** A reason not to apply the plan. */
export interface Blocker {
  readonly code:
    | "bucket-forbidden"
    | "bucket-elsewhere"
    | "bucket-name"
    | "owner"
    | "lock-out"
    | "public-policy"
    | "dead-principal"
    | "malformed"
    | "too-large";
  readonly message: string;
  readonly remedy: string;
}
