import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { S3Uri } from "../../core/object-key.ts";
import { Buckets } from "../buckets.ts";
import { Selection } from "../selection/selection.ts";
import { failure, MemoryStore } from "../testing-fixtures/memory-store.ts";
import { transferContext } from "../transfer-context.ts";
import type { Place } from "./copy-job.ts";
import { refusalOf } from "./refused-copy.ts";
import { runCopy, type CopyRequest, type CopyTotals } from "./run-copy.ts";
import type { TransferEvent } from "./transfer-event.ts";

let folder: string;
let store: MemoryStore;
let opened: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sms-copy-"));
  store = new MemoryStore();
  opened = [];
});

afterEach(() => rm(folder, { recursive: true }));

/** From where to where; text is a path of this machine. */
interface Places {
  readonly kind: string;
  readonly from: string | S3Uri;
  readonly to: string | S3Uri;
}

const placeOf = (place: string | S3Uri): Place =>
  typeof place === "string" ? { kind: "local", path: place } : { kind: "remote", uri: place };

async function run({
  places,
  ...request
}: { readonly places: Places } & Partial<CopyRequest>): Promise<{
  totals: CopyTotals;
  events: TransferEvent[];
}> {
  const buckets = new Buckets((bucket) => {
    opened.push(bucket);
    return transferContext(store.asStore());
  });
  const events: TransferEvent[] = [];
  const { signal } = new AbortController();
  const wishes = {
    sources: [placeOf(places.from)],
    target: placeOf(places.to),
    recursive: true,
    patterns: true,
    selection: Selection.all,
    links: "files",
    caseConflicts: "ignore",
    changesObjects: false,
    dryRun: false,
    ifNewer: false,
    move: false,
    overwrite: true,
    stored: {},
    signal,
    buckets,
  } as const;
  try {
    const totals = await runCopy({ ...wishes, ...request }, (event) => void events.push(event));
    return { totals, events };
  } finally {
    await buckets.close();
  }
}

const kinds = (events: readonly TransferEvent[]) => events.map(({ kind }) => kind);
const at = (key: string) => ({ bucket: "bkt", key });

