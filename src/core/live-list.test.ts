import { expect, it } from "vitest";
import { LiveList } from "./live-list.ts";

function allOf<Item>(list: LiveList<Item>): Item[] {
  return [...list.takeAll()];
}

it("has what came and did not go, in the order in which it came", () => {
  const list = new LiveList<string>();
  const go = ["a", "b", "c", "d", "e"].map((name) => list.add(name));
  for (const index of [2, 0, 4]) go[index]?.();
  list.add("f");
  expect(allOf(list)).toEqual(["b", "d", "f"]);
  expect(allOf(list)).toEqual([]);
});

it("holds the same thing as often as it came", () => {
  const list = new LiveList<string>();
  const go = list.add("a");
  list.add("a");
  go();
  expect(allOf(list)).toEqual(["a"]);
});

it("lets something go twice, or after it was taken, without harm to others", () => {
  const list = new LiveList<string>();
  const first = list.add("a");
  first();
  list.add("b");
  first();
  const last = list.add("c");
  expect(allOf(list)).toEqual(["b", "c"]);
  last();
  list.add("d");
  last();
  expect(allOf(list)).toEqual(["d"]);
});

it("takes what comes while all is taken", () => {
  const list = new LiveList<number>();
  list.add(3);
  const taken: number[] = [];
  for (const left of list.takeAll()) {
    taken.push(left);
    if (left > 1) list.add(left - 1);
  }
  expect(taken).toEqual([3, 2, 1]);
});

it("lets one go that waits to be taken", () => {
  const list = new LiveList<() => void>();
  const taken: string[] = [];
  list.add(() => {
    taken.push("first");
    dropSecond();
  });
  const dropSecond = list.add(() => taken.push("second"));
  for (const run of list.takeAll()) run();
  expect(taken).toEqual(["first"]);
});
