import { beforeEach, expect, it } from "vitest";
import type { ListedVersion, ObjectHead, PutResult } from "../../core/object-store.ts";
import { MemoryStore } from "../testing-fixtures/memory-store.ts";
import { transferContext } from "../transfer-context.ts";
import { restoreVersion, type RestoredVersion } from "./restore-version.ts";

/** Two versions of `a`, with what is said of each. */
class TwoVersions extends MemoryStore {
  readonly heads = new Map<string, Partial<ObjectHead>>();
  readonly sources: unknown[] = [];

  override async headObject(key: string, { versionId = "new" } = {}): Promise<ObjectHead> {
    return { ...(await super.headObject(key)), versionId, ...this.heads.get(versionId) };
  }

  override async copyObject(...call: Parameters<MemoryStore["copyObject"]>): Promise<PutResult> {
    this.sources.push(call[0]);
    return super.copyObject(...call);
  }
}

let store: TwoVersions;
beforeEach(() => {
  store = new TwoVersions();
  store.set("a", "bytes");
});

const version = (versionId: string): ListedVersion => ({
  key: "a",
  versionId,
  isLatest: versionId === "new",
  isDeleteMarker: false,
  lastModified: new Date(0),
  sizeBytes: 5,
  etag: store.objects.get("a")?.etag ?? "",
});

function restore(current = version("new")): Promise<RestoredVersion> {
  const context = transferContext(store.asStore());
  return restoreVersion(context, version("old"), current, {
    signal: new AbortController().signal,
  });
}

it("leaves a current version that is the same", async () => {
  expect(await restore()).toEqual({ kind: "unchanged" });
  expect(store.sources).toEqual([]);
});

it.each([
  ["metadata", { metadata: { run: "1" } }],
  ["headers", { cacheControl: "no-cache" }],
  ["number of tags", { tagCount: 2 }],
])("puts that very version on top when only the %s differ", async (_what, said) => {
  store.heads.set("old", said);
  expect(await restore()).toMatchObject({ kind: "restored" });
  expect(store.sources).toEqual([expect.objectContaining({ key: "a", versionId: "old" })]);
});

it("restores over a delete marker, and over what came since the listing", async () => {
  expect(await restore({ ...version("new"), isDeleteMarker: true })).toMatchObject({
    kind: "restored",
  });
  store.heads.set("new", { versionId: "newer" });
  expect(await restore()).toMatchObject({ kind: "restored" });
});

it("keeps the encryption of the version", async () => {
  store.heads.set("old", { metadata: { run: "1" }, encryption: "aws:kms", kmsKeyId: "key-1" });
  await restore();
  expect(store.copies[0]).toMatchObject({ encryption: { kmsKeyId: "key-1" } });
});
