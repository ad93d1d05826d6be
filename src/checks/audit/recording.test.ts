import { describe, expect, it } from "vitest";
import type { FieldSelector, TrailState } from "../../core/account-services.ts";
import { findRecorder } from "./recording.ts";

const place = { bucket: "lab", partition: "aws" };
const trail = (parts: Partial<TrailState>): TrailState => ({
  name: "main",
  arn: "arn:aws:cloudtrail:us-east-1:111122223333:trail/main",
  isMultiRegion: true,
  isLogging: true,
  logBucket: "logs",
  ...parts,
});
const basic = (readWriteType: "All" | "ReadOnly" | "WriteOnly", ...values: string[]) =>
  trail({
    selectors: [
      {
        readWriteType,
        includeManagementEvents: true,
        dataResources: [{ type: "AWS::S3::Object", values }],
      },
    ],
  });
const advanced = (...fields: FieldSelector[]) =>
  trail({
    advancedSelectors: [
      {
        fields: [
          { field: "eventCategory", equals: ["Data"] },
          { field: "resources.type", equals: ["AWS::S3::Object"] },
          ...fields,
        ],
      },
    ],
  });
const recorded = (one: TrailState): string =>
  (["read", "write"] as const)
    .filter((kind) => findRecorder([one], kind, place) !== undefined)
    .join();

describe("findRecorder", () => {
  it.each([
    ["all of S3", basic("All", "arn:aws:s3"), "read,write"],
    ["every bucket", basic("All", "arn:aws:s3:::"), "read,write"],
    ["the bucket's writes", basic("WriteOnly", "arn:aws:s3:::lab/"), "write"],
    ["the bucket's reads", basic("ReadOnly", "arn:aws:s3:::lab/"), "read"],
    ["one prefix", basic("All", "arn:aws:s3:::lab/runs/"), ""],
    ["a bucket whose name begins so", basic("All", "arn:aws:s3:::lab2/"), ""],
    ["another partition", basic("All", "arn:aws-cn:s3"), ""],
    [
      "functions alone",
      trail({
        selectors: [
          {
            readWriteType: "All",
            includeManagementEvents: true,
            dataResources: [{ type: "AWS::Lambda::Function", values: ["arn:aws:s3"] }],
          },
        ],
      }),
      "",
    ],
    ["a trail that is off", { ...basic("All", "arn:aws:s3"), isLogging: false }, ""],
    ["a trail into the bucket", { ...basic("All", "arn:aws:s3"), logBucket: "lab" }, ""],
    ["advanced: all objects", advanced(), "read,write"],
    ["advanced: writes", advanced({ field: "readOnly", equals: ["false"] }), "write"],
    ["advanced: reads", advanced({ field: "readOnly", equals: ["true"] }), "read"],
    [
      "advanced: the bucket",
      advanced({
        field: "resources.ARN",
        startsWith: ["arn:aws:s3:::other/", "arn:aws:s3:::lab/"],
      }),
      "read,write",
    ],
    [
      "advanced: a prefix",
      advanced({ field: "resources.ARN", startsWith: ["arn:aws:s3:::lab/runs/"] }),
      "",
    ],
    [
      "advanced: one object",
      advanced({ field: "resources.ARN", equals: ["arn:aws:s3:::lab/a"] }),
      "",
    ],
    ["advanced: some endings", advanced({ field: "resources.ARN", endsWith: [".tsv"] }), ""],
    [
      "advanced: all but us",
      advanced({ field: "resources.ARN", notStartsWith: ["arn:aws:s3:::lab/"] }),
      "",
    ],
    [
      "advanced: all but a prefix of ours",
      advanced({ field: "resources.ARN", notStartsWith: ["arn:aws:s3:::lab/tmp/"] }),
      "",
    ],
    [
      "advanced: all but others",
      advanced({ field: "resources.ARN", notStartsWith: ["arn:aws:s3:::logs/"] }),
      "read,write",
    ],
    ["advanced: one operation", advanced({ field: "eventName", equals: ["PutObject"] }), ""],
    ["advanced: all but one caller", advanced({ field: "userIdentity.arn", notEquals: ["x"] }), ""],
    [
      "advanced: management events",
      trail({
        advancedSelectors: [{ fields: [{ field: "eventCategory", equals: ["Management"] }] }],
      }),
      "",
    ],
  ])("knows what a trail of %s records", (_name, one, kinds) => {
    expect(recorded(one)).toBe(kinds);
  });
});
