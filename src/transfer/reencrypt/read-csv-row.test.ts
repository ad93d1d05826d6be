import { expect, it } from "vitest";
import { readCsvRow } from "./read-csv-row.ts";

it.each([
  ["a,b", ["a", "b"]],
  ['"a","b"', ["a", "b"]],
  ['"a,""b""",c', ['a,"b"', "c"]],
  [",", ["", ""]],
  ['"",x', ["", "x"]],
  ["a", ["a"]],
])("reads %s", (line, fields) => {
  expect(readCsvRow(line, 8)).toEqual(fields);
});

it.each(['"a', '"a"b,c', "1,2,3,4,5,6,7,8,9"])("refuses %s", (line) => {
  expect(readCsvRow(line, 8)).toBeUndefined();
});
