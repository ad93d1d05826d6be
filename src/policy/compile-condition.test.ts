import { describe, expect, it } from "vitest";
import { compileCondition } from "./compile-condition.ts";
import { parseOperator } from "./condition-operators.ts";

function holds(operator: string, values: string[], actual: string[] | undefined): boolean {
  const options = { variables: true, effect: "Allow" } as const;
  const lookup = (key: string) => (key === "k:key" ? actual : undefined);
  return compileCondition({ operator, key: "k:Key", values }, options).holds(lookup);
}

describe("operators on one value", () => {
  it.each([
    ["StringEquals", "a", "a", true],
    ["StringEquals", "a", "A", false],
    ["StringEquals", "a*", "ab", false],
    ["StringEquals", "a*", "a*", true],
    ["StringNotEquals", "a", "b", true],
    ["StringEqualsIgnoreCase", "aB", "Ab", true],
    ["StringNotEqualsIgnoreCase", "aB", "Ab", false],
    ["StringLike", "t?st/*", "test/x/y", true],
    ["StringNotLike", "t?st/*", "test/x/y", false],
    ["NumericEquals", "10", "10.0", true],
    ["NumericNotEquals", "10", "11", true],
    ["NumericLessThan", "10", "9", true],
    ["NumericLessThanEquals", "10", "10", true],
    ["NumericGreaterThan", "10", "10", false],
    ["NumericGreaterThanEquals", "10", "10", true],
    ["NumericLessThan", "10", "ten", false],
    ["DateLessThan", "2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z", true],
    ["DateGreaterThan", "1767225600", "2026-01-01T00:00:01Z", true],
    ["DateEquals", "1767225600", "2026-01-01T00:00:00Z", true],
    ["DateNotEquals", "1767225600", "2026-01-01T00:00:00Z", false],
    ["DateLessThanEquals", "2026-01-01", "2026-01-01T00:00:00Z", true],
    ["DateGreaterThanEquals", "2026-01-01", "2025-12-31T00:00:00Z", false],
    ["Bool", "True", "true", true],
    ["Bool", "false", "true", false],
    ["BinaryEquals", "QUI=", "QUI=", true],
    ["IpAddress", "203.0.113.0/24", "203.0.113.9", true],
    ["IpAddress", "203.0.113.0/24", "203.0.114.9", false],
    ["IpAddress", "203.0.113.9", "203.0.113.9", true],
    ["IpAddress", "203.0.113.0/24", "::ffff:203.0.113.9", true],
    ["IpAddress", "2001:db8::/32", "2001:db8:1::5", true],
    ["IpAddress", "2001:db8::/32", "203.0.113.9", false],
    ["IpAddress", "not an address", "203.0.113.9", false],
    ["NotIpAddress", "not an address", "203.0.113.9", true],
    ["NumericLessThan", "ten", "9", false],
    ["DateLessThan", "2026-01-02T00:00:00", "2026-01-01T00:00:00Z", false],
    ["StringEquals", "${k:key}", "a", true],
    ["Bool", "${k:key}", "true", true],
    ["Bool", "${k:absent}", "true", false],
    ["NotIpAddress", "203.0.113.0/24", "203.0.114.9", true],
    ["ArnLike", "arn:aws:iam::1:role/*", "arn:aws:iam::1:role/a/b", true],
    ["ArnEquals", "arn:aws:iam::1:role/*", "arn:aws:iam::1:role/a/b", true],
    ["ArnNotLike", "arn:aws:iam::1:role/*", "arn:aws:iam::1:role/a/b", false],
    ["ArnNotEquals", "arn:aws:iam::1:role/*", "arn:aws:iam::2:role/a", true],
  ])("%s [%s] against %s: %s", (operator, wanted, actual, expected) => {
    expect(holds(operator, [wanted], [actual])).toBe(expected);
  });

  it("values are OR-ed, those of a negated operator NOR-ed", () => {
    expect(holds("StringEquals", ["a", "b"], ["b"])).toBe(true);
    expect(holds("StringNotEquals", ["a", "b"], ["b"])).toBe(false);
    expect(holds("StringNotEquals", ["a", "b"], ["c"])).toBe(true);
  });
});

