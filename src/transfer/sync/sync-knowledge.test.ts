import { mkdtemp, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Place } from "../jobs/copy-job.ts";
import { Selection } from "../selection/selection.ts";
import { SyncKnowledge } from "./sync-knowledge.ts";
import { identityOf, type TreeItem } from "./tree-item.ts";

let root = "";
beforeEach(async () => (root = await mkdtemp(join(tmpdir(), "sms-know-"))));
afterEach(() => rm(root, { recursive: true }));

const there: Place = { kind: "remote", uri: { bucket: "bkt", key: "t" } };
const object = (path: string, etag = '"e"'): TreeItem => ({
  path,
  sizeBytes: 1,
  modifiedMs: 0,
  etag,
});
const old: TreeItem = { path: "a", sizeBytes: 1, modifiedMs: 1, changedMs: 2, inode: 3 };
const some = new Selection({ rules: [{ kind: "exclude", pattern: "a" }] });

function know(
  source: Place = { kind: "local", path: root },
  target: Place = there,
  selection = Selection.all,
): SyncKnowledge {
  const memory = { folder: join(root, "state"), sourceName: "s", targetName: "s" };
  return new SyncKnowledge({ source, target, selection, memory, dryRun: false });
}

function isKnown(path: string, source: TreeItem, target: TreeItem): boolean {
  const knowledge = know();
  const known = knowledge.of(path)(identityOf(source), identityOf(target));
  knowledge.discard();
  return known;
}

async function file(contents: string, at = 1_700_000_000): Promise<TreeItem> {
  const path = join(root, "a");
  await writeFile(path, contents);
  await utimes(path, at, at);
  const { size, mtimeMs, ctimeMs, ino } = await stat(path);
  return { path: "a", sizeBytes: size, modifiedMs: mtimeMs, changedMs: ctimeMs, inode: ino };
}

it("believes only what it knows of both sides", () => {
  const knowledge = know();
  knowledge.keep(old, object("a"));
  knowledge.finish();
  expect(isKnown("a", old, object("a"))).toBe(true);
  expect(isKnown("a", old, object("a", '"other"'))).toBe(false);
  expect(isKnown("a", { ...old, changedMs: 9 }, object("a"))).toBe(false);
  expect(isKnown("b", old, object("a"))).toBe(false);
});

it("knows on the way back what the way there has learned", () => {
  const knowledge = know();
  knowledge.keep(old, object("a"));
  knowledge.finish();
  const back = know(there, { kind: "local", path: root });
  expect(back.of("a")(identityOf(object("a")), identityOf(old))).toBe(true);
  back.discard();
});

it("remembers no file that may be written to without its times showing it", () => {
  const now: TreeItem = { ...old, modifiedMs: Date.now() };
  const knowledge = know();
  knowledge.keep(now, object("a"));
  knowledge.learn({ ...now, path: "b" })({ target: object("b") });
  knowledge.finish();
  expect(isKnown("a", now, object("a"))).toBe(false);
  expect(isKnown("b", { ...now, path: "b" }, object("b"))).toBe(false);
});

it("still knows of what is left out this time, and no more of what is gone", () => {
  const first = know();
  first.keep(old, object("a"));
  first.keep({ ...old, path: "b" }, object("b"));
  first.finish();
  const second = know(undefined, undefined, some);
  second.of("b");
  second.keep({ ...old, path: "b" }, object("b"));
  second.sawAll();
  second.finish();
  expect(isKnown("a", old, object("a"))).toBe(true);
  const third = know();
  third.of("b");
  third.keep({ ...old, path: "b" }, object("b"));
  third.sawAll();
  third.finish();
  expect(isKnown("a", old, object("a"))).toBe(false);
});

it("takes a copy for known only of a file that is as it was before", async () => {
  const before = await file("1");
  const copied = { sizeBytes: 1, targetEtag: '"e"' };
  const knowledge = know();
  knowledge.learn(before)({ copied });
  knowledge.finish();
  expect(isKnown("a", before, object("a"))).toBe(true);
  const changed = know();
  const learn = changed.learn(before);
  const after = await file("2", 1_700_000_001);
  learn({ copied });
  changed.finish();
  expect(isKnown("a", after, object("a"))).toBe(false);
});
