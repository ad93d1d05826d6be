import { expect, test } from "vitest";
import type { LifecycleRule } from "../../core/bucket-settings.ts";
import { assertOrder, describeFilter } from "./lifecycle-order.ts";

const base: LifecycleRule = { ID: "r", Status: "Enabled", Filter: { Prefix: "a" } };
const after = (Days: number, StorageClass: string) => ({ Days, StorageClass });
const kept = (NoncurrentDays: number, StorageClass: string) => ({ NoncurrentDays, StorageClass });

function complaint(rule: Partial<LifecycleRule>): string {
  try {
    assertOrder({ ...base, ...rule });
    return "none";
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return `${code}: ${message}`;
  }
}

const filter = "filter '(prefix=a)'";

test.each<[string, Partial<LifecycleRule>]>([
  ["a class after the other", { Transitions: [after(30, "STANDARD_IA"), after(60, "GLACIER")] }],
  ["in any order of words", { Transitions: [after(60, "GLACIER_IR"), after(30, "STANDARD_IA")] }],
  ["90 days between archives", { Transitions: [after(0, "GLACIER"), after(90, "DEEP_ARCHIVE")] }],
  [
    "a day before a class that is no archive",
    {
      Transitions: [after(30, "STANDARD_IA"), after(31, "INTELLIGENT_TIERING")],
    },
  ],
  ["expiration a day later", { Transitions: [after(6, "GLACIER")], Expiration: { Days: 7 } }],
  [
    "noncurrent versions by themselves",
    {
      Transitions: [after(90, "GLACIER")],
      NoncurrentVersionTransitions: [kept(30, "GLACIER")],
      NoncurrentVersionExpiration: { NoncurrentDays: 31 },
    },
  ],
  [
    "delete markers",
    {
      Transitions: [after(90, "GLACIER")],
      Expiration: { ExpiredObjectDeleteMarker: true },
    },
  ],
])("%s is taken", (_, rule) => {
  expect(complaint(rule)).toBe("none");
});

test.each<[string, Partial<LifecycleRule>, string]>([
  [
    "a colder class on the same day",
    { Transitions: [after(1, "DEEP_ARCHIVE"), after(1, "GLACIER")] },
    `InvalidArgument: 'Days' in the Transition action for StorageClass 'DEEP_ARCHIVE' for ${filter} ` +
      `must be greater than 'Days' in the Transition action for StorageClass 'GLACIER' for ${filter}`,
  ],
  [
    "a colder class first",
    { Transitions: [after(30, "GLACIER"), after(90, "STANDARD_IA")] },
    `InvalidArgument: 'Days' in the Transition action for StorageClass 'GLACIER' for ${filter} ` +
      `must be greater than 'Days' in the Transition action for StorageClass 'STANDARD_IA' for ${filter}`,
  ],
  [
    "an archive 29 days after infrequent access, another class between",
    {
      Transitions: [
        after(30, "STANDARD_IA"),
        after(40, "INTELLIGENT_TIERING"),
        after(59, "GLACIER"),
      ],
    },
    `InvalidArgument: 'Days' in the 'Transition' action for StorageClass 'GLACIER' for ${filter} must be ` +
      `30 days more than '${filter}' in the 'Transition' action for StorageClass 'STANDARD_IA'`,
  ],
  [
    "archives 89 days apart, by date",
    {
      Transitions: [
        { Date: "2027-01-01T00:00:00Z", StorageClass: "GLACIER" },
        { Date: "2027-03-31T00:00:00Z", StorageClass: "DEEP_ARCHIVE" },
      ],
    },
    `InvalidArgument: 'Date' in the 'Transition' action for StorageClass 'DEEP_ARCHIVE' for ${filter} ` +
      `must be 90 days more than '${filter}' in the 'Transition' action for StorageClass 'GLACIER'`,
  ],
  [
    "noncurrent versions on the same day",
    { NoncurrentVersionTransitions: [kept(1, "GLACIER"), kept(1, "DEEP_ARCHIVE")] },
    "InvalidArgument: 'NoncurrentDays' in the NoncurrentVersionTransition action for StorageClass " +
      `'DEEP_ARCHIVE' for ${filter} must be greater than 'NoncurrentDays' in the ` +
      `NoncurrentVersionTransition action for StorageClass 'GLACIER' for ${filter}`,
  ],
  [
    "a class twice for noncurrent versions",
    { NoncurrentVersionTransitions: [kept(1, "GLACIER"), kept(2, "GLACIER")] },
    "InvalidRequest: 'StorageClass' must be different for 'NoncurrentVersionTransition' actions in same " +
      `'Rule' with ${filter}`,
  ],
  [
    "expiration on the day of a transition",
    { Transitions: [after(7, "GLACIER")], Expiration: { Days: 7 } },
    `InvalidArgument: 'Days' in the Expiration action for ${filter} must be greater than 'Days' in the ` +
      "Transition action",
  ],
  [
    "expiration on the date of a transition",
    {
      Transitions: [{ Date: "2027-01-01T00:00:00Z", StorageClass: "GLACIER" }],
      Expiration: { Date: "2027-01-01T00:00:00Z" },
    },
    `InvalidArgument: 'Date' in the Expiration action for ${filter} must be greater than 'Date' in the ` +
      "Transition action",
  ],
  [
    "expiration of noncurrent versions before their transition",
    {
      NoncurrentVersionTransitions: [kept(30, "GLACIER")],
      NoncurrentVersionExpiration: { NoncurrentDays: 30 },
    },
    `InvalidArgument: 'NoncurrentDays' in the NoncurrentVersionExpiration action for ${filter} must be ` +
      "greater than 'NoncurrentDays' in the NoncurrentVersionTransition action",
  ],
])("%s is refused", (_, rule, text) => {
  expect(complaint(rule)).toBe(text);
});

const archived = { Key: "archive", Value: "true" };

test.each<[Pick<LifecycleRule, "Filter" | "Prefix">, string]>([
  [{ Filter: {} }, ""],
  [{ Filter: { Prefix: "" } }, "prefix="],
  [{ Prefix: "old/" }, "prefix=old/"],
  [{ Filter: { Tag: archived } }, "tag={key=archive, value=true}"],
  [{ Filter: { ObjectSizeGreaterThan: 500 } }, "objectsizegreaterthan=500"],
  [
    { Filter: { And: { Prefix: "t/", Tags: [archived], ObjectSizeLessThan: 9 } } },
    "prefix=t/ and tag={key=archive, value=true} and objectsizelessthan=9",
  ],
])("a filter is told as AWS tells it: %o", (filtered, text) => {
  const rule: LifecycleRule = { Status: "Enabled", ...filtered };
  expect(describeFilter(rule)).toBe(`filter '(${text})'`);
});
