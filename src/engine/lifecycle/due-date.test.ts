import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LifecycleRule } from "../../core/bucket-settings.ts";
import {
  abortOf,
  expirationOf,
  markerRemovalOf,
  noncurrentExpirationOf,
  realDayMs,
} from "./due-date.ts";

const object = {
  key: "test/out.tsv",
  sizeBytes: 1000,
  lastModified: new Date("2026-03-01T10:30:00Z"),
};
const marker = { key: "test/out.tsv", sizeBytes: 0, lastModified: object.lastModified };

function rule(parts: Partial<LifecycleRule>): LifecycleRule {
  return { Status: "Enabled", Filter: {}, ...parts };
}

function told(due: { readonly at: number; readonly ruleId: string } | undefined) {
  return due && `${new Date(due.at).toISOString().slice(0, 10)} ${due.ruleId}`;
}

const days = (count: number, ID = "days") => rule({ ID, Expiration: { Days: count } });
const date = (text: string, ID = "date") =>
  rule({ ID, Expiration: { Date: `${text}T00:00:00.000Z` } });
const lone = rule({ ID: "lone", Expiration: { ExpiredObjectDeleteMarker: true } });
const elsewhere = { Filter: { Prefix: "prod/" } };

const old = (newerNoncurrent: number) => ({
  ...object,
  noncurrentSince: new Date("2026-05-01T10:30:00Z"),
  newerNoncurrent,
});

const after = (NoncurrentDays: number, NewerNoncurrentVersions?: number, ID = "old") =>
  rule({
    ID,
    NoncurrentVersionExpiration: {
      NoncurrentDays,
      ...(NewerNoncurrentVersions !== undefined && { NewerNoncurrentVersions }),
    },
  });

const abort = (DaysAfterInitiation: number, parts: Partial<LifecycleRule> = {}) =>
  rule({ ID: "abort", AbortIncompleteMultipartUpload: { DaysAfterInitiation }, ...parts });

describe("a current version", () => {
  test.each<[string, readonly LifecycleRule[], string | undefined]>([
    ["days end at the next midnight", [days(1)], "2026-03-03 days"],
    ["several days", [days(30)], "2026-04-01 days"],
    ["a date", [date("2026-04-01")], "2026-04-01 date"],
    ["a date before its creation", [date("2020-01-01")], "2020-01-01 date"],
    ["the earlier of two", [days(9, "late"), days(2, "early")], "2026-03-04 early"],
    ["the first of two equal ones", [days(2, "one"), days(2, "two")], "2026-03-04 one"],
    ["a date before days", [days(9), date("2026-03-02")], "2026-03-02 date"],
    ["a disabled rule", [{ ...days(1), Status: "Disabled" }, days(5)], "2026-03-07 days"],
    ["another prefix", [{ ...days(1), ...elsewhere }], undefined],
    ["rules for delete markers", [lone], undefined],
    [
      "rules for old versions",
      [rule({ NoncurrentVersionExpiration: { NoncurrentDays: 1 } })],
      undefined,
    ],
    ["transitions", [rule({ Transitions: [{ Days: 0, StorageClass: "GLACIER" }] })], undefined],
    ["no rules", [], undefined],
  ])("%s", (_, rules, expected) => {
    expect(told(expirationOf(rules, object))).toBe(expected);
  });

  test("made at midnight, it is not given a further day", () => {
    const midnight = { ...object, lastModified: new Date("2026-03-01T00:00:00Z") };
    expect(told(expirationOf([days(1)], midnight))).toBe("2026-03-02 days");
  });

  test("always lives its days, and less than one more", () => {
    const moments = fc.date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(
        moments,
        fc.integer({ min: 1, max: 9999 }),
        fc.constantFrom(realDayMs, 10_000),
        (lastModified, count, dayMs) => {
          const due = expirationOf([days(count)], { ...object, lastModified }, dayMs);
          const lived = (due?.at ?? 0) - lastModified.getTime();
          expect(lived).toBeGreaterThanOrEqual(count * dayMs);
          expect(lived).toBeLessThan((count + 1) * dayMs);
          expect((due?.at ?? 1) % dayMs).toBe(0);
        },
      ),
    );
  });
});

describe("a delete marker without other versions", () => {
  test.each<[string, readonly LifecycleRule[], string | undefined]>([
    ["goes at once when asked for", [lone], "2026-03-01 lone"],
    ["goes when old enough", [days(3)], "2026-03-05 days"],
    ["goes from the date on", [date("2026-04-01")], "2026-04-01 date"],
    ["goes at once, whatever days say", [days(3), lone], "2026-03-01 lone"],
    [
      "stays: false asks for nothing",
      [rule({ Expiration: { ExpiredObjectDeleteMarker: false } })],
      undefined,
    ],
    ["stays: other prefix", [{ ...lone, ...elsewhere }], undefined],
    ["stays: disabled", [{ ...lone, Status: "Disabled" }], undefined],
    [
      "stays: it has no tags",
      [{ ...days(3), Filter: { Tag: { Key: "a", Value: "b" } } }],
      undefined,
    ],
  ])("%s", (_, rules, expected) => {
    expect(told(markerRemovalOf(rules, marker))).toBe(expected);
  });
});

describe("a noncurrent version", () => {
  test.each<[string, readonly LifecycleRule[], number, string | undefined]>([
    ["counts from its successor", [after(3)], 0, "2026-05-05 old"],
    ["is kept among the newest", [after(3, 2)], 1, undefined],
    ["goes behind the newest", [after(3, 2)], 2, "2026-05-05 old"],
    ["goes by the rule that keeps fewer", [after(1, 2), after(30, 1, "few")], 1, "2026-06-01 few"],
    ["goes by the earlier rule", [after(30), after(3, 2, "many")], 2, "2026-05-05 many"],
    ["is no matter of Expiration", [days(1), date("2020-01-01")], 9, undefined],
    ["stays: disabled", [{ ...after(1), Status: "Disabled" }], 0, undefined],
    ["stays: too small", [{ ...after(1), Filter: { ObjectSizeGreaterThan: 1000 } }], 0, undefined],
  ])("%s", (_, rules, newer, expected) => {
    expect(told(noncurrentExpirationOf(rules, old(newer)))).toBe(expected);
  });
});

describe("an open upload", () => {
  const upload = { key: "test/big", initiatedAt: new Date("2026-03-01T10:30:00Z") };

  test.each<[string, readonly LifecycleRule[], string | undefined]>([
    ["counts from its start", [abort(7)], "2026-03-09 abort"],
    ["goes by the earlier rule", [abort(7), abort(1)], "2026-03-03 abort"],
    ["stays: other prefix", [abort(1, elsewhere)], undefined],
    ["stays: disabled", [abort(1, { Status: "Disabled" })], undefined],
    ["is no matter of Expiration", [days(1)], undefined],
  ])("%s", (_, rules, expected) => {
    expect(told(abortOf(rules, upload))).toBe(expected);
  });
});
