import type { LifecycleRule } from "../../core/bucket-settings.ts";
import { serverLimits } from "../../core/limits.ts";
import type { DeleteObjectInput, DeleteState, ObjectRecord } from "../engine.ts";
import type { ListAnswer, ListedVersionRecord, ListVersionsQuery } from "../list-queries.ts";
import { expirationOf, markerRemovalOf, noncurrentExpirationOf } from "./due-date.ts";
import { enabledRules, isDue, type SweepContext, type SweepCounts } from "./sweep-context.ts";
import { VersionWalk, type NoncurrentPlace } from "./version-walk.ts";

interface DueDelete {
  readonly counts: keyof SweepCounts;
  readonly input: DeleteObjectInput;
}

/**
 * Deletes what is due among the versions whose keys begin with `prefix`. Each delete is judged again
 * in its transaction, by the rules and the versions of that moment.
 */
export async function sweepVersions(
  context: SweepContext,
  bucket: string,
  prefix: string,
  counts: SweepCounts,
): Promise<void> {
  const { engine } = context;
  const query = { bucket, prefix, limit: serverLimits.lifecycleStepEntries };
  const walk = new VersionWalk();
  let page: Page | undefined = engine.listVersions(query);
  while (page !== undefined) {
    const rules = enabledRules(engine.getBucket(bucket)?.settings);
    if (rules.length === 0) return;
    const due = page.entries.flatMap((version) => dueDelete(context, rules, walk, version) ?? []);
    // Asked for before the page's last version is deleted, because a listing can only go on after a
    // version that is there.
    const next = nextPage(context, query, page);
    await deleteAll(context, due, counts);
    await context.pace(page.entries.length);
    page = next;
  }
}

type Page = ListAnswer<ListedVersionRecord>;

function nextPage(context: SweepContext, query: ListVersionsQuery, page: Page): Page | undefined {
  const last = page.entries.at(-1);
  if (!page.truncated || last === undefined) return undefined;
  return context.engine.listVersions({
    ...query,
    keyMarker: last.key,
    versionIdMarker: last.versionId,
  });
}

async function deleteAll(
  { engine }: SweepContext,
  due: readonly DueDelete[],
  counts: SweepCounts,
): Promise<void> {
  if (due.length === 0) return;
  // A refusal means that the version is another one by now, or gone: nothing is to be done.
  const outcomes = await engine.deleteObjects(due.map(({ input }) => input));
  for (const [at, outcome] of outcomes.entries()) {
    const name = due[at]?.counts;
    if (name !== undefined && !(outcome instanceof Error)) counts[name] += 1;
  }
}

function dueDelete(
  context: SweepContext,
  rules: readonly LifecycleRule[],
  walk: VersionWalk,
  version: ListedVersionRecord,
): DueDelete | undefined {
  const place = walk.place(version);
  const { bucket, key, versionId } = version;
  if (place !== undefined) {
    if (!isDue(context, noncurrentExpirationOf(rules, { ...version, ...place }, context.dayMs))) {
      return undefined;
    }
    const onlyIf = noncurrentIsDue(context, version, place);
    return { counts: "noncurrentDeleted", input: { bucket, key, versionId, onlyIf } };
  }
  if (version.deleteMarker) {
    if (!isDue(context, markerRemovalOf(rules, version, context.dayMs))) return undefined;
    const [, other] = context.engine.listVersions({ bucket, prefix: key, limit: 2 }).entries;
    if (other?.key === key) return undefined;
    const input = { bucket, key, versionId, onlyIf: markerIsDue(context) };
    return { counts: "markersRemoved", input };
  }
  if (!isDue(context, expirationOf(rules, version, context.dayMs))) return undefined;
  return { counts: "expired", input: { bucket, key, onlyIf: currentIsDue(context) } };
}

function currentIsDue(context: SweepContext) {
  return ({ settings, target }: DeleteState): boolean =>
    !target.deleteMarker &&
    isDue(context, expirationOf(enabledRules(settings), target, context.dayMs));
}

function markerIsDue(context: SweepContext) {
  return (state: DeleteState): boolean => {
    const { settings, target } = state;
    return (
      target.deleteMarker &&
      countUpTo(state.versions(), 2) === 1 &&
      isDue(context, markerRemovalOf(enabledRules(settings), target, context.dayMs))
    );
  };
}

/**
 * Judges a noncurrent version again in the transaction. The time at which it became noncurrent is
 * taken as it was read: nothing can make it earlier.
 */
function noncurrentIsDue(
  context: SweepContext,
  { lastModified }: ObjectRecord,
  { noncurrentSince }: NoncurrentPlace,
) {
  return (state: DeleteState): boolean => {
    const { settings, target } = state;
    // A different time means that another null version has taken its place.
    if (target.lastModified.getTime() !== lastModified.getTime()) return false;
    const rules = enabledRules(settings);
    const newer = countNewer(state, mostKept(rules) + 1);
    if (newer === 0) return false;
    const version = { ...target, noncurrentSince, newerNoncurrent: newer - 1 };
    return isDue(context, noncurrentExpirationOf(rules, version, context.dayMs));
  };
}

/** At most 100 on S3. */
function mostKept(rules: readonly LifecycleRule[]): number {
  return Math.max(
    0,
    ...rules.map((rule) => rule.NoncurrentVersionExpiration?.NewerNoncurrentVersions ?? 0),
  );
}

/** Versions of the key that are newer than the target, counted as far as it matters. */
function countNewer(state: DeleteState, limit: number): number {
  let count = 0;
  for (const { versionId } of state.versions()) {
    if (versionId === state.target.versionId || count === limit) break;
    count += 1;
  }
  return count;
}

function countUpTo(versions: Iterable<ObjectRecord>, limit: number): number {
  let count = 0;
  for (const _version of versions) {
    count += 1;
    if (count === limit) break;
  }
  return count;
}
