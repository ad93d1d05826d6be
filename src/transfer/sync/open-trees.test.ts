import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Buckets } from "../buckets.ts";
import type { Place } from "../jobs/copy-job.ts";
import { Selection } from "../selection/selection.ts";
import { MemoryStore } from "../testing-fixtures/memory-store.ts";
import { transferContext } from "../transfer-context.ts";
import { openTrees } from "./open-trees.ts";
import type { SyncPlaces } from "./sync-request.ts";
import type { Tree } from "./tree-item.ts";

let root = "";
let store: MemoryStore;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "sms-open-"));
  store = new MemoryStore();
});
afterEach(() => rm(root, { recursive: true }));

const remote = (key: string): Place => ({ kind: "remote", uri: { bucket: "bkt", key } });

function open(source: Place, target: Place, more: Partial<SyncPlaces> = {}) {
  return openTrees({
    source,
    target,
    selection: Selection.all,
    links: "files",
    buckets: new Buckets(() => transferContext(store.asStore())),
    signal: new AbortController().signal,
    ...more,
  });
}

async function pathsOf(tree: Tree): Promise<string[]> {
  const paths: string[] = [];
  for await (const items of tree) paths.push(...items.map(({ path }) => path));
  return paths;
}

it.each([
  ["t", "t"],
  ["t", "t/inner"],
  ["t/inner", "t"],
  ["", "t"],
])("refuses prefixes that lie in each other: %s and %s", async (from, to) => {
  await expect(open(remote(from), remote(to))).rejects.toMatchObject({ code: "InvalidArgument" });
});

it("takes prefixes that only begin alike, and the same one of two stores", async () => {
  await expect(open(remote("t"), remote("t2"))).resolves.toBeDefined();
  const sourceBuckets = new Buckets(() => transferContext(store.asStore()));
  await expect(open(remote("t"), remote("t"), { sourceBuckets })).resolves.toBeDefined();
});

it("has markers of folders between prefixes alone", async () => {
  for (const key of ["t/", "t/d/", "t/d/x"]) store.set(key, key === "t/d/x" ? "1" : "");
  const between = await open(remote("t"), remote("u"));
  expect(await pathsOf(between.source)).toEqual(["d/", "d/x"]);
  const up = await open({ kind: "local", path: root }, remote("t"));
  expect(await pathsOf(up.target)).toEqual(["d/x"]);
  const down = await open(remote("t"), { kind: "local", path: root });
  expect(await pathsOf(down.source)).toEqual(["d/x"]);
});
