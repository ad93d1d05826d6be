import { describe, expect, it } from "vitest";
import { parsePolicy, parseStoredPolicy } from "./parse.ts";
import { findRepeatedName } from "./repeated-name.ts";

describe("a name twice in one object of a policy", () => {
  it.each([
    ['{"Version": "a", "Statement": [], "Version": "b"}', "Version"],
    ['{"Statement": [{}, {"Effect": "Deny", "Sid": "x", "Effect": "Allow"}]}', "Effect"],
    ['{"Statement": {"Condition": {"Bool": {}, "Null": {}, "Bool": {}}}}', "Bool"],
    ['{"Statement": [{"Condition": {"Bool": {"a:b": "c", "a:b": "d"}}}]}', "a:b"],
    ['{"Statement": [{"Effect": "Deny", "Eff\\u0065ct": "Allow"}]}', "Effect"],
    ['{"Statement": [{"Principal": {"AWS": "1", "AWS": "2"}}]}', "AWS"],
    ['{"Statement": [{"Sid": "Sid"}, {"Sid": "Sid"}], "Id": "Sid"}', undefined],
    ['{"Statement": [{"Condition": {"Bool": {"a:b": 1}, "Null": {"a:b": 1}}}]}', undefined],
    ["{}", undefined],
  ])("%s: %s", (text, name) => {
    expect(findRepeatedName(text)).toBe(name);
  });

  it("is refused when the policy is put, for the first of them would get lost", () => {
    const open = '"Bool": {"aws:SecureTransport": "true"}';
    const text = `{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
      "Resource": "arn:aws:s3:::data/*",
      "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, "Condition": {${open}}}}`;
    expect(() => parsePolicy(text, { bucket: "data" })).toThrow("Invalid policy syntax.");
    expect(parseStoredPolicy(text, "data").policy.statements[0]?.conditions).toHaveLength(1);
  });

  it("is looked for no deeper than names stand, however deep a hostile text goes", () => {
    const deep = `{"Statement":${"[".repeat(200_000)}${"]".repeat(200_000)}}`;
    expect(findRepeatedName(deep)).toBeUndefined();
  });
});
