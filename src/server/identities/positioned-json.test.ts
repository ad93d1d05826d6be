import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  JsonSyntaxError,
  positionOf,
  readPositionedJson,
  type JsonNode,
} from "./positioned-json.ts";

function plain(node: JsonNode): unknown {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "array") return node.items.map(plain);
  return Object.fromEntries([...node.entries].map(([name, value]) => [name, plain(value)]));
}

test("reads what JSON.parse reads, to the same value", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), fc.constantFrom(0, 2), (text, indent) => {
      const value: unknown = JSON.parse(text);
      expect(plain(readPositionedJson(JSON.stringify(value, null, indent)))).toEqual(value);
    }),
  );
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test("refuses what JSON.parse refuses", () => {
  fc.assert(
    fc.property(
      fc.json({ maxDepth: 3 }),
      fc.nat(),
      fc.constantFrom("", ",", "}", '"', "x"),
      (text, where, noise) => {
        const cut = where % (text.length + 1);
        const broken = text.slice(0, cut) + noise + text.slice(cut + 1);
        fc.pre(!isJson(broken));
        expect(() => readPositionedJson(broken)).toThrow(JsonSyntaxError);
      },
    ),
  );
});

test.each([
  ['{\n  "a": 1,\n  "a": 2\n}', 3, 3],
  ['{"a": tru}', 1, 7],
  ['{"a": 1', 1, 8],
  ["[1 2]", 1, 4],
  ["{} {}", 1, 4],
  ["", 1, 1],
  ['["\\q"]', 1, 2],
  ["{1: 2}", 1, 2],
])("%j fails at line %i, column %i", (text, line, column) => {
  let caught: unknown;
  try {
    readPositionedJson(text);
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeInstanceOf(JsonSyntaxError);
  expect(positionOf(text, (caught as JsonSyntaxError).offset)).toEqual({ line, column });
});

test("a bottomless document is refused, not followed", () => {
  expect(() => readPositionedJson("[".repeat(100_000))).toThrow(/nested deeper/);
});
