import { ageLimitsDays, type UsageCount, type UsageGroup } from "../transfer/usage/usage-groups.ts";
import { formatBytes, printable } from "./format.ts";

/** What of the usage is told. */
export interface UsageView {
  readonly human: boolean;
  readonly versions: boolean;
  readonly byClass: boolean;
  readonly byAge: boolean;
}

/** A group as `--json` has it. */
export function usageRecord(
  bucket: string,
  { versions, byClass, byAge }: UsageView,
): (group: UsageGroup) => Record<string, unknown> {
  return ({ prefix, objects, bytes, noncurrent, deleteMarkers, classes, ages }) => ({
    type: "usage",
    bucket,
    prefix,
    objects,
    bytes,
    ...(versions && { noncurrent, deleteMarkers }),
    ...(byClass && { classes: Object.fromEntries(classes) }),
    ...(byAge && {
      ages: ages.map((count, index) => ({ belowDays: ageLimitsDays[index] ?? null, ...count })),
    }),
  });
}

/** What is under the whole prefix, as the record at the end. */
export function usageSummary(
  { objects, bytes, noncurrent, deleteMarkers }: UsageGroup,
  { versions }: UsageView,
): Record<string, unknown> {
  return { type: "summary", objects, bytes, ...(versions && { noncurrent, deleteMarkers }) };
}

/** A group as lines of text: the sum and the prefix, below it what was asked for. */
export function usageText(bucket: string, view: UsageView): (group: UsageGroup) => string {
  const line = ({ objects, bytes }: UsageCount, what: string): string => {
    const size = view.human ? formatBytes(bytes) : String(bytes);
    return `${size.padStart(14)} ${String(objects).padStart(10)} ${what}`;
  };
  return (group) => {
    const lines = [line(group, printable(`s3://${bucket}/${group.prefix}`))];
    if (view.versions) {
      lines.push(line(group.noncurrent, "  older versions"));
      lines.push(line({ objects: group.deleteMarkers, bytes: 0 }, "  delete markers"));
    }
    if (view.byClass) {
      for (const [name, count] of group.classes) lines.push(line(count, `  ${printable(name)}`));
    }
    if (view.byAge) {
      for (const [index, count] of group.ages.entries()) {
        if (count.objects > 0) lines.push(line(count, `  ${ageName(index)}`));
      }
    }
    return lines.join("\n");
  };
}

function ageName(index: number): string {
  const from = ageLimitsDays[index - 1];
  const to = ageLimitsDays[index];
  if (from === undefined) return `younger than ${to} day`;
  return to === undefined ? `${from} days and older` : `${from} to ${to} days`;
}
