import { describe, expect, it } from "vitest";
import { oldBucket } from "../testing-fixtures/fake-bucket-admin.ts";
import { adminWith, aspectOf, planFor } from "../testing-fixtures/set-up-once.ts";

describe("steps that the guide lacks", () => {
  it("an old bucket gets all four blocks and its owner's ownership, with the risk of ACLs told", async () => {
    const admin = adminWith({ ...oldBucket("us-east-1"), ownership: "ObjectWriter" });
    const plan = await planFor({ admin });
    expect(aspectOf(plan, "public-access-block").changes).toHaveLength(4);
    expect(aspectOf(plan, "ownership").changes[0]?.risk).toContain("access given by ACLs ends");
  });
});
