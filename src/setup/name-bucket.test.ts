import { describe, expect, it } from "vitest";
import { bucketNameProblem } from "../core/bucket-name.ts";
import { accountRegionalName, randomName } from "./name-bucket.ts";
import { isPredictable } from "./safety.ts";

describe("accountRegionalName", () => {
  it.each([
    ["us-east-1", 37],
    ["us-gov-west-1", 33],
  ])("in %s leaves room for %i characters", (region, room) => {
    const longest = accountRegionalName("p".repeat(room), "111122223333", region);
    expect(longest).toHaveLength(63);
    expect(bucketNameProblem(longest, "aws")).toBeUndefined();
    const tooLong = "p".repeat(room + 1);
    expect(() => accountRegionalName(tooLong, "111122223333", region)).toThrow("room for 1 to");
  });
});

it("a random name is good and not to be guessed", () => {
  const name = randomName("sms-api-storage", () => Uint8Array.of(0xa1, 2, 3, 4, 5));
  expect(name).toBe("sms-api-storage-a102030405");
  expect(bucketNameProblem(name, "aws")).toBeUndefined();
  expect(isPredictable(name)).toBe(false);
});

it.each([
  ["sms-api-storage-20261124", true],
  ["sms-api-storage", true],
  ["sms-api-storage-us-east-1", true],
  ["sms-api-storage-3f9a2b7c", false],
  ["sms-111122223333-us-east-1-an", false],
])("%s can be guessed: %s", (name, expected) => {
  expect(isPredictable(name)).toBe(expected);
});
