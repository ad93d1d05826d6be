import { compareKeys } from "../../core/object-key.ts";
import { s3Limits } from "../../core/limits.ts";
import { playedLimits } from "../../core/played-limits.ts";
import type { Engine, ObjectRecord } from "../../engine/engine.ts";
import type { ListAnswer, ListQuery } from "../../engine/list-queries.ts";
import { withoutChecksum } from "./qumulo-etag.ts";
import { hasEntries, isThere } from "./qumulo-paths.ts";

/**
 * The order is the alphabet's, gone through this often: each time it takes the names whose hash says so.
 * So a page costs in proportion to it, and any key tells where to go on.
 */
const rounds = 4;

/** One page as Qumulo has it: in an order of its own, below a path that is there. */
export function listAsQumulo(engine: Engine, query: ListQuery): ListAnswer<ObjectRecord> {
  const { bucket, prefix = "", delimiter, after } = query;
  if (prefix === "" || prefix.endsWith("/")) return listInRounds(engine, query);
  const file = engine.getObject(bucket, prefix);
  if (file !== undefined && isThere(engine, bucket, prefix)) {
    const entries = after === undefined ? [withoutChecksum(file)] : [];
    return { entries, commonPrefixes: [], truncated: false };
  }
  const directory = `${prefix}/`;
  if (delimiter === undefined) return listInRounds(engine, { ...query, prefix: directory });
  const shown = after === undefined && hasEntries(engine, bucket, directory);
  return { entries: [], commonPrefixes: shown ? [directory] : [], truncated: false };
}

interface Collected {
  readonly entries: ObjectRecord[];
  readonly commonPrefixes: string[];
  last?: string;
}

function listInRounds(engine: Engine, query: ListQuery): ListAnswer<ObjectRecord> {
  const found: Collected = { entries: [], commonPrefixes: [] };
  const { limit, after, ...asked } = query;
  let pages = 0;
  const first = after === undefined ? 0 : roundOf(after);
  for (let round = first; round < rounds; round += 1) {
    let from = round === first ? after : undefined;
    do {
      const start = from === undefined ? {} : { after: from };
      const page = engine.listObjects({ ...asked, ...start, limit: s3Limits.listPageKeys });
      if (!takeRound(page, round, limit, found)) return { ...found, truncated: true };
      from = page.truncated ? page.last : undefined;
      pages += 1;
      // A page may be short; one that has something can always be gone on from.
      const long = pages >= playedLimits.listingPages && found.last !== undefined;
      if (long && (from !== undefined || round + 1 < rounds)) return { ...found, truncated: true };
    } while (from !== undefined);
  }
  return { ...found, truncated: false };
}

/** False: there is more than fits. */
function takeRound(
  page: ListAnswer<ObjectRecord>,
  round: number,
  limit: number,
  found: Collected,
): boolean {
  for (const item of merged(page)) {
    const name = typeof item === "string" ? item : item.key;
    if (roundOf(name) !== round) continue;
    if (found.entries.length + found.commonPrefixes.length === limit) return false;
    if (typeof item === "string") found.commonPrefixes.push(item);
    else found.entries.push(withoutChecksum(item));
    found.last = name;
  }
  return true;
}

/** Entries and common prefixes in the order of the index. */
function* merged({
  entries,
  commonPrefixes,
}: ListAnswer<ObjectRecord>): Iterable<ObjectRecord | string> {
  let next = 0;
  for (const entry of entries) {
    for (let prefix = commonPrefixes[next]; prefix !== undefined; prefix = commonPrefixes[next]) {
      if (compareKeys(prefix, entry.key) > 0) break;
      yield prefix;
      next += 1;
    }
    yield entry;
  }
  yield* commonPrefixes.slice(next);
}

/** FNV-1a, mixed once more, since names often differ in their last character alone. */
function roundOf(name: string): number {
  let hash = 0x811c_9dc5;
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x0100_0193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  return ((hash ^ (hash >>> 13)) >>> 0) % rounds;
}
