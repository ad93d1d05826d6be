import { beforeEach, expect, test } from "vitest";
import { memoryLimits } from "../core/memory-limits.ts";
import { giveMemory, takeMemory } from "../core/spare-memory.ts";
import { KeptAnswers } from "./kept-answers.ts";

let change: number;
let made: string[];
let kept: KeptAnswers;

beforeEach(() => {
  change = 1;
  made = [];
  kept = new KeptAnswers(() => change);
  ask("first after the change");
});

function ask(name: string, bytes = Buffer.from(name)): string {
  const answer = kept.answer(name, () => {
    made.push(name);
    return new Uint8Array(bytes);
  });
  return Buffer.from(answer).toString();
}

test("an answer is made once while nothing changes", () => {
  expect([ask("a"), ask("b"), ask("a"), ask("b")]).toEqual(["a", "b", "a", "b"]);
  expect(made).toEqual(["first after the change", "a", "b"]);
});

test("any change has all be made again", () => {
  ask("a");
  ask("b");
  change = 2;
  ask("a");
  ask("b");
  expect(made).toEqual(["first after the change", "a", "b", "a", "b"]);
});

test("what is asked for first after a change is not kept", () => {
  for (change = 2; change < 5; change += 1) ask("a");
  change = 2;
  ask("a");
  expect(made.filter((name) => name === "a")).toHaveLength(4);
});

test("an answer that shows a later state than was asked is not given again", () => {
  const answer = kept.answer("a", () => {
    change = 2;
    return Buffer.from("of the second change");
  });
  expect(Buffer.from(answer).toString()).toBe("of the second change");
  ask("a");
  expect(made).toEqual(["first after the change", "a"]);
});

test("no more is kept than there is room for, and what is kept stays", () => {
  const large = new Uint8Array(memoryLimits.keptAnswerBytes / 2);
  for (const name of ["a", "b", "a", "b", "c", "c"]) ask(name, Buffer.from(large));
  expect(made).toEqual(["first after the change", "a", "b", "b", "c", "c"]);
});

test("memory of a kept answer is not used for another, though who has sent it gives it back", () => {
  const memory = takeMemory(memoryLimits.leastSpareBytes);
  const make = (): Uint8Array => new Uint8Array(memory).fill(1);
  giveMemory(kept.answer("a", make).buffer);
  new Uint8Array(takeMemory(memoryLimits.leastSpareBytes)).fill(2);
  expect(kept.answer("a", make)[0]).toBe(1);
});
