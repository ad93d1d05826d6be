import type { LifecycleRule } from "../../core/bucket-settings.ts";
import { invalidArgument, S3Error } from "../../protocol/s3-error.ts";

/** A step of a rule, in the words of its document: transitions to colder classes, then expiration. */
interface Step {
  readonly action: string;
  readonly field: "Days" | "Date" | "NoncurrentDays";
  /** Days, or for a date ms since 1970. */
  readonly at: number;
  readonly storageClass?: string;
}

/** Objects go this way only. Source: S3 User Guide, "Transitioning objects using Amazon S3 Lifecycle". */
const fromWarmToCold: readonly string[] = [
  "STANDARD_IA",
  "INTELLIGENT_TIERING",
  "ONEZONE_IA",
  "GLACIER_IR",
  "GLACIER",
  "DEEP_ARCHIVE",
];

const archives: ReadonlySet<string> = new Set(["GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"]);

/** Days that an object stays in a class before a rule archives it, or archives it deeper. Source: as above. */
const leastStay: Readonly<Record<string, number>> = {
  STANDARD_IA: 30,
  ONEZONE_IA: 30,
  GLACIER_IR: 90,
  GLACIER: 90,
};

/**
 * Throws InvalidRequest for a class that comes twice, InvalidArgument for steps that contradict each other.
 * Sources of the texts: AWS's answers in public issue threads; noobaa/noobaa-core#9969, which follows AWS.
 */
export function assertOrder(rule: LifecycleRule): void {
  const { Transitions = [], NoncurrentVersionTransitions = [] } = rule;
  const current = Transitions.map(({ Days, Date: date, StorageClass }) =>
    step("Transition", { Days, Date: date }, StorageClass),
  );
  const noncurrent = NoncurrentVersionTransitions.map(({ NoncurrentDays, StorageClass }) =>
    step("NoncurrentVersionTransition", { NoncurrentDays }, StorageClass),
  );
  const filter = describeFilter(rule);
  for (const transitions of [current, noncurrent]) {
    assertOnceEach(transitions, filter);
    assertColder(transitions, filter);
  }
  const { Days, Date: date } = rule.Expiration ?? {};
  assertExpiresLast(step("Expiration", { Days, Date: date }), current, filter);
  const NoncurrentDays = rule.NoncurrentVersionExpiration?.NoncurrentDays;
  const end = step("NoncurrentVersionExpiration", { NoncurrentDays });
  assertExpiresLast(end, noncurrent, filter);
}

/** The rule's filter as AWS's errors repeat it. */
export function describeFilter({ Filter = {}, Prefix }: LifecycleRule): string {
  const { And, Tag: tag } = Filter;
  const tags = And?.Tags ?? (tag === undefined ? [] : [tag]);
  const parts = [
    named("prefix", Prefix ?? Filter.Prefix ?? And?.Prefix),
    ...tags.map(({ Key, Value }) => `tag={key=${Key}, value=${Value}}`),
    named("objectsizegreaterthan", Filter.ObjectSizeGreaterThan ?? And?.ObjectSizeGreaterThan),
    named("objectsizelessthan", Filter.ObjectSizeLessThan ?? And?.ObjectSizeLessThan),
  ];
  return `filter '(${parts.filter((part) => part !== undefined).join(" and ")})'`;
}

function named(name: string, value: string | number | undefined): string | undefined {
  return value === undefined ? undefined : `${name}=${value}`;
}

interface When {
  readonly Days?: number | undefined;
  readonly Date?: string | undefined;
  readonly NoncurrentDays?: number | undefined;
}

function step(action: string, when: When, storageClass?: string): Step {
  const field = when.Date === undefined ? ("Days" in when ? "Days" : "NoncurrentDays") : "Date";
  const at = when.Date === undefined ? (when[field] as number | undefined) : Date.parse(when.Date);
  return { action, field, at: at ?? Infinity, ...(storageClass !== undefined && { storageClass }) };
}

function assertOnceEach(transitions: readonly Step[], filter: string): void {
  const [first] = transitions;
  const classes = new Set(transitions.map(({ storageClass }) => storageClass));
  if (first === undefined || classes.size === transitions.length) return;
  throw new S3Error("InvalidRequest", {
    message: `'StorageClass' must be different for '${first.action}' actions in same 'Rule' with ${filter}`,
  });
}

/** A colder class comes later, and an archive after the least stay in each class before. */
function assertColder(transitions: readonly Step[], filter: string): void {
  const rank = ({ storageClass = "" }: Step) => fromWarmToCold.indexOf(storageClass);
  const ordered = transitions.toSorted((one, other) => rank(one) - rank(other));
  for (const [index, cold] of ordered.entries()) {
    for (const warm of ordered.slice(0, index)) assertStay(warm, cold, filter);
  }
}

function assertStay(warm: Step, cold: Step, filter: string): void {
  const { field, action } = cold;
  const ofCold = `for StorageClass '${cold.storageClass}' for ${filter}`;
  if (cold.at <= warm.at) {
    throw invalidArgument(
      `'${field}' in the ${action} action ${ofCold} must be greater than '${field}' in the ` +
        `${action} action for StorageClass '${warm.storageClass}' for ${filter}`,
      field,
      String(cold.at),
    );
  }
  const least = archives.has(cold.storageClass ?? "")
    ? (leastStay[warm.storageClass ?? ""] ?? 0)
    : 0;
  const stay = field === "Date" ? (cold.at - warm.at) / 86_400_000 : cold.at - warm.at;
  if (stay >= least) return;
  throw invalidArgument(
    `'${field}' in the '${action}' action ${ofCold} must be ${least} days more than '${filter}' in ` +
      `the '${action}' action for StorageClass '${warm.storageClass}'`,
    field,
    String(cold.at),
  );
}

function assertExpiresLast(end: Step, transitions: readonly Step[], filter: string): void {
  const { action, field, at } = end;
  const late = transitions.find((transition) => transition.field === field && transition.at >= at);
  if (late === undefined || at === Infinity) return;
  throw invalidArgument(
    `'${field}' in the ${action} action for ${filter} must be greater than '${field}' in the ` +
      `${late.action} action`,
    field,
    String(at),
  );
}
