import type { SettingDocuments, WritableSetting } from "../core/bucket-settings.ts";
import type { AspectName } from "./aspect-name.ts";
import type {
  Aspect,
  AspectPlan,
  Blocker,
  Change,
  Note,
  PutResult,
  SetupTarget,
} from "./aspect.ts";
import { equalData } from "./canonical-json.ts";
import type { DesiredState } from "./desired-state.ts";
import type { ObservedState } from "./observed-state.ts";
import { lackOnQumulo } from "./qumulo-lacks.ts";
import { takeReading, type Reading } from "../core/reading.ts";
import type { EdgeTools } from "../core/edge-tools.ts";

/** An aspect whose state is one document of type `T`. */
export interface AspectSpec<T> {
  readonly name: AspectName;
  readonly title: string;
  /** Default false. */
  readonly backup?: boolean;
  /** Default true. */
  readonly needsBucket?: boolean;
  /** Default false. */
  readonly essential?: boolean;
  /** The wish leaves this aspect alone. */
  unmanaged(desired: DesiredState): boolean;
  /** Undefined: not set. */
  read(target: SetupTarget, desired: DesiredState): Promise<T | undefined>;
  draft(desired: DesiredState, current: T | undefined, observed: ObservedState): Draft<T>;
  put(
    target: SetupTarget,
    desired: DesiredState,
    document: T,
    tools: EdgeTools,
  ): Promise<PutResult | undefined | void>;
  /** For aspects whose document may end up as none. */
  remove?(target: SetupTarget, desired: DesiredState): Promise<void>;
  /** One form for all documents of the same meaning. Default: the document itself. */
  normalize?(document: T): unknown;
}

export interface Draft<T> {
  /** Undefined: there is nothing to put. Null: nothing is to be left, so it is removed. */
  readonly document: T | null | undefined;
  readonly changes: readonly Change[];
  readonly kept?: readonly string[];
  readonly notes?: readonly Note[];
  readonly blockers?: readonly Blocker[];
  /** What is found already, in words for the plan. */
  readonly summary: string;
  /**
   * Why nothing is put: the wish cannot be met here (`skipped`), or there is none (`unmanaged`).
   */
  readonly idle?: "skipped" | "unmanaged" | undefined;
  /** Why what is there says nothing about this bucket, right or wrong. */
  readonly ofAnother?: string | undefined;
}

/**
 * Closes over the document's type, so that all aspects stand in one list. Readings and documents
 * come back as `unknown` because a plan may come from a file.
 */
export function defineAspect<T>(spec: AspectSpec<T>): Aspect {
  const normalize = (document: unknown): unknown =>
    spec.normalize === undefined ? document : spec.normalize(document as T);
  return {
    name: spec.name,
    title: spec.title,
    backup: spec.backup ?? false,
    needsBucket: spec.needsBucket ?? true,
    essential: spec.essential ?? false,
    observe: (target, desired) => takeReading(() => spec.read(target, desired)),
    plan: (desired, reading, observed) => planAspect(spec, desired, reading, observed),
    put: async (target, desired, document, tools) => {
      if (document !== null) {
        return (await spec.put(target, desired, document as T, tools)) ?? undefined;
      }
      await spec.remove?.(target, desired);
      return undefined;
    },
    same: (a, b) => equalData(normalize(a), normalize(b)),
  };
}

/** Back to not set at all, for a setting that S3 lets be removed. */
export function resetDraft<T>(item: string, current: T | undefined): Draft<T> {
  if (current === undefined) return { document: undefined, changes: [], summary: "not set" };
  return {
    document: null,
    changes: [{ action: "remove", item, before: current, why: "so wished (reset)" }],
    summary: "reset",
  };
}

/** How an aspect is read and put that is one setting of the bucket. */
export function settingCalls<Name extends WritableSetting>(
  name: Name,
): Pick<AspectSpec<SettingDocuments[Name]>, "read" | "put"> {
  return {
    read: ({ admin }, { bucket }) => admin.read(bucket, name),
    put: ({ admin }, { bucket }, document) => admin.put(bucket, name, document),
  };
}

function planAspect<T>(
  spec: AspectSpec<T>,
  desired: DesiredState,
  reading: Reading,
  observed: ObservedState,
): AspectPlan {
  const base = { aspect: spec.name, title: spec.title, before: reading };
  const nothing = { changes: [], kept: [], notes: [], blockers: [] };
  if (spec.unmanaged(desired)) {
    return { ...base, ...nothing, status: "unmanaged", summary: "left as it is" };
  }
  const lack = lackOnQumulo(spec.name, desired, reading);
  if (lack !== undefined) return { ...base, ...nothing, status: "not-supported", summary: lack };
  if (reading.state === "not-supported" || reading.state === "unreadable") {
    const lead = reading.state === "unreadable" ? "may not be read" : "not supported by this store";
    const summary = `${lead}: ${reading.reason}`;
    return { ...base, ...nothing, status: reading.state, summary };
  }
  const current = reading.state === "set" ? (reading.value as T) : undefined;
  const draft = spec.draft(desired, current, observed);
  const status = statusOf(draft);
  return {
    ...base,
    status,
    summary: draft.summary,
    changes: draft.changes,
    kept: draft.kept ?? [],
    notes: draft.notes ?? [],
    blockers: draft.blockers ?? [],
    ...(draft.ofAnother !== undefined && { ofAnother: draft.ofAnother }),
    ...(draft.changes.length > 0 && { document: draft.document }),
  };
}

function statusOf<T>(draft: Draft<T>): AspectPlan["status"] {
  if ((draft.blockers ?? []).length > 0) return "blocked";
  if (draft.changes.length > 0 && draft.document !== undefined) return "change";
  return draft.idle ?? "same";
}
