import { describe, expect, test } from "vitest";
import { isStorageError, type StorageError } from "../../core/errors.ts";
import { faultNames, kindOf } from "./fault-kinds.ts";
import { parseFaultSettings } from "./parse-fault-rules.ts";

const parse = (rule: unknown) => parseFaultSettings([rule], "world.json: faults").rules[0];

test("rules come back as they were written", () => {
  const rule = {
    fault: "latency",
    operations: ["PutObject", "UploadPart"],
    bucket: "sims",
    prefix: "runs/",
    rate: 0.25,
    count: 3,
    skip: 1,
    ms: 20,
  };
  expect(parse(rule)).toEqual(rule);
  expect(parse({ fault: "throttled-control-plane", operations: "sts", perSecond: 0.5 })).toEqual({
    fault: "throttled-control-plane",
    operations: ["sts"],
    perSecond: 0.5,
  });
  const settings = { rules: [{ fault: "slow-down" }], seed: 7, byHeader: false };
  expect(parseFaultSettings(settings, "x")).toEqual(settings);
});

test("every fault can be asked for by its name alone", () => {
  for (const fault of faultNames) {
    expect(parse({ fault })).toEqual({ fault });
    expect(kindOf(fault).what).not.toBe("");
  }
});

function refusalOf(rule: unknown): StorageError {
  try {
    parse(rule);
  } catch (error) {
    if (isStorageError(error)) return error;
  }
  throw new Error("The rule was taken.");
}

describe("what could never be meant is refused, with what is allowed", () => {
  test.each([
    [
      { fault: "slowdown" },
      "rule 1 asks for slowdown, which is no fault.",
      "Did you mean slow-down?",
    ],
    [{}, "rule 1 asks for nothing, which is no fault.", "Use one of: slow-down, "],
    ["slow-down", "rule 1 is no object.", ""],
    [
      { fault: "slow-down", operations: ["PutObjekt"] },
      "rule 1 names PutObjekt, which is no operation.",
      "Did you mean PutObject?",
    ],
    [
      { fault: "refusal", code: "NotSignUp" },
      "rule 1 has the code NotSignUp, which is none of S3's.",
      "Did you mean NotSignedUp?",
    ],
    [
      { fault: "slow-down", code: "SlowDown" },
      "rule 1 (slow-down) has code, which it does not know.",
      "Use one of: ",
    ],
    [
      { fault: "slow-down", operations: ["readyz"] },
      "rule 1 would strike readyz; health checks and the administrator's port are never struck.",
      "",
    ],
    [
      { fault: "stale-read", operations: ["PutObject"] },
      "rule 1 cannot strike PutObject: stale-read is for GetObject and HeadObject.",
      "",
    ],
    [
      { fault: "operation-aborted", operations: ["GetObject"] },
      "rule 1 cannot strike GetObject: operation-aborted is for calls that change a bucket or its settings.",
      "",
    ],
    [
      { fault: "torn-answer", operations: ["HeadObject"] },
      "rule 1 cannot strike HeadObject: torn-answer is for GET calls of S3.",
      "",
    ],
    [
      { fault: "slow-down", operations: ["ListBuckets"], prefix: "runs/" },
      "rule 1 has a prefix of keys, and ListBuckets has no key.",
      "",
    ],
    [
      { fault: "slow-down", ms: 5 },
      "rule 1 (slow-down) has ms, which it does not know.",
      "Use one of: fault, operations, bucket, prefix, rate, count, skip.",
    ],
    [{ fault: "slow-down", rate: 2 }, "rule 1 has rate 2, which must be a number from 0 to 1.", ""],
    [
      { fault: "slow-down", count: 0 },
      "rule 1 has count 0, which must be a whole number from 1 up.",
      "",
    ],
    [
      { fault: "latency", ms: "long" },
      "rule 1 has ms long, which must be a whole number from 0 to 300000.",
      "",
    ],
    [
      { fault: "slow-down", operations: [] },
      "rule 1 has an empty list of operations; leave it out for all.",
      "",
    ],
    [{ fault: "slow-down", bucket: 7 }, "rule 1 has a bucket that is no text.", ""],
  ])("%j", (rule, message, remedy) => {
    const refusal = refusalOf(rule);
    expect(refusal.code).toBe("ConfigurationError");
    expect(refusal.message).toBe(`world.json: faults: ${message}`);
    expect(refusal.remedy ?? "").toContain(remedy);
  });

  test.each([
    [7, "x must be a list of rules, or an object with `rules`."],
    [{ rule: [] }, "x has rule, which it does not know."],
    [{ rules: 1 }, "x has rules that are no list."],
    [{ seed: -1 }, "x has seed -1, which must be a whole number from 0 to 4294967295."],
    [{ byHeader: "yes" }, "x has a byHeader that is neither true nor false."],
    [Array.from({ length: 257 }, () => ({ fault: "reset" })), "x has 257 rules, of at most 256."],
  ])("%j as a whole", (value, message) => {
    expect(() => parseFaultSettings(value, "x")).toThrow(expect.objectContaining({ message }));
  });
});
