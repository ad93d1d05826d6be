import { expect, it } from "vitest";
import { Block, Expression, hclValue, writeBlock } from "./write-hcl.ts";

it.each([
  ['a"b', String.raw`"a\"b"`],
  ["${x} $${y} %{if} $ %", '"$${x} $$${y} %%{if} $ %"'],
  ["\\n\n\r\t", String.raw`"\\n\n\r\t"`],
  ["\u0000\u007f\u2028ü😀", String.raw`"\u0000\u007f\u2028ü😀"`],
])("writes %j as one text", (text, written) => {
  expect(hclValue(text)).toBe(written);
});

it("writes plain data and expressions", () => {
  expect(hclValue([])).toBe("[]");
  expect(hclValue({})).toBe("{}");
  expect(hclValue({ "a.b": [1, true, null], c: new Expression("x.y") })).toBe(
    '{\n  "a.b" = [\n    1,\n    true,\n    null,\n  ]\n  "c" = x.y\n}',
  );
});

it("writes blocks, and nothing for what is not there", () => {
  const body = { a: 1, b: undefined, rule: new Block({ c: "d" }, { e: undefined }) };
  expect(writeBlock("resource", ["t", 'x"y'], body)).toBe(
    'resource "t" "x\\"y" {\n  a = 1\n  rule {\n    c = "d"\n  }\n  rule {\n  }\n}\n',
  );
});
