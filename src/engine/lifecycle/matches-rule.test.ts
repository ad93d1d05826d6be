import { expect, test } from "vitest";
import type { LifecycleRule } from "../../core/bucket-settings.ts";
import { matchesRule, rulePrefix } from "./matches-rule.ts";

const kind = { Key: "kind", Value: "scratch" };
const team = { Key: "team", Value: "a" };
const subject = { key: "test/run-1/out.tsv", sizeBytes: 1000, tags: [kind, team] };
const marker = { key: "test/run-1/out.tsv", sizeBytes: 0 };

test.each<[string, Partial<LifecycleRule>, boolean, boolean]>([
  // rule, takes in the object, takes in the delete marker
  ["an empty filter", { Filter: {} }, true, true],
  ["no filter at all", {}, true, true],
  ["a prefix", { Filter: { Prefix: "test/" } }, true, true],
  ["the whole key as prefix", { Filter: { Prefix: subject.key } }, true, true],
  ["another prefix", { Filter: { Prefix: "est/" } }, false, false],
  ["a legacy prefix", { Prefix: "test/" }, true, true],
  ["another legacy prefix", { Prefix: "prod/" }, false, false],
  ["an empty legacy prefix", { Prefix: "" }, true, true],
  ["a tag", { Filter: { Tag: team } }, true, false],
  ["a tag of another value", { Filter: { Tag: { Key: "kind", Value: "kept" } } }, false, false],
  ["a tag of another key", { Filter: { Tag: { Key: "Kind", Value: "scratch" } } }, false, false],
  ["above a smaller size", { Filter: { ObjectSizeGreaterThan: 999 } }, true, false],
  ["above its own size", { Filter: { ObjectSizeGreaterThan: 1000 } }, false, false],
  ["above zero", { Filter: { ObjectSizeGreaterThan: 0 } }, true, false],
  ["below a larger size", { Filter: { ObjectSizeLessThan: 1001 } }, true, true],
  ["below its own size", { Filter: { ObjectSizeLessThan: 1000 } }, false, true],
  ["all of And", { Filter: { And: { Prefix: "test/", Tags: [kind, team] } } }, true, false],
  [
    "one tag of And missing",
    { Filter: { And: { Tags: [kind, { Key: "x", Value: "" }] } } },
    false,
    false,
  ],
  [
    "one bound of And broken",
    { Filter: { And: { Prefix: "test/", ObjectSizeLessThan: 10 } } },
    false,
    true,
  ],
  [
    "both bounds of And",
    { Filter: { And: { ObjectSizeGreaterThan: 9, ObjectSizeLessThan: 1001 } } },
    true,
    false,
  ],
])("%s", (_, rule, object, deleteMarker) => {
  const complete = { Status: "Enabled" as const, ...rule };
  expect(matchesRule(complete, subject)).toBe(object);
  expect(matchesRule(complete, marker)).toBe(deleteMarker);
});

test.each<[Partial<LifecycleRule>, string]>([
  [{ Prefix: "a/" }, "a/"],
  [{ Filter: { Prefix: "b/" } }, "b/"],
  [{ Filter: { And: { Prefix: "c/", ObjectSizeLessThan: 1 } } }, "c/"],
  [{ Filter: { Tag: kind } }, ""],
  [{ Filter: {} }, ""],
])("keys of %j begin with %j", (rule, prefix) => {
  expect(rulePrefix({ Status: "Enabled", ...rule })).toBe(prefix);
});
