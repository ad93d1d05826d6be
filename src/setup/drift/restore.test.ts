import { expect, it } from "vitest";
import { newBucket } from "../testing-fixtures/fake-bucket-admin.ts";
import { adminWith, bucket } from "../testing-fixtures/set-up-once.ts";
import { restore } from "./restore.ts";
import type { Restoration } from "./restoration.ts";

const lab = [{ Key: "team", Value: "lab" }];
const plan = (more: Partial<Restoration>): Restoration => ({
  bucket,
  setting: "tags",
  before: { state: "set", value: lab },
  document: null,
  changes: [],
  blockers: [],
  ...more,
});

function adminOf() {
  return adminWith({ ...newBucket("us-east-1"), tags: lab, versioning: "Enabled" });
}

it("leaves alone what changed since it was looked at", async () => {
  const admin = adminOf();
  const stale = plan({ before: { state: "not-set" } });
  const kept: unknown[] = [];
  const keep = async (document: unknown) => void kept.push(document);
  await expect(restore({ admin }, stale, keep)).rejects.toMatchObject({ code: "Conflict" });
  expect({ kept, writes: admin.writes }).toEqual({ kept: [], writes: [] });
});

it("keeps what it replaces, and takes away in each setting's own way", async () => {
  const admin = adminOf();
  const kept: unknown[] = [];
  const keep = async (document: unknown) => void kept.push(document);
  await restore({ admin }, plan({}), keep);
  const versioning = { state: "set", value: "Enabled" } as const;
  await restore({ admin }, plan({ setting: "versioning", before: versioning }), keep);
  await restore({ admin }, plan({ setting: "logging", before: { state: "not-set" } }), keep);
  expect(admin.writes).toEqual(["remove tags", "put versioning", "put logging"]);
  expect(kept).toEqual([lab, "Enabled"]);
  expect(admin.buckets.get(bucket)).toMatchObject({ versioning: "Suspended", logging: {} });
});
