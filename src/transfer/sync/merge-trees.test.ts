import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareKeys } from "../../core/object-key.ts";
import { mergeTrees, type TreePair } from "./merge-trees.ts";
import type { Tree, TreeItem } from "./tree-item.ts";

const item = (path: string): TreeItem => ({ path, sizeBytes: 1, modifiedMs: 0 });

/** A tree that gives its items in pieces, some of them empty. */
async function* tree(items: readonly TreeItem[], piece: number): Tree {
  for (let start = 0; start < items.length; start += piece) {
    yield [];
    yield await Promise.resolve(items.slice(start, start + piece));
  }
}

async function merged(source: Tree, target: Tree): Promise<TreePair[]> {
  const pairs: TreePair[] = [];
  for await (const some of mergeTrees(source, target)) pairs.push(...some);
  return pairs;
}

const awkward = ["a", "a/", "a/b", "a-b", "a0", "a//b", "b", "é", "\uFF5E", "\u{1F600}", "\uE000x"];
const paths = fc
  .uniqueArray(fc.oneof(fc.constantFrom(...awkward), fc.stringMatching(/^[ab/0-]{1,5}$/)))
  .map((found) => found.toSorted(compareKeys));

describe("mergeTrees", () => {
  it("finds what a set would find, in the order of keys", async () => {
    await fc.assert(
      fc.asyncProperty(paths, paths, fc.integer({ min: 1, max: 4 }), async (a, b, piece) => {
        const pairs = await merged(tree(a.map(item), piece), tree(b.map(item), piece + 1));
        const inBoth = [...new Set([...a, ...b])].toSorted(compareKeys);
        expect(pairs.map(({ path }) => path)).toEqual(inBoth);
        for (const { path, source, target } of pairs) {
          expect(source?.path).toBe(a.includes(path) ? path : undefined);
          expect(target?.path).toBe(b.includes(path) ? path : undefined);
        }
      }),
    );
  });

  it("covers what lies in a folder of which nothing is known", async () => {
    const unread = { ...item("a/"), unusable: "may not be read" };
    const source = tree([unread, item("b")], 1);
    const pairs = await merged(source, tree(["a/x", "a/y", "a0", "b"].map(item), 2));
    const covered = pairs.filter((pair) => pair.source === unread).map(({ path }) => path);
    expect(covered).toEqual(["a/", "a/x", "a/y"]);
    expect(pairs.find(({ path }) => path === "a0")?.source).toBeUndefined();
  });

  it("covers what lies below a link that leads nowhere, and nothing beside it", async () => {
    const dead = { ...item("a"), unusable: "a link to nothing" };
    const other = { ...item("a-b"), unusable: "a link to nothing" };
    const source = tree([dead, other], 2);
    const pairs = await merged(source, tree(["a", "a-b/x", "a-c", "a/x", "a0"].map(item), 2));
    const covers = pairs.map(({ path, source: found }) => [path, found?.path]);
    expect(covers).toEqual([
      ["a", "a"],
      ["a-b", "a-b"],
      ["a-b/x", "a-b"],
      ["a-c", undefined],
      ["a/x", "a"],
      ["a0", undefined],
    ]);
  });

  it("refuses a tree that is in no order", async () => {
    const unordered = tree([item("b"), item("a")], 2);
    await expect(merged(unordered, tree([], 1))).rejects.toMatchObject({ code: "IntegrityError" });
  });

  it("ends the trees that it does not read to their ends", async () => {
    let ended = 0;
    const endless = async function* (): Tree {
      try {
        for (let count = 0; ; count += 1) {
          yield await Promise.resolve([item(`k${String(count).padStart(9, "0")}`)]);
        }
      } finally {
        ended += 1;
      }
    };
    for await (const pairs of mergeTrees(endless(), endless())) {
      expect(pairs.length).toBeGreaterThan(0);
      break;
    }
    expect(ended).toBe(2);
  });
});
