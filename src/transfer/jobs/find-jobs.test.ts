import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { copyPlaces, reasonsIn } from "../testing-fixtures/copy-request.ts";
import { failure, MemoryStore } from "../testing-fixtures/memory-store.ts";
import type { CopyRequest } from "./run-copy.ts";
import { refusalOf } from "./refused-copy.ts";

let folder: string;
let store: MemoryStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sms-find-"));
  store = new MemoryStore();
});

afterEach(() => rm(folder, { recursive: true }));

const inFolder = (name: string) => join(folder, name);
const keysBelow = (prefix: string) =>
  [...store.objects.keys()]
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length));
const refusal = async (places: readonly string[], wishes?: Partial<CopyRequest>) =>
  refusalOf(await copyPlaces(store, places, wishes).catch((error: unknown) => error));

async function* entries(...all: readonly string[]): AsyncGenerator<string> {
  yield* all;
}

describe("several sources", () => {
  it("go into one folder under their own names, folders with theirs", async () => {
    await mkdir(inFolder("runs/deep"), { recursive: true });
    for (const name of ["a", "b", "runs/1", "runs/deep/2"]) await writeFile(inFolder(name), name);
    const all = ["a", "b", "runs"].map(inFolder);
    await copyPlaces(store, [...all, "s3://bkt/in/"], { recursive: true });
    expect(keysBelow("in/")).toEqual(["a", "b", "runs/1", "runs/deep/2"].toSorted());
    await mkdir(inFolder("down"));
    const down = ["s3://bkt/in/a", "s3://bkt/in/runs/1", inFolder("down")];
    expect((await copyPlaces(store, down)).totals).toMatchObject({ copied: 2 });
    expect((await readdir(inFolder("down"))).toSorted()).toEqual(["1", "a"]);
  });

  it("are refused before anything is copied where two have one name, or the target is no folder", async () => {
    for (const key of ["x/a", "y/a"]) store.set(key, key);
    expect(await refusal(["s3://bkt/x/a", "s3://bkt/y/a", "s3://bkt/z/"])).toBe("same-target");
    expect(await refusal(["s3://bkt/x/a", "s3://bkt/y/b", "s3://bkt/z"])).toBe("needs-folder");
    expect(await refusal(["s3://bkt/x/a", "s3://bkt/y/b", inFolder("none")])).toBe("needs-folder");
    expect(keysBelow("z")).toEqual([]);
    expect(store.log).toEqual([]);
  });
});

describe("wildcards in keys", () => {
  beforeEach(() => {
    for (const key of ["exp-1/a.tsv", "exp-1/seed/b.tsv", "exp-2/a.tsv", "exp-2/a.log"]) {
      store.set(key, key);
    }
  });

  it("keep the path behind the last / before them", async () => {
    await copyPlaces(store, ["s3://bkt/exp-*/a.tsv", "s3://bkt/out/"]);
    expect(keysBelow("out/")).toEqual(["exp-1/a.tsv", "exp-2/a.tsv"]);
    await copyPlaces(store, ["s3://bkt/exp-1/*.tsv", "s3://bkt/one/"]);
    expect(keysBelow("one/")).toEqual(["a.tsv", "seed/b.tsv"]);
    expect(store.log).toContain("ListObjects exp-1/");
  });

  it("mean folders too with --recursive, and are characters where they are told to be", async () => {
    await copyPlaces(store, ["s3://bkt/exp-?", "s3://bkt/out/"], { recursive: true });
    expect(keysBelow("out/")).toHaveLength(4);
    const { totals } = await copyPlaces(store, ["s3://bkt/exp-*/a.tsv", "s3://bkt/raw/"], {
      patterns: false,
    });
    expect(totals).toMatchObject({ copied: 0, failed: 1 });
  });

  it("are not read in a key that is there as it stands, which is told", async () => {
    store.set("exp-*/a.tsv", "star");
    const { totals, events } = await copyPlaces(store, ["s3://bkt/exp-*/a.tsv", "s3://bkt/out/"]);
    expect(totals).toMatchObject({ copied: 1 });
    expect(store.text("out/a.tsv")).toBe("star");
    expect(events[0]).toMatchObject({
      kind: "note",
      message: expect.stringContaining("exp-*/a.tsv"),
    });
  });

  it("leave two sources for one target to the first, and tell it", async () => {
    const { totals, events } = await copyPlaces(store, [
      "s3://bkt/exp-1/*.tsv",
      "s3://bkt/exp-2/*.tsv",
      "s3://bkt/out/",
    ]);
    expect(totals).toMatchObject({ copied: 2, skipped: 1 });
    expect(store.text("out/a.tsv")).toBe("exp-1/a.tsv");
    expect(reasonsIn(events)).toEqual(["another source has the same target a.tsv"]);
  });

  it("find nothing in their own target", async () => {
    await copyPlaces(store, ["s3://bkt/*.tsv", "s3://bkt/exp-2/"]);
    expect(keysBelow("exp-2/").toSorted()).toEqual(
      ["a.log", "a.tsv", "exp-1/a.tsv", "exp-1/seed/b.tsv"].toSorted(),
    );
  });

  it("need a folder", async () => {
    expect(await refusal(["s3://bkt/exp-*/a.tsv", "s3://bkt/out"])).toBe("needs-folder");
    expect(await refusal(["s3://bkt/exp-*/a.tsv", inFolder("out")])).toBe("needs-folder");
  });
});

