import { describe, expect, test } from "vitest";
import type { LifecycleFilter, LifecycleRule, Tag } from "../../core/bucket-settings.ts";
import { assertLifecycle } from "./lifecycle-rules.ts";

const base: LifecycleRule = {
  ID: "r",
  Status: "Enabled",
  Filter: { Prefix: "test/" },
  Expiration: { Days: 7 },
};

function check(...rules: readonly LifecycleRule[]): void {
  assertLifecycle({ Rules: rules });
}

function filtered(Filter: LifecycleFilter): LifecycleRule {
  return { ...base, Filter };
}

function tag(Key: string): Tag {
  return { Key, Value: "v" };
}

function without(field: keyof LifecycleRule): LifecycleRule {
  const { [field]: _, ...rest } = base;
  return rest as LifecycleRule;
}

test.each<[string, LifecycleRule]>([
  ["a filter", base],
  ["the legacy prefix", { ...without("Filter"), Prefix: "" }],
  ["an empty filter", { ...base, Filter: {} }],
  ["a date at midnight", { ...base, Expiration: { Date: "2026-12-01T00:00:00.000Z" } }],
  ["delete markers", { ...base, Expiration: { ExpiredObjectDeleteMarker: true } }],
  ["days, and no marker", { ...base, Expiration: { Days: 1, ExpiredObjectDeleteMarker: false } }],
  [
    "uploads alone",
    { ...without("Expiration"), AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
  ],
  [
    "noncurrent versions, some kept",
    { ...base, NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 100 } },
  ],
  [
    "everything in And",
    {
      ...base,
      Filter: {
        And: { Prefix: "a", Tags: [{ Key: "k", Value: "v" }], ObjectSizeGreaterThan: 1 },
      },
    },
  ],
  ["two tags in And", filtered({ And: { Tags: [tag("a"), tag("b")] } })],
  ["a size, and the prefix of all", filtered({ And: { Prefix: "", ObjectSizeLessThan: 1 } })],
  ["sizes that are one", filtered({ And: { ObjectSizeGreaterThan: 0, ObjectSizeLessThan: 1 } })],
  ["a transition on day 0", { ...base, Transitions: [{ Days: 0, StorageClass: "GLACIER" }] }],
])("%s is taken", (_, rule) => {
  expect(() => check(rule)).not.toThrow();
});

describe.each<[string, string, LifecycleRule[]]>([
  ["an And of nothing", "MalformedXML", [filtered({ And: {} })]],
  ["an And of a prefix", "MalformedXML", [filtered({ And: { Prefix: "a" } })]],
  ["an And of a size", "MalformedXML", [filtered({ And: { ObjectSizeGreaterThan: 1 } })]],
  ["an And of a tag", "MalformedXML", [filtered({ And: { Tags: [tag("a")] } })]],
  ["less than nothing", "InvalidRequest", [filtered({ ObjectSizeLessThan: 0 })]],
  ["more than less than nothing", "InvalidRequest", [filtered({ ObjectSizeGreaterThan: -1 })]],
  ["more than there can be", "InvalidRequest", [filtered({ ObjectSizeGreaterThan: 2 ** 50 })]],
  [
    "sizes that none has",
    "InvalidRequest",
    [filtered({ And: { ObjectSizeGreaterThan: 50, ObjectSizeLessThan: 50 } })],
  ],
  ["no rules", "MalformedXML", []],
  ["neither filter nor prefix", "MalformedXML", [without("Filter")]],
  ["filter and prefix", "MalformedXML", [{ ...base, Prefix: "a" }]],
  [
    "two parts beside each other",
    "MalformedXML",
    [{ ...base, Filter: { Prefix: "a", ObjectSizeLessThan: 5 } }],
  ],
  [
    "And and a size",
    "MalformedXML",
    [{ ...base, Filter: { And: { Prefix: "a" }, ObjectSizeLessThan: 5 } }],
  ],
  ["an empty expiration", "MalformedXML", [{ ...base, Expiration: {} }]],
  [
    "days and delete markers",
    "MalformedXML",
    [{ ...base, Expiration: { Days: 1, ExpiredObjectDeleteMarker: true } }],
  ],
  [
    "noncurrent expiration without days",
    "MalformedXML",
    [{ ...base, NoncurrentVersionExpiration: { NewerNoncurrentVersions: 3 } }],
  ],
  ["no action", "InvalidRequest", [without("Expiration")]],
  [
    "a tag twice",
    "InvalidRequest",
    [
      {
        ...base,
        Filter: {
          And: {
            Tags: [
              { Key: "k", Value: "1" },
              { Key: "k", Value: "2" },
            ],
          },
        },
      },
    ],
  ],
  [
    "uploads by tag",
    "InvalidRequest",
    [
      {
        ...base,
        Filter: { Tag: { Key: "k", Value: "v" } },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
      },
    ],
  ],
  [
    "uploads by size",
    "InvalidRequest",
    [
      {
        ...base,
        Filter: { ObjectSizeGreaterThan: 5 },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
      },
    ],
  ],
  ["too many rules", "InvalidRequest", Array.from({ length: 1001 }, () => without("ID"))],
  ["an ID twice", "InvalidArgument", [base, base]],
  ["a long ID", "InvalidArgument", [{ ...base, ID: "x".repeat(256) }]],
  ["day 0", "InvalidArgument", [{ ...base, Expiration: { Days: 0 } }]],
  ["half a day", "InvalidArgument", [{ ...base, Expiration: { Days: 0.5 } }]],
  [
    "a date at noon",
    "InvalidArgument",
    [{ ...base, Expiration: { Date: "2026-12-01T12:00:00Z" } }],
  ],
  [
    "101 kept versions",
    "InvalidArgument",
    [
      {
        ...base,
        NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 101 },
      },
    ],
  ],
  [
    "infrequent access too early",
    "InvalidArgument",
    [{ ...without("Expiration"), Transitions: [{ Days: 29, StorageClass: "STANDARD_IA" }] }],
  ],
  [
    "transition after expiration",
    "InvalidArgument",
    [{ ...base, Transitions: [{ Days: 7, StorageClass: "GLACIER" }] }],
  ],
  [
    "transitions by days and by date",
    "InvalidRequest",
    [
      {
        ...without("Expiration"),
        Transitions: [
          { Days: 40, StorageClass: "GLACIER" },
          { Date: "2027-01-01T00:00:00Z", StorageClass: "DEEP_ARCHIVE" },
        ],
      },
    ],
  ],
  [
    "a transition by days before an expiration by date",
    "InvalidRequest",
    [
      {
        ...base,
        Expiration: { Date: "2027-01-01T00:00:00Z" },
        Transitions: [{ Days: 1, StorageClass: "GLACIER" }],
      },
    ],
  ],
  [
    "a class twice",
    "InvalidRequest",
    [
      {
        ...without("Expiration"),
        Transitions: [
          { Days: 1, StorageClass: "GLACIER" },
          { Days: 2, StorageClass: "GLACIER" },
        ],
      },
    ],
  ],
  [
    "an unknown class",
    "MalformedXML",
    [{ ...base, Transitions: [{ Days: 1, StorageClass: "ICE" }] }],
  ],
])("%s", (_, code, rules) => {
  test(`is ${code}`, () => {
    expect(() => check(...rules)).toThrow(expect.objectContaining({ code, status: 400 }));
  });
});
