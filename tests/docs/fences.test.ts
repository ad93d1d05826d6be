import { expect, it } from "vitest";
import { findFences } from "./fences.ts";

const page = [
  "A line of `code` and ```three marks``` in it.",
  "```ts",
  "one();",
  "```",
  "- a list",
  "  ```sh",
  "  two",
  "  ```",
  "> ~~~json",
  "> {}",
  "> ~~~",
  "````md",
  "```",
  "````",
  "```js title=three",
  "three();",
];

it("every block of a page is found, wherever and however it stands", () => {
  const found = findFences("a.md", page.join("\n"));
  expect(found.map(({ line, language, text }) => [line, language, text])).toEqual([
    [2, "ts", "one();"],
    [6, "sh", "two"],
    [9, "json", "{}"],
    [12, "md", "```"],
    [15, "js title=three", "three();"],
  ]);
});