describe("a list", () => {
  it("names whole keys below the source, and tells those that are not", async () => {
    for (const key of ["in/a", "in/b/c", "in/d", "other"]) store.set(key, key);
    const list = entries("in/a", "other", "in/b/c", "in/none");
    const { totals, events } = await copyPlaces(store, ["s3://bkt/in", inFolder("down")], { list });
    expect(totals).toMatchObject({ copied: 2, skipped: 1, failed: 1 });
    expect(reasonsIn(events)).toEqual(["it is in the list, but not below in/"]);
    expect(await readFile(inFolder("down/b/c"), "utf8")).toBe("in/b/c");
  });

  it("names paths below a folder, and none that leads out of it", async () => {
    await mkdir(inFolder("up/deep"), { recursive: true });
    await writeFile(inFolder("up/deep/a"), "a");
    await writeFile(inFolder("secret"), "s");
    const list = entries("deep/a", "../secret");
    const { totals, events } = await copyPlaces(store, [inFolder("up"), "s3://bkt/in/"], { list });
    expect(totals).toMatchObject({ copied: 1, skipped: 1 });
    expect(reasonsIn(events)).toEqual(["the path in the list has a part .."]);
    expect(keysBelow("in/")).toEqual(["deep/a"]);
  });
});

describe("names that no folder can hold together", () => {
  it("are told: a file beside a folder of its name", async () => {
    for (const key of ["in/a", "in/a!", "in/a/b", "in/a/c/d", "in/ab"]) store.set(key, key);
    const { totals, events } = await copyPlaces(store, ["s3://bkt/in/", inFolder("down")], {
      recursive: true,
    });
    expect(totals).toMatchObject({ copied: 3, skipped: 2, failed: 0 });
    expect(reasonsIn(events)[0]).toBe("a is an object too, and a file cannot be a folder as well");
    expect((await readdir(inFolder("down"))).toSorted()).toEqual(["a", "a!", "ab"]);
  });

  it("are told: spellings that differ in case only, of folders too", async () => {
    for (const key of ["in/A/x", "in/B", "in/a/y", "in/b"]) store.set(key, key);
    const wishes = { recursive: true, caseConflicts: "assume" } as const;
    const { events } = await copyPlaces(store, ["s3://bkt/in/", inFolder("down")], wishes);
    expect(reasonsIn(events)).toEqual([
      "A has the same name but for its case",
      "B has the same name but for its case",
    ]);
    expect((await readdir(inFolder("down"))).toSorted()).toEqual(["A", "B"]);
  });
});

