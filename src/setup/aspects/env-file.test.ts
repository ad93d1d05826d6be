import { describe, expect, it } from "vitest";
import {
  adminWith,
  aspectOf,
  bucket,
  desire,
  fakeEnvFile,
  planFor,
} from "../testing-fixtures/set-up-once.ts";

describe("step 8, .env", () => {
  it("holds plain values and never a key", async () => {
    const envFile = fakeEnvFile(new Map());
    const plan = await planFor(
      { admin: adminWith(), envFile },
      desire({ endpointUrl: "https://s3.example.org" }),
    );
    expect(aspectOf(plan, "env-file").document).toEqual({
      STORAGE_S3_BUCKET: bucket,
      STORAGE_S3_REGION: "us-east-1",
      STORAGE_S3_ENDPOINT_URL: "https://s3.example.org",
    });
  });

  it("is left out when no file was asked for", async () => {
    const plan = await planFor({ admin: adminWith() });
    expect(aspectOf(plan, "env-file")).toMatchObject({
      status: "unmanaged",
      summary: "no file was asked for",
    });
  });
});
