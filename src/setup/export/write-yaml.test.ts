import { expect, it } from "vitest";
import { parse } from "yaml";
import { Tagged, writeYaml } from "./write-yaml.ts";

const hostile = [
  "yes",
  "007",
  "2026-11-27",
  "null",
  "- a: b",
  'a"b\\c\n--- \n!!python/object:x # no',
  "\u0007\u007f\u0085\u2028\ufeffü😀",
  "${AWS::Region}",
  "",
];

it("is read back as it was written, whatever the texts are", () => {
  const value = {
    Name: hostile,
    Null: { "aws:x": "1", yes: true, "a: b": [[1, 2], [], {}, { Deep: ["x"] }] },
    Number: 7,
  };
  expect(parse(writeYaml(value), { version: "1.2" })).toEqual(value);
  expect(parse(writeYaml(value), { version: "1.1" })).toEqual(value);
});

it("leaves out what is not there, and writes tags", () => {
  const value = {
    A: undefined,
    B: new Tagged("!Sub", 'arn:${AWS::Partition}:"x"'),
    C: [new Tagged("!Ref", "D")],
  };
  expect(writeYaml(value)).toBe('B: !Sub "arn:${AWS::Partition}:\\"x\\""\nC:\n  - !Ref "D"\n');
});
