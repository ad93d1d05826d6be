import { s3Limits } from "../core/limits.ts";
import { type ActionLevel, actionsOfPattern } from "./actions.ts";
import { actionsWithKey } from "./condition-keys.ts";
import type { PatternSet, Statement } from "./policy.ts";
import type { PolicyKind, PolicyReading } from "./policy-reading.ts";
import { matchesPattern } from "./wildcard.ts";

export interface ParsePolicyOptions {
  /** Every resource must be this bucket's. */
  readonly bucket: string;
  /** Default: every `aws...` partition. */
  readonly partition?: string;
  /** Whether the user or role of this ARN is there, as far as that can be known. Default: all are. */
  readonly principalExists?: (arn: string) => boolean;
}

/** Policies of a bucket, with S3's texts. */
export function bucketPolicyKind(options: ParsePolicyOptions): PolicyKind {
  const { principalExists } = options;
  return {
    principals: "required",
    resources: "required",
    maximumBytes: s3Limits.policyBytes,
    ...(principalExists !== undefined && { principalExists }),
    texts: {
      notJson: "Policies must be valid JSON and the first byte must be '{'",
      tooLarge: "Normalized policy document exceeds the maximum allowed size of 20480 bytes",
    },
    assertAction,
    assertResource: (pattern, reading) => assertResource(pattern, options, reading),
    assertStatement: (parts, reading) => assertActionsApply(parts, options, reading),
  };
}

function assertAction(pattern: string, reading: PolicyReading): void {
  if (actionsOfPattern(pattern).size > 0) return;
  reading.refuse("Action", pattern, "Policy has invalid action");
}

function assertResource(
  pattern: string,
  { bucket, partition }: ParsePolicyOptions,
  reading: PolicyReading,
): void {
  const resource = splitResource(pattern);
  const fits =
    resource !== undefined &&
    (partition === undefined || resource.partition === partition) &&
    levelsOfResource(resource.path, bucket).size > 0;
  if (!fits) reading.refuse("Resource", pattern, "Policy has invalid resource");
}

function splitResource(pattern: string): { partition: string; path: string } | undefined {
  const match = /^arn:(aws[a-z-]*):s3:::(.+)$/s.exec(pattern);
  const [, partition, path] = match ?? [];
  return partition === undefined || path === undefined ? undefined : { partition, path };
}

/** The part before the first `/` names the bucket; `*` there may reach into the key. */
function levelsOfResource(path: string, bucket: string): ReadonlySet<ActionLevel> {
  const levels = new Set<ActionLevel>();
  // A variable may stand for any text.
  const open = path.replace(/\$\{[^}]*\}/g, "*");
  if (matchesPattern(open, bucket)) levels.add("bucket");
  const slash = open.indexOf("/");
  const name = slash === -1 ? open : open.slice(0, slash);
  const reachesKeys = slash === -1 ? name.includes("*") : slash < open.length - 1;
  const nameFits = nameReaches(name, bucket) || (slash !== -1 && matchesPattern(name, bucket));
  if (reachesKeys && nameFits) levels.add("object");
  return levels;
}

/** Whether a `*` of the name part reaches past the bucket into the key, as `buck*` does. */
function nameReaches(name: string, bucket: string): boolean {
  for (let star = name.indexOf("*"); star !== -1; star = name.indexOf("*", star + 1)) {
    if (matchesPattern(name.slice(0, star + 1), `${bucket}/`)) return true;
  }
  return false;
}

/**
 * Each action must have a resource of its kind, and among those one action at least that has the keys
 * of all conditions; the reverse S3 does not ask.
 */
function assertActionsApply(
  { actions, resources, conditions }: Pick<Statement, "actions" | "resources" | "conditions">,
  options: ParsePolicyOptions,
  reading: PolicyReading,
): void {
  // A stored policy may hold what never applies; that says nothing of the rest of it.
  if (actions.negated || reading.isStored) return;
  const present = levelsOf(resources, options);
  const keys = conditions.map(({ key }) => actionsWithKey(key) ?? "all");
  for (const pattern of actions.patterns) {
    const covered = [...actionsOfPattern(pattern)].filter(([, level]) => present.has(level));
    if (covered.length === 0) {
      reading.refuse("Action", pattern, "Action does not apply to any resource(s) in statement");
    } else if (!keys.every((have) => have === "all" || covered.some(([name]) => have.has(name)))) {
      reading.refuse(
        "Condition",
        pattern,
        "Conditions do not apply to combination of actions and resources in statement",
      );
    }
  }
}

/** NotResource takes in resources of both kinds. */
function levelsOf(
  { negated, patterns }: PatternSet,
  { bucket }: ParsePolicyOptions,
): ReadonlySet<ActionLevel> {
  if (negated) return new Set(["bucket", "object"]);
  return new Set(
    patterns.flatMap((pattern) => [
      ...levelsOfResource(splitResource(pattern)?.path ?? "", bucket),
    ]),
  );
}