describe("a key that the request does not carry", () => {
  it.each([
    ["StringEquals", false],
    ["StringNotEquals", true],
    ["ArnNotLike", true],
    ["NotIpAddress", true],
    ["Bool", false],
    ["StringEqualsIfExists", true],
    ["StringNotEqualsIfExists", true],
    ["ForAllValues:StringEquals", true],
    ["ForAnyValue:StringEquals", false],
    ["ForAnyValue:StringNotEquals", false],
    ["ForAnyValue:StringEqualsIfExists", true],
    ["ForAllValues:StringNotEquals", true],
    ["NumericNotEquals", true],
    ["DateNotEquals", true],
    ["StringNotLike", true],
    ["StringNotEqualsIgnoreCase", true],
    ["ArnNotEquals", true],
    ["NumericLessThan", false],
    ["BoolIfExists", true],
  ])("%s: %s", (operator, expected) => {
    expect(holds(operator, ["a"], undefined)).toBe(expected);
  });

  it("Null asks for just that", () => {
    expect(holds("Null", ["true"], undefined)).toBe(true);
    expect(holds("Null", ["true"], ["a"])).toBe(false);
    expect(holds("Null", ["false"], ["a"])).toBe(true);
  });
});

describe("sets", () => {
  it.each([
    ["StringEquals", ["a"], ["b", "a"], true],
    ["StringNotEquals", ["a"], ["b", "a"], false],
    ["StringNotEquals", ["a"], ["b", "c"], true],
    ["StringNotLike", ["a*"], ["b", "ab"], false],
    ["ForAllValues:StringEquals", ["a"], [], true],
    ["ForAnyValue:StringEquals", ["a"], [], false],
    ["ForAllValues:StringNotEquals", ["a"], [], true],
    ["ForAnyValue:StringNotEquals", ["a"], [], false],
    ["ForAllValues:StringLike", ["a*", "b?"], ["ab", "bc"], true],
    ["ForAllValues:StringLike", ["a*", "b?"], ["ab", "c"], false],
    ["ForAnyValue:StringNotLike", ["a*"], ["ab", "ac"], false],
    ["ForAllValues:StringEqualsIfExists", ["a"], ["b"], false],
    ["ForAllValues:StringEquals", ["${k:absent}"], ["a"], false],
    ["ForAllValues:StringNotEquals", ["${k:absent}"], ["a"], true],
    ["StringEquals", ["${k:absent}", "a"], ["a"], true],
    ["StringNotEquals", ["${k:absent}", "a"], ["a"], false],
    ["StringNotEquals", ["${k:absent}", "a"], ["b"], true],
    ["ForAllValues:StringEquals", ["a", "b"], ["a"], true],
    ["ForAllValues:StringEquals", ["a", "b"], ["a", "c"], false],
    ["ForAnyValue:StringEquals", ["a", "b"], ["c", "a"], true],
    ["ForAnyValue:StringEquals", ["a", "b"], ["c"], false],
    ["ForAllValues:StringNotEquals", ["a"], ["b", "c"], true],
    ["ForAllValues:StringNotEquals", ["a"], ["a", "c"], false],
    ["ForAnyValue:StringNotEquals", ["a"], ["a", "c"], true],
  ])("%s %j against %j: %s", (operator, wanted, actual, expected) => {
    expect(holds(operator, wanted, actual)).toBe(expected);
  });
});

it("what an unknown operator says is taken against the caller", () => {
  const clause = { operator: "StringMatches", key: "k:key", values: ["a"] };
  const compiled = (effect: "Allow" | "Deny") =>
    compileCondition(clause, { variables: true, effect });
  expect(compiled("Allow").holds(() => ["a"])).toBe(false);
  expect(compiled("Deny").holds(() => ["a"])).toBe(true);
});

it.each(["StringMatch", "NullIfExists", "ForAllValues:Null", "ForSome:StringEquals", ""])(
  "%j is no operator",
  (operator) => {
    expect(parseOperator(operator)).toBeUndefined();
  },
);
