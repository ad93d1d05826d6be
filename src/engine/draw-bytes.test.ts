import { expect, test } from "vitest";
import { drawBytes } from "./draw-bytes.ts";

test.each([0, 1, 15, 4096, 4097])("%s bytes are drawn", (count) => {
  for (let draw = 0; draw < 1000; draw += 1) expect(drawBytes(count)).toHaveLength(count);
});

test.each([16, 4096, 4097])("no draw of %s bytes repeats another", (count) => {
  const draws = Array.from({ length: 1000 }, () => drawBytes(count));
  const texts = new Set(draws.map((drawn) => drawn.toString("hex")));
  expect(texts.size).toBe(draws.length);
});

test("who writes into what was drawn changes no other draw", () => {
  const [first, second] = [drawBytes(16), drawBytes(16)];
  const before = second.toString("hex");
  first.fill(0);
  expect(second.toString("hex")).toBe(before);
  expect(drawBytes(16).equals(first)).toBe(false);
});
