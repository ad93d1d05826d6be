import { beforeEach, describe, expect, it } from "vitest";
import { s3Limits } from "../../core/limits.ts";
import { failure, MemoryStore } from "../testing-fixtures/memory-store.ts";
import { transferContext } from "../transfer-context.ts";
import { reencryptObject } from "./reencrypt-object.ts";

const kms = { encryption: "aws:kms", kmsKeyId: "arn:key" };
const signal = new AbortController().signal;
let store: MemoryStore;

beforeEach(() => {
  store = new MemoryStore();
});

const run = (acls?: Parameters<typeof reencryptObject>[0]["acls"]) =>
  reencryptObject(
    { context: transferContext(store.asStore()), acls, now: () => new Date(0) },
    "k",
    signal,
  );

describe("one object", () => {
  it("is copied onto itself as long as it is the one that was looked at", async () => {
    store.set("k", "x", { storageClass: "STANDARD_IA" }, kms);
    const etag = store.objects.get("k")?.etag;
    expect(await run()).toMatchObject({ kind: "copied", sizeBytes: 1 });
    expect(store.copies).toEqual([
      expect.objectContaining({
        encryption: "AES256",
        ifMatch: etag,
        storageClass: "STANDARD_IA",
      }),
    ]);
    expect(store.copies[0]).not.toHaveProperty("metadataDirective");
  });

  it("that another replaced meanwhile is looked at again", async () => {
    store.set("k", "x", {}, kms);
    store.fault = (operation, _key, call) => {
      if (operation === "CopyObject" && call === 1) store.set("k", "newer", {}, kms);
    };
    expect(await run()).toMatchObject({ kind: "copied", sizeBytes: 5 });
    store.fault = (operation) => {
      if (operation === "CopyObject") store.set("k", "plain", {}, { encryption: "AES256" });
    };
    store.set("k", "x", {}, kms);
    expect(await run()).toEqual({ kind: "already" });
    expect(store.text("k")).toBe("plain");
  });

  it("that is replaced again and again is given up, untouched", async () => {
    let round = 0;
    store.set("k", "x", {}, kms);
    store.fault = (operation) => {
      round += 1;
      if (operation === "CopyObject") store.set("k", `round ${round}`, {}, kms);
    };
    await expect(run()).rejects.toMatchObject({ code: "Conflict", retryable: true });
    expect(store.text("k")).toMatch(/^round/);
  });

  it("above 5 GiB is copied in parts with its extras", async () => {
    const said = { ...kms, sizeBytes: s3Limits.singleCopyBytes + 1, websiteRedirect: "/x" };
    store.set("k", "x", { metadata: { run: "7" } }, said);
    expect(await run()).toMatchObject({ kind: "copied" });
    expect([...store.stored.values()]).toEqual([
      expect.objectContaining({
        encryption: "AES256",
        websiteRedirect: "/x",
        metadata: { run: "7" },
      }),
    ]);
  });

  it.each([
    [{ encryption: "AES256" }, "already"],
    [{ ...kms, storageClass: "DEEP_ARCHIVE" }, "archived"],
    [{}, "already"],
  ])("that is no longer what was found is left: %j", async (said, kind) => {
    store.set("k", "x", {}, said);
    expect(await run()).toEqual({ kind });
    expect(store.copies).toEqual([]);
  });

  it("that is gone is left", async () => {
    expect(await run()).toEqual({ kind: "gone" });
  });

  it("keeps its ACL where ACLs count", async () => {
    store.set("k", "x", {}, kms);
    const grants = [{ grantee: "you", permission: "READ" }];
    await run({ read: () => Promise.resolve({ ownerId: "me", grants }), close: () => undefined });
    expect(store.copies[0]).toMatchObject({ grants: { read: 'id="you"' } });
  });

  it("that may not be decrypted is told with the key", async () => {
    store.set("k", "x", {}, kms);
    store.fault = (operation) => {
      if (operation !== "CopyObject") return;
      const error = failure("PermissionDenied", { status: 403 });
      error.message = "not authorized to perform: kms:Decrypt on this resource";
      throw error;
    };
    await expect(run()).rejects.toMatchObject({
      code: "PermissionDenied",
      remedy: expect.stringContaining("Allow kms:Decrypt on arn:key"),
    });
  });
});
