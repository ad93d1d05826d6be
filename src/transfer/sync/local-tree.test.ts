import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { transferLimits } from "../../core/limits.ts";
import { compareKeys } from "../../core/object-key.ts";
import { localTree, type LocalTreeOptions } from "./local-tree.ts";

let root = "";
beforeEach(async () => (root = await mkdtemp(join(tmpdir(), "sms-tree-"))));
afterEach(() => rm(root, { recursive: true }));

async function make(...paths: string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), path);
  }
}

async function walk(options: Partial<LocalTreeOptions> = {}): Promise<[string, string?][]> {
  const found: [string, string?][] = [];
  const usual: LocalTreeOptions = {
    enters: () => true,
    links: "files",
    mayBeMissing: false,
    signal: new AbortController().signal,
  };
  for await (const items of localTree(root, { ...usual, ...options })) {
    for (const { path, unusable } of items) {
      found.push(unusable === undefined ? [path] : [path, unusable]);
    }
  }
  return found;
}

it("goes through files in the order of keys, not of folders", async () => {
  const paths = ["a/b", "a-b", "a0", "a.b/c", "b/c/d", "b/c-d", "é", "\uFF5E", "\u{1F600}/x"];
  await make(...paths);
  expect((await walk()).map(([path]) => path)).toEqual(paths.toSorted(compareKeys));
});

it("gives each file of a large folder once", async () => {
  const count = 2 * transferLimits.statsAtATime + 1;
  const paths = Array.from({ length: count }, (_, n) => `f${String(n).padStart(5, "0")}`);
  await make(...paths);
  expect(await walk()).toEqual(paths.map((path) => [path]));
});

it("tells of links and does not follow those to folders", async () => {
  await make("d/f");
  await symlink("d", join(root, "link"));
  await symlink("d/f", join(root, "file-link"));
  await symlink("nowhere", join(root, "dead"));
  expect(await walk()).toEqual(
    [
      ["d/f"],
      ["dead", "a link to nothing"],
      ["file-link"],
      ["link/", "a link to a folder"],
    ].toSorted(([a = ""], [b = ""]) => compareKeys(a, b)),
  );
  expect(await walk({ links: "none" })).toEqual([["d/f"]]);
});

it("gives links to folders in the order of folders", async () => {
  await make("d/f", "link-x", "link.csv");
  await symlink("d", join(root, "link"));
  const paths = ["d/f", "link-x", "link.csv", "link/"];
  expect((await walk()).map(([path]) => path)).toEqual(paths);
  expect((await walk({ links: "all" })).map(([path]) => path)).toEqual([
    ...paths.slice(0, 3),
    "link/f",
  ]);
});

it.each(["files", "all"] as const)(
  "goes on behind a link that leads to itself: %s",
  async (links) => {
    await make("z");
    await symlink("loop", join(root, "loop"));
    const [[path, unusable = ""] = [], ...rest] = await walk({ links });
    expect(path).toBe("loop");
    expect(unusable).toMatch(/has a loop of symbolic links in its path$/);
    expect(rest).toEqual([["z"]]);
  },
);

// Names that are no UTF-8: other systems have none.
it.skipIf(process.platform !== "linux")(
  "tells of names once that are no UTF-8 and look alike",
  async () => {
    for (const byte of [0xe8, 0xe9]) {
      await writeFile(Buffer.concat([Buffer.from(`${root}/caf`), Buffer.from([byte])]), "x");
    }
    const found = await walk();
    expect(found).toEqual([
      ["caf\uFFFD", "its name is not UTF-8, as the names of objects must be"],
    ]);
  },
);

it("follows links to folders when it is told to, but never in circles", async () => {
  await make("d/f");
  await symlink("../d", join(root, "d", "again"));
  await symlink("d", join(root, "link"));
  const found = await walk({ links: "all" });
  expect(found).toContainEqual(["link/f"]);
  expect(found).toContainEqual(["d/again/", "a link to a folder that it lies in"]);
});

it("leaves out parts of downloads and folders that nobody wants", async () => {
  await make("keep/x", "skip/y", ".sms-01234567-1-abc.part");
  expect(await walk({ enters: (folder) => folder !== "skip/" })).toEqual([["keep/x"]]);
});

it("takes a missing folder for an empty one only where it may be missing", async () => {
  await rm(root, { recursive: true });
  await expect(walk()).rejects.toMatchObject({ code: "InvalidArgument" });
  expect(await walk({ mayBeMissing: true })).toEqual([]);
  await mkdir(root);
});
