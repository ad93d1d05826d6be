import { expect, test } from "vitest";
import type { LifecycleRule } from "../../core/bucket-settings.ts";
import { expirationHeader } from "./expiration.ts";

const object = {
  key: "test/run-1/out.tsv",
  sizeBytes: 1000,
  lastModified: new Date("2026-03-01T10:30:00Z"),
  tags: [{ Key: "kind", Value: "scratch" }],
};

function expiration(...rules: readonly Partial<LifecycleRule>[]): string | undefined {
  const complete = rules.map((rule) => ({
    ID: "r",
    Status: "Enabled" as const,
    Filter: {},
    Expiration: { Days: 3 },
    ...rule,
  }));
  return expirationHeader({ Rules: complete }, object);
}

test("days count from creation and end at the next midnight UTC", () => {
  expect(expiration({ ID: "clean up" })).toBe(
    'expiry-date="Thu, 05 Mar 2026 00:00:00 GMT", rule-id="clean%20up"',
  );
});

test("an object made at midnight is not given a further day", () => {
  const midnight = { ...object, lastModified: new Date("2026-03-01T00:00:00Z") };
  const lifecycle = { Rules: [{ Status: "Enabled" as const, Expiration: { Days: 1 } }] };
  expect(expirationHeader(lifecycle, midnight)).toContain("Mon, 02 Mar 2026 00:00:00 GMT");
});

test("the earliest of several rules is told", () => {
  const early = { ID: "date", Expiration: { Date: "2026-03-02T00:00:00.000Z" } };
  expect(expiration({}, early, { ID: "late", Expiration: { Days: 30 } })).toContain(
    'rule-id="date"',
  );
});

test.each<[string, Partial<LifecycleRule>]>([
  ["disabled", { Status: "Disabled" }],
  ["other prefix", { Filter: { Prefix: "prod/" } }],
  ["other legacy prefix", { Prefix: "prod/" }],
  ["other tag", { Filter: { Tag: { Key: "kind", Value: "kept" } } }],
  ["too small", { Filter: { ObjectSizeGreaterThan: 1000 } }],
  ["too large", { Filter: { ObjectSizeLessThan: 1000 } }],
  ["one of And fails", { Filter: { And: { Prefix: "test/", ObjectSizeLessThan: 10 } } }],
  ["only noncurrent versions", { Expiration: { ExpiredObjectDeleteMarker: true } }],
])("no header: %s", (_, rule) => {
  expect(expiration(rule)).toBeUndefined();
});

test("And needs all its parts", () => {
  const And = { Prefix: "test/", Tags: object.tags, ObjectSizeGreaterThan: 999 };
  expect(expiration({ Filter: { And } })).toBeDefined();
});