describe("links", () => {
  beforeEach(async () => {
    await mkdir(inFolder("up/sub"), { recursive: true });
    await mkdir(inFolder("other"));
    await writeFile(inFolder("up/file"), "f");
    await writeFile(inFolder("other/o"), "o");
    await symlink("file", inFolder("up/to-file"));
    await symlink("../other", inFolder("up/to-folder"));
    await symlink("..", inFolder("up/sub/loop"));
  });

  it.each([
    ["files", ["file", "to-file"], 2],
    ["all", ["file", "to-file", "to-folder/o"], 1],
    ["none", ["file"], 0],
  ] as const)("with %s", async (links, keys, skipped) => {
    const { totals } = await copyPlaces(store, [inFolder("up"), "s3://bkt/in/"], {
      recursive: true,
      links,
    });
    expect(keysBelow("in/").toSorted()).toEqual(keys);
    expect(totals).toMatchObject({ skipped });
  });
});

describe("only what is newer", () => {
  const before = new Date("2026-11-01T00:00:00Z");
  const after = new Date("2026-12-01T00:00:00Z");
  const wishes = { ifNewer: true };

  it("goes up by the file's time and the one that the object keeps", async () => {
    await writeFile(inFolder("a"), "new");
    await utimes(inFolder("a"), after, after);
    store.set("a", "old");
    const places = [inFolder("a"), "s3://bkt/a"];
    expect((await copyPlaces(store, places, wishes)).totals).toMatchObject({ copied: 1 });
    expect((await copyPlaces(store, places, wishes)).totals).toMatchObject({ copied: 0, kept: 1 });
    await utimes(inFolder("a"), before, before);
    expect((await copyPlaces(store, places, wishes)).totals).toMatchObject({ copied: 0, kept: 1 });
  });

  it("comes down, and not again", async () => {
    store.set("in/a", "new", { metadata: { mtime: "1700000000.25" } });
    const places = ["s3://bkt/in/", inFolder("down")];
    const all = { ...wishes, recursive: true };
    expect((await copyPlaces(store, places, all)).totals).toMatchObject({ copied: 1 });
    expect((await copyPlaces(store, places, all)).totals).toMatchObject({ copied: 0, kept: 1 });
    await utimes(inFolder("down/a"), 1_600_000_000, 1_600_000_000);
    expect((await copyPlaces(store, places, all)).totals).toMatchObject({ copied: 1 });
  });

  it("fails where the target may not be looked at", async () => {
    store.set("a", "a");
    store.fault = (operation) => {
      if (operation === "HeadObject") throw failure("PermissionDenied");
    };
    const { totals } = await copyPlaces(store, ["s3://bkt/a", "s3://bkt/b"], wishes);
    expect(totals).toMatchObject({ copied: 0, failed: 1 });
  });
});

it("copies onto itself only where something changes", async () => {
  for (const key of ["in/a", "in/b"]) store.set(key, key, { metadata: { run: "7" } });
  const places = ["s3://bkt/in/", "s3://bkt/in/"];
  expect(await refusal(places, { recursive: true })).toBe("inside-itself");
  expect(await refusal(["s3://bkt/in/a", "s3://bkt/in/a"])).toBe("onto-itself");
  const stored = { cacheControl: "no-cache" };
  await copyPlaces(store, places, { recursive: true, changesObjects: true, stored });
  expect(store.objects.get("in/b")?.headers).toEqual({ ...stored, metadata: { run: "7" } });
});

it("takes an older version for another object than the present one", async () => {
  store.set("a", "a");
  const { totals } = await copyPlaces(store, ["s3://bkt/a", "s3://bkt/a"], { versionId: "v1" });
  expect(totals).toMatchObject({ copied: 1 });
  expect(store.copies).toEqual([expect.objectContaining({ metadataDirective: "REPLACE" })]);
});

it("finds an existing target in a dry run without overwriting too", async () => {
  for (const key of ["a", "b"]) store.set(key, key);
  const { totals } = await copyPlaces(store, ["s3://bkt/a", "s3://bkt/b"], {
    dryRun: true,
    overwrite: false,
  });
  expect(totals).toMatchObject({ copied: 0, failed: 1 });
});
