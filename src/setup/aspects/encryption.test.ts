import { describe, expect, it } from "vitest";
import { newBucket, oldBucket } from "../testing-fixtures/fake-bucket-admin.ts";
import { adminWith, aspectOf, desire, planFor, setUp } from "../testing-fixtures/set-up-once.ts";

describe("step 3, encryption", () => {
  it("SSE-S3 is the default anyhow: a new bucket needs no call", async () => {
    const plan = await planFor({ admin: adminWith() });
    expect(aspectOf(plan, "encryption")).toMatchObject({ status: "same", changes: [] });
  });

  it("BucketKeyEnabled means nothing without KMS and is no difference", async () => {
    const state = newBucket("us-east-1");
    const [rule] = state.encryption?.Rules ?? [];
    if (rule !== undefined) state.encryption = { Rules: [{ ...rule, BucketKeyEnabled: true }] };
    expect(aspectOf(await planFor({ admin: adminWith(state) }), "encryption").changes).toEqual([]);
  });

  it("BlockedEncryptionTypes is always sent outright, since leaving it out may undo it", async () => {
    const plan = await planFor({ admin: adminWith(oldBucket("us-east-1")) });
    expect(aspectOf(plan, "encryption").document).toMatchObject({
      Rules: [{ BlockedEncryptionTypes: { EncryptionType: ["SSE-C"] } }],
    });
    const open = desire({ encryption: { algorithm: "AES256", blockCustomerKeys: false } });
    const unblocked = await planFor({ admin: adminWith() }, open);
    expect(aspectOf(unblocked, "encryption").document).toMatchObject({
      Rules: [{ BlockedEncryptionTypes: { EncryptionType: ["NONE"] } }],
    });
  });

  it("no BlockedEncryptionTypes is NONE, and no difference when that is wished", async () => {
    const state = newBucket("us-east-1");
    state.encryption = {
      Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
    };
    const open = desire({ encryption: { algorithm: "AES256", blockCustomerKeys: false } });
    expect(
      aspectOf(await planFor({ admin: adminWith(state) }, open), "encryption").changes,
    ).toEqual([]);
  });

  it("a store that does not show the block is not sent it, so no plan differs for ever", async () => {
    const state = oldBucket("us-east-1");
    const admin = adminWith(state);
    const other = desire({ endpointUrl: "https://s3.example.org" });
    const plan = await planFor({ admin }, other);
    expect(JSON.stringify(aspectOf(plan, "encryption").document)).not.toContain("Blocked");
    await setUp({ admin }, other);
    expect(aspectOf(await planFor({ admin }, other), "encryption").status).toBe("same");
  });

  it("changing the default from KMS leaves old objects under KMS, and the plan says so", async () => {
    const state = newBucket("us-east-1");
    state.encryption = {
      Rules: [
        { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: "k" } },
      ],
    };
    const [change] = aspectOf(await planFor({ admin: adminWith(state) }), "encryption").changes;
    expect(change?.risk).toContain("still need kms:Decrypt");
  });
});