describe("runCopy", () => {
  it("copies within a bucket over one store, and closes it", async () => {
    for (const key of ["a/1", "a/2", "ab"]) store.set(key, key);
    const places = { kind: "copy", from: at("a"), to: at("b") } as const;
    const { totals } = await run({ places });
    expect(totals).toEqual({ copied: 2, bytes: 6, kept: 0, skipped: 0, failed: 0 });
    expect([store.text("b/1"), store.text("b/2"), store.text("bb")]).toEqual([
      "a/1",
      "a/2",
      undefined,
    ]);
    expect(opened).toEqual(["bkt"]);
    expect(store.closed).toBe(true);
  });

  it("writes into a folder that is a link, and through none below it", async () => {
    for (const key of ["a/1", "a/sub/deep/2", "a/sub2/3"]) store.set(key, key);
    const outside = join(folder, "outside");
    await mkdir(join(folder, "real"));
    await mkdir(outside);
    await symlink(join(folder, "real"), join(folder, "out"));
    await symlink(outside, join(folder, "real", "sub"));
    const places = { kind: "download", from: at("a"), to: join(folder, "out") } as const;
    const { totals, events } = await run({ places });
    expect(totals).toMatchObject({ copied: 2, skipped: 1, failed: 0 });
    const skipped = events.find(({ kind }) => kind === "skipped");
    expect(skipped).toMatchObject({
      source: at("a/sub/deep/2"),
      reason: `${join(folder, "out", "sub")} is a link to another place`,
    });
    expect(await readdir(outside)).toEqual([]);
    expect(await readFile(join(folder, "real", "sub2", "3"), "utf8")).toBe("a/sub2/3");
  });

  it("takes what is selected, by the path below the source, and looks into no other folder", async () => {
    for (const key of ["a/x.tsv", "a/x.log", "a/tmp/y.tsv", "a/long.tsv"]) store.set(key, key);
    const selection = new Selection({
      rules: [
        { kind: "include", pattern: "*.tsv" },
        { kind: "exclude", pattern: "tmp/" },
      ],
      smallerThanBytes: 9,
    });
    await run({ places: { kind: "copy", from: at("a"), to: at("b") }, selection });
    expect([...store.objects.keys()].filter((key) => key.startsWith("b/"))).toEqual(["b/x.tsv"]);
    await mkdir(join(folder, "tmp"));
    for (const name of ["x.tsv", "x.log", "tmp/y.tsv"]) {
      await writeFile(join(folder, name), name);
    }
    await writeFile(join(folder, "long.tsv"), "a long one");
    await run({ places: { kind: "upload", from: folder, to: at("c") }, selection });
    expect([...store.objects.keys()].filter((key) => key.startsWith("c/"))).toEqual(["c/x.tsv"]);
  });

  it("takes keys that look like addresses for what they are", async () => {
    store.set("s3://other/x", "odd");
    const file = join(folder, "x");
    const places = { kind: "download", from: at("s3://other/x"), to: file } as const;
    await run({ places, recursive: false });
    expect(await readFile(file, "utf8")).toBe("odd");
    expect(opened).toEqual(["bkt"]);
  });

  it("tells what is found, begin, progress and end of each object, and what it leaves out", async () => {
    await mkdir(join(folder, "sub"));
    await writeFile(join(folder, "sub", "a.json"), "{}");
    await symlink("nowhere", join(folder, "z"));
    const places = { kind: "upload", from: folder, to: at("in") } as const;
    const { totals, events } = await run({ places });
    expect(totals).toEqual({ copied: 1, bytes: 2, kept: 0, skipped: 1, failed: 0 });
    const search = ["found", "skipped", "all-found"];
    expect(kinds(events).filter((kind) => !search.includes(kind))).toEqual([
      "begun",
      "progress",
      "done",
    ]);
    expect(kinds(events).filter((kind) => search.includes(kind))).toEqual(search);
    expect(events).toContainEqual({
      kind: "skipped",
      source: join(folder, "z"),
      reason: "a link to a folder or to nothing",
    });
    expect(store.text("in/sub/a.json")).toBe("{}");
    expect(store.puts[0]?.contentType).toBe("application/json");
  });

  it("downloads a folder with its markers, which are no files", async () => {
    for (const key of ["a/", "a/sub/", "a//"]) store.set(key, "");
    store.set("a/x", "x");
    store.set("a/full/", "bytes");
    const places = { kind: "download", from: at("a"), to: folder } as const;
    const { totals, events } = await run({ places });
    // Bytes under a name that no file can have are a loss that is told.
    expect(totals).toEqual({ copied: 1, bytes: 1, kept: 0, skipped: 1, failed: 0 });
    expect(events).toContainEqual(
      expect.objectContaining({ kind: "skipped", source: at("a/full/") }),
    );
    expect(await readFile(join(folder, "x"), "utf8")).toBe("x");
  });

  it("copies markers from bucket to bucket, where they are objects like others", async () => {
    for (const key of ["a/", "a/sub/"]) store.set(key, "");
    const places = { kind: "copy", from: at("a"), to: at("b") } as const;
    const { totals } = await run({ places });
    expect(totals).toMatchObject({ copied: 2, skipped: 0 });
    expect(store.text("b/sub/")).toBe("");
  });

  it("uploads no part of a download", async () => {
    const { partFiles } = transferContext(store.asStore());
    await writeFile(await partFiles.pathBeside(join(folder, "a")), "half");
    await writeFile(join(folder, "b"), "b");
    const { totals } = await run({ places: { kind: "upload", from: folder, to: at("in") } });
    expect(totals).toEqual({ copied: 1, bytes: 1, kept: 0, skipped: 0, failed: 0 });
    expect([...store.objects.keys()]).toEqual(["in/b"]);
  });

  it("goes on after a failure and tells it", async () => {
    for (const key of ["a/1", "a/2", "a/3"]) store.set(key, key);
    const denied = failure("PermissionDenied", { status: 403 });
    store.fault = (operation, key) => {
      if (operation === "GetObject" && key === "a/2") throw denied;
    };
    const places = { kind: "download", from: at("a/"), to: folder } as const;
    const { totals, events } = await run({ places });
    expect(totals).toMatchObject({ copied: 2, failed: 1 });
    expect(events.filter(({ kind }) => kind === "failed")).toEqual([
      {
        kind: "failed",
        job: {
          kind: "download",
          from: at("a/2"),
          file: join(folder, "2"),
          listed: expect.objectContaining({ sizeBytes: 3 }),
        },
        error: denied,
      },
    ]);
  });

  it("changes nothing in a dry run, and finds what is missing", async () => {
    store.set("a", "bytes");
    const places = { kind: "download", from: at("a"), to: join(folder, "a") } as const;
    const dry = { dryRun: true, recursive: false };
    expect((await run({ places, ...dry })).totals).toMatchObject({ copied: 1, bytes: 5 });
    const missing = { kind: "copy", from: at("none"), to: at("b") } as const;
    expect((await run({ places: missing, ...dry })).totals).toMatchObject({ copied: 0, failed: 1 });
    expect([...store.objects.keys()]).toEqual(["a"]);
    await expect(readFile(join(folder, "a"))).rejects.toThrow("ENOENT");
  });

  it.each([
    ["is-folder", { kind: "download", from: at("a/"), to: "x" }, false],
    ["no-local-name", { kind: "download", from: at("a/.."), to: "x/" }, false],
    ["onto-itself", { kind: "copy", from: at("d/a"), to: at("d/") }, false],
    ["inside-itself", { kind: "copy", from: at("a"), to: at("a/b") }, true],
    ["is-no-folder", { kind: "download", from: at("a/"), to: import.meta.filename }, true],
  ] as const)("refuses what %s, before anything is asked", async (refusal, places, recursive) => {
    const error = await run({ places, recursive }).catch((thrown: unknown) => thrown);

    expect(refusalOf(error)).toBe(refusal);
    expect(store.log).toEqual([]);
  });
});
