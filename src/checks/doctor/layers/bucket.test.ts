import { describe, expect, it } from "vitest";
import { detail, examineTrial, ids, quickStore, refused } from "../testing-fixtures/trial.ts";

const there = (region: string) => ({ presence: { state: "present", region } }) as const;

describe("the region of a bucket that is there", () => {
  it.each(["s3", "aws"] as const)("is compared on %s", async (store) => {
    const found = await examineTrial({ ...there("eu-west-1"), place: { store } });
    expect(ids(found)).toEqual(["D34"]);
    expect(found.findings[0]?.saw).toContain(
      "The bucket is in eu-west-1; the settings say us-east-1.",
    );
    expect(ids(await examineTrial({ ...there("us-east-1"), place: { store } }))).toEqual([]);
  });

  it("is none of a cluster of Qumulo", async () => {
    const trial = { ...there("eu-west-1"), place: { store: "qumulo" } } as const;
    expect(await detail(trial, "bucket")).toBe("lab is there");
  });

  it("is not compared where it is none of AWS's", async () => {
    const trial = { ...there("local"), place: { store: "s3" } } as const;
    expect(await detail(trial, "bucket")).toBe("lab is there, in local");
  });
});

it.each([
  ["lab", "D25", "there is no such bucket."],
  ["Lab_1", "D31", "On AWS none can be: its name holds capital letters"],
])("of %s, which is not there, it is said why", async (bucket, id, words) => {
  const found = await examineTrial({ presence: { state: "absent" }, place: { bucket } });
  expect(ids(found)).toEqual([id]);
  expect(found.findings[0]?.saw).toContain(words);
});

it("of a bucket that is refused the policy is read, which may say why", async () => {
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: [] });
  const store = quickStore();
  store.failures.set("listObjects", refused("ListObjectsV2"));
  const presence = { state: "forbidden", region: "us-east-1" } as const;
  const found = await examineTrial({ presence, settings: { policy }, store });
  expect(found.facts.policy).toBe(policy);
});
