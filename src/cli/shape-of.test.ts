import { expect, it } from "vitest";
import { shapeOf } from "./shape-of.ts";

it.each([
  [["ls"], "ls", ""],
  [["verify-tree", "a", "s3://b/c"], "verify-tree", "word s3"],
  [["cp", "-r", "--include=*.tsv", "a", "s3://b/"], "cp", "-r --include word s3"],
  [["ls", "--prefix=s3://secret"], "ls", "--prefix"],
  [["--version"], "other", "--version"],
  [[], "other", "word"],
  [["../../x", "y"], "other", "word word"],
  [["a".repeat(31)], "other", "word"],
  [["con.txt"], "other", "word"],
  [["ls", "-r\ny"], "ls", "-r"],
])("of %j it is %s: %s", (args, command, shape) => {
  expect(shapeOf(args)).toEqual({ command, shape });
});

it("has a bounded shape", () => {
  expect(shapeOf(["ls", ...Array<string>(1000).fill("a")]).shape).toHaveLength(200);
});
