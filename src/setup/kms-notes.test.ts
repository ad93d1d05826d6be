import { expect, it } from "vitest";
import { callerRoleArn, newBucket } from "./testing-fixtures/fake-bucket-admin.ts";
import { adminWith, aspectOf, desire, planFor } from "./testing-fixtures/set-up-once.ts";

const key = "arn:aws:kms:us-east-1:111122223333:key/1234";

async function notesOf(KMSMasterKeyID: string | undefined, encryption: "unmanaged" | undefined) {
  const standard = {
    SSEAlgorithm: "aws:kms" as const,
    ...(KMSMasterKeyID !== undefined && { KMSMasterKeyID }),
  };
  const state = newBucket("us-east-1");
  state.encryption = { Rules: [{ ApplyServerSideEncryptionByDefault: standard }] };
  const plan = await planFor({ admin: adminWith(state) }, desire({ encryption }));
  return aspectOf(plan, "policy").notes.map(({ text }) => text);
}

const statementIn = (text = "") => JSON.parse(text.slice(text.indexOf("{"))) as unknown;

it("a bucket that keeps its key is told what the key and those with access need", async () => {
  const notes = (await notesOf(key, "unmanaged")).filter((text) => text.includes("kms:"));
  expect(notes.map(statementIn)).toEqual([
    { Effect: "Allow", Action: ["kms:GenerateDataKey", "kms:Decrypt"], Resource: key },
    {
      Effect: "Allow",
      Principal: { AWS: [callerRoleArn] },
      Action: ["kms:GenerateDataKey", "kms:Decrypt"],
      Resource: "*",
      Condition: { StringEquals: { "kms:ViaService": "s3.us-east-1.amazonaws.com" } },
    },
  ]);
});

it("AWS's own key has no policy to change, and a bucket of SSE-S3 no key", async () => {
  for (const own of [undefined, "arn:aws:kms:us-east-1:111122223333:alias/aws/s3"]) {
    const notes = (await notesOf(own, "unmanaged")).join();
    expect(notes).toContain("AWS's own key aws/s3");
    expect(notes).not.toContain("kms:Decrypt");
  }
  expect((await notesOf(key, undefined)).join()).not.toContain("KMS key");
});
