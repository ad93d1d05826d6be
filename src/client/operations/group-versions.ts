import { compareKeys } from "../../core/object-key.ts";
import type { ListedVersion } from "../../core/object-store.ts";

/**
 * A page of versions as S3 has it: those of one key side by side, the latest first. Some stores, such
 * as moto's server, tell all versions of a page and then all its delete markers. A page that is as it
 * should be is given back as it is. `isOrdered`: whether the store lists keys in order.
 */
export function groupVersions(
  versions: readonly ListedVersion[],
  { isOrdered }: { readonly isOrdered: boolean },
): readonly ListedVersion[] {
  if (isGrouped(versions)) return versions;
  const byKey = new Map<string, ListedVersion[]>();
  for (const version of versions) {
    const ofKey = byKey.get(version.key);
    if (ofKey === undefined) byKey.set(version.key, [version]);
    else ofKey.push(version);
  }
  const groups = [...byKey];
  if (isOrdered) groups.sort(([a], [b]) => compareKeys(a, b));
  return groups.flatMap(([, ofKey]) => ofKey.sort(newestFirst));
}

function isGrouped(versions: readonly ListedVersion[]): boolean {
  const ended = new Set<string>();
  let last: string | undefined;
  for (const { key, isLatest } of versions) {
    if (key === last && isLatest) return false;
    if (key !== last && last !== undefined) ended.add(last);
    if (ended.has(key)) return false;
    last = key;
  }
  return true;
}

/** Of one moment, which is a second to some stores, they stay as they were told. */
function newestFirst(a: ListedVersion, b: ListedVersion): number {
  if (a.isLatest !== b.isLatest) return a.isLatest ? -1 : 1;
  return b.lastModified.getTime() - a.lastModified.getTime();
}
