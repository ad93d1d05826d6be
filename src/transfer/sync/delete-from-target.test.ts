import { mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { DeleteEntry, DeleteObjectsResult } from "../../core/object-store.ts";
import { Buckets } from "../buckets.ts";
import type { Place } from "../jobs/copy-job.ts";
import { Selection } from "../selection/selection.ts";
import { MemoryStore } from "../testing-fixtures/memory-store.ts";
import { transferContext } from "../transfer-context.ts";
import { deleteFromTarget } from "./delete-from-target.ts";
import { PathSpool } from "./path-spool.ts";
import type { SyncEvent } from "./sync-event.ts";

let root = "";
beforeEach(async () => (root = await mkdtemp(join(tmpdir(), "sms-delete-"))));
afterEach(() => rm(root, { recursive: true }));

async function make(...paths: string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), path);
  }
}

async function deleted(
  target: Place,
  paths: readonly string[],
  store = new MemoryStore(),
): Promise<SyncEvent[]> {
  const events: SyncEvent[] = [];
  const spool = new PathSpool();
  for (const path of paths) spool.add(path);
  const request = {
    source: { kind: "remote", uri: { bucket: "bkt", key: "from" } },
    target,
    selection: Selection.all,
    links: "files",
    buckets: new Buckets(() => transferContext(store.asStore())),
    signal: new AbortController().signal,
    stored: {},
    comparison: "content",
    memory: undefined,
    caseConflicts: "ignore",
    dryRun: false,
    deletes: true,
    emptySource: false,
    mayDelete: () => Promise.resolve(true),
  } as const;
  const tell = async (event: SyncEvent): Promise<void> => void events.push(event);
  await deleteFromTarget(request, spool, { dryRun: false, tell });
  return events;
}

const placeOf = (path: string): unknown => ({ bucket: "bkt", key: `t/${path}` });

it("tells of each object by itself whether it is gone", async () => {
  class Stubborn extends MemoryStore {
    override async deleteObjects(entries: readonly DeleteEntry[]): Promise<DeleteObjectsResult> {
      const { deleted: gone } = await super.deleteObjects(
        entries.filter(({ key }) => key !== "t/kept"),
      );
      const error = { key: "t/kept", code: "AccessDenied", message: "No." };
      return { deleted: gone, errors: [error] };
    }
  }
  const target: Place = { kind: "remote", uri: { bucket: "bkt", key: "t" } };
  const events = await deleted(target, ["a", "kept", "z"], new Stubborn());
  expect(events).toEqual([
    { kind: "deleted", place: placeOf("a") },
    { kind: "not-deleted", place: placeOf("kept"), error: expect.any(Error) as unknown },
    { kind: "deleted", place: placeOf("z") },
  ]);
});

it("takes folders along that it has emptied, but never the target itself", async () => {
  await make("t/a/b/x", "t/a/b/y", "t/c");
  const target: Place = { kind: "local", path: join(root, "t") };
  await deleted(target, ["a/b/x", "a/b/y", "c"]);
  expect(await readdir(root)).toEqual(["t"]);
  expect(await readdir(join(root, "t"))).toEqual([]);
});

it("deletes nothing behind a folder that has become a link to another place", async () => {
  await make("t/a/x", "t/b", "other/x");
  await rename(join(root, "t/a"), join(root, "moved"));
  await symlink("../other", join(root, "t/a"));
  const events = await deleted({ kind: "local", path: join(root, "t") }, ["a/x", "b"]);
  expect(events.map(({ kind }) => kind)).toEqual(["not-deleted", "deleted"]);
  expect(await readdir(join(root, "other"))).toEqual(["x"]);
});
