import { expect, it } from "vitest";
import { MemberNames } from "./member-names.ts";

function names(maxFolders = 1000): MemberNames {
  return new MemberNames({ maxFolders });
}

it.each([
  [["a/b", "a/b"], "comes a second time"],
  [["a", "a/"], "is that of a file as well"],
  [["a/b/c", "a/b"], "is that of a folder as well"],
  [["a/", "a"], "is that of a folder as well"],
  [["x/a", "x/a/b/c"], "lies below x/a, which is a file"],
  [["x/a", "x/a/b/"], "lies below x/a, which is a file"],
  [["a/", "a/"], undefined],
  [["a/b/c", "a/b/", "a/", "a/b/d"], undefined],
  [["a", "ab", "b/a", "constructor/__proto__", "__proto__"], undefined],
])("says of the last of %j: %s", (all, expected) => {
  const known = names();
  const said = all.map((name) => known.add(name));
  expect(said.pop()).toBe(expected);
  expect(said.every((fault) => fault === undefined)).toBe(true);
});

it("takes names for one that the target cannot tell apart", () => {
  const known = new MemberNames({ fold: (name) => name.toLowerCase(), maxFolders: 10 });
  known.add("A/b");
  expect(known.add("a/B")).toBe("comes a second time");
});

it("counts each folder once, whether it is a member or names lie below it", () => {
  const known = names();
  for (const name of ["a/b/c/1", "a/b/c/2", "a/b/", "a/d/", "e"]) known.add(name);
  expect(known.folders).toBe(4);
});

it("leaves nothing of a name that it refuses", () => {
  const known = names();
  known.add("a");
  known.add("a/b/c");
  expect(known.folders).toBe(0);
});

it("stops in the middle of a name that makes too many folders", () => {
  const known = names(100);
  expect(() => known.add("a/".repeat(500_000))).toThrow(
    expect.objectContaining({
      code: "InvalidArgument",
      message: "extractArchive: the archive has more than 100 folders.",
      remedy: "If it may, raise maxEntries.",
    }) as Error,
  );
  expect(known.folders).toBe(101);
});
