import { describe, expect, it } from "vitest";
import { oldBucket } from "../testing-fixtures/fake-bucket-admin.ts";
import { adminWith, aspectOf, planFor, setUp } from "../testing-fixtures/set-up-once.ts";

describe("step 4, versioning", () => {
  it("the first enabling takes up to 15 minutes, and the plan says so", async () => {
    const plan = await planFor({ admin: adminWith() });
    expect(aspectOf(plan, "versioning").notes[0]?.text).toContain("15 minutes");
  });
});

it("success is told from reading back, never from a call that did not throw", async () => {
  const admin = adminWith(oldBucket("us-east-1"));
  admin.deafTo.add("versioning");
  const result = await setUp({ admin });
  expect(result.steps.find(({ aspect }) => aspect === "versioning")).toMatchObject({
    outcome: "failed",
    detail: "Versioning was put, but does not read back so.",
  });
});
