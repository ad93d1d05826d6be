import { transferLimits } from "../../core/limits.ts";
import { runLanes } from "../run-lanes.ts";
import { byTime, compareItems, type Comparison, type Verdict } from "./compare-items.ts";
import { etagOfFile } from "./etag-of-file.ts";
import { mergeTrees, type TreePair } from "./merge-trees.ts";
import { openTrees } from "./open-trees.ts";
import { placeBelow } from "./place-below.ts";
import type { SyncMemory, SyncPlaces } from "./sync-request.ts";
import { SyncKnowledge } from "./sync-knowledge.ts";
import type { TreeItem } from "./tree-item.ts";

/** Two trees, and how to compare them. */
export interface DiffRequest extends SyncPlaces {
  readonly comparison: Comparison;
  readonly memory: SyncMemory | undefined;
}

/** What two trees have under one path. `why` and `by` as of `compareItems`; `unknown`: not readable. */
export interface TreeDifference {
  readonly path: string;
  readonly state: "same" | "differs" | "only-source" | "only-target" | "unknown";
  readonly why?: string;
}

/**
 * Compares two trees as a sync does, in the order of paths, and changes nothing. Throws StorageError
 * where a tree cannot be read.
 */
export async function* diffTrees(request: DiffRequest): AsyncGenerator<TreeDifference[], void> {
  const knowledge = new SyncKnowledge({ ...request, dryRun: true });
  try {
    const { source, target } = await openTrees(request);
    for await (const pairs of mergeTrees(source, target)) {
      yield await judgeAll(request, pairs, knowledge);
    }
  } finally {
    knowledge.finish();
  }
}

/** Those that need no look at the bytes first, then the others, some at a time. */
async function judgeAll(
  request: DiffRequest,
  pairs: readonly TreePair[],
  knowledge: SyncKnowledge,
): Promise<TreeDifference[]> {
  const found: (TreeDifference | undefined)[] = [];
  const asked: { readonly index: number; readonly source: TreeItem; readonly target: TreeItem }[] =
    [];
  for (const pair of pairs) {
    if (!isSelected(request, pair)) continue;
    const { path, source, target } = pair;
    if (source === undefined || target === undefined || isUnusable(pair)) {
      found.push(oneSided(pair));
      continue;
    }
    const verdict = compareItems(source, target, request.comparison, knowledge.of(path));
    if (verdict === "ask") asked.push({ index: found.length, source, target });
    found.push(verdict === "ask" ? undefined : toDifference(path, verdict));
  }
  let next = 0;
  await runLanes(transferLimits.jobsInFlight, request.signal, async () => {
    for (let task = asked[next++]; task !== undefined; task = asked[next++]) {
      const { index, source, target } = task;
      found[index] = await compareBytes(request, source, target);
    }
  });
  return found.filter((one) => one !== undefined);
}

function isSelected({ selection }: DiffRequest, { source, target }: TreePair): boolean {
  if (selection.isAll) return true;
  return [source, target].some(
    (item) =>
      item !== undefined && selection.accepts({ ...item, modified: new Date(item.modifiedMs) }),
  );
}

function isUnusable({ source, target }: TreePair): boolean {
  return source?.unusable !== undefined || target?.unusable !== undefined;
}

function oneSided({ path, source, target }: TreePair): TreeDifference {
  const why = source?.unusable ?? target?.unusable;
  if (why !== undefined) return { path, state: "unknown", why };
  return { path, state: source === undefined ? "only-target" : "only-source" };
}

function toDifference(path: string, verdict: Exclude<Verdict, "ask">): TreeDifference {
  return verdict.same
    ? { path, state: "same", why: verdict.by }
    : { path, state: "differs", why: verdict.reason };
}

async function compareBytes(
  request: DiffRequest,
  source: TreeItem,
  target: TreeItem,
): Promise<TreeDifference> {
  const { path } = source;
  const side = target.etag === undefined ? request.target : request.source;
  const file = placeBelow(side, path);
  if (typeof file !== "string") return { path, state: "unknown", why: "neither is a file" };
  try {
    const verdict = await etagOfFile(file, source.sizeBytes, target.etag ?? source.etag ?? "");
    if (verdict === "same") return { path, state: "same", why: "bytes" };
    if (verdict === "differs") return { path, state: "differs", why: "content" };
  } catch (error) {
    return { path, state: "unknown", why: error instanceof Error ? error.message : String(error) };
  }
  const guess = byTime(source, target);
  return guess === "ask" ? { path, state: "unknown", why: "content" } : toDifference(path, guess);
}
