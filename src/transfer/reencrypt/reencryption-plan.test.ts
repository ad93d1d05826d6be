import { describe, expect, it } from "vitest";
import { s3Limits } from "../../core/limits.ts";
import { type BucketFacts, reencryptionPlan } from "./reencryption-plan.ts";
import { emptyTally, withCandidate } from "./tally.ts";

const facts: BucketFacts = {
  defaultEncryption: "AES256",
  versioning: "Enabled",
  aclsCount: false,
  noncurrentDays: 30,
};
const wishes = { maxObjects: 2, maxBytes: undefined };
const candidate = { key: "k", sizeBytes: 10, storageClass: "STANDARD", kmsKeyId: "arn:key" };
const one = withCandidate(emptyTally, candidate);
const textOf = (plan: ReturnType<typeof reencryptionPlan>) =>
  plan.notes.map(({ level, text }) => `${level}: ${text}`).join("\n");

describe("the plan", () => {
  it("counts requests, calls of KMS, versions and what is stored twice", () => {
    expect(reencryptionPlan(one, facts, wishes)).toMatchObject({
      way: "copy",
      objects: 1,
      requests: { head: 2, copy: 1, acl: 0, kmsDecrypt: 1 },
      versions: 1,
      storedTwiceBytes: 10,
    });
    const large = withCandidate(one, { ...candidate, sizeBytes: s3Limits.singleCopyBytes + 1 });
    // 11 parts, beginning and end, and one rounded up.
    expect(reencryptionPlan(large, facts, wishes).requests).toMatchObject({ copy: 15 });
    const acls = reencryptionPlan(one, { ...facts, aclsCount: true }, wishes);
    expect(acls.requests.acl).toBe(1);
  });

  it("is nothing without candidates, and a job above either bound", () => {
    expect(reencryptionPlan(emptyTally, facts, wishes)).toMatchObject({
      way: "nothing",
      notes: [],
    });
    const three = withCandidate(withCandidate(one, candidate), candidate);
    expect(reencryptionPlan(three, facts, wishes).way).toBe("job");
    expect(reencryptionPlan(one, facts, { ...wishes, maxBytes: 9 }).way).toBe("job");
    expect(reencryptionPlan(one, facts, { ...wishes, maxBytes: 10 }).way).toBe("copy");
  });

  it("says how long old versions stay under their key", () => {
    expect(textOf(reencryptionPlan(one, facts, wishes))).toContain("for 30 days more");
    const never = { ...facts, noncurrentDays: "never" } as const;
    expect(textOf(reencryptionPlan(one, never, wishes))).toContain("warning: Each copy");
    const none = { ...facts, versioning: "never" } as const;
    expect(reencryptionPlan(one, none, wishes)).toMatchObject({ versions: 0, storedTwiceBytes: 0 });
  });

  it("warns of what would make it vain or lossy", () => {
    const kms = { ...facts, defaultEncryption: "aws:kms", aclsCount: "unknown" } as const;
    const text = textOf(reencryptionPlan(one, kms, wishes));
    expect(text).toContain("warning: New objects still go under KMS");
    expect(text).toContain("warning: Whether ACLs of objects count may not be read");
  });
});
