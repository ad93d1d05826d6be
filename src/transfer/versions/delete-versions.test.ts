import { describe, expect, it } from "vitest";
import { StorageError } from "../../core/errors.ts";
import type { DeleteEntry, DeleteObjectsResult, ObjectStore } from "../../core/object-store.ts";
import { MemoryStore } from "../testing-fixtures/memory-store.ts";
import { deleteVersions } from "./delete-versions.ts";

interface Behaviour {
  readonly batchDelete?: "no";
  readonly batch?: (entries: readonly DeleteEntry[]) => DeleteObjectsResult;
  readonly single?: (entry: DeleteEntry) => void;
}

const name = ({ key, versionId = "" }: DeleteEntry) => `${key}@${versionId}`;

/** A store of which only the deletes are asked, and what it was asked. */
function storeThat({ batchDelete, batch, single }: Behaviour) {
  const asked: string[] = [];
  const { capabilities } = new MemoryStore(batchDelete === undefined ? {} : { batchDelete });
  const store = {
    bucket: "bkt",
    capabilities,
    deleteObjects: async (entries: readonly DeleteEntry[]) => {
      asked.push(`batch ${entries.map(name).join(" ")}`);
      return Promise.resolve(
        batch?.(entries) ?? {
          deleted: entries.map((entry) => ({ ...entry, deleteMarker: false })),
          errors: [],
        },
      );
    },
    deleteObject: async (key: string, options: { versionId?: string }) => {
      const { versionId } = options;
      const entry = versionId === undefined ? { key } : { key, versionId };
      asked.push(`one ${name(entry)}`);
      single?.(entry);
      return Promise.resolve({ deleteMarker: false });
    },
  };
  return { store: store as unknown as ObjectStore, asked };
}

const entries = [
  { key: "a", versionId: "1" },
  { key: "a", versionId: "2" },
  { key: "b\u0001", versionId: "3" },
];
const { signal } = new AbortController();

describe("deleteVersions", () => {
  it("tells of no entry that was not asked for, and of each once", async () => {
    const errors = [entries[0], entries[0], { key: "other" }].flatMap((entry) =>
      entry === undefined ? [] : [{ ...entry, code: "AccessDenied", message: "no" }],
    );
    const deleted = entries.map((entry) => ({ ...entry, deleteMarker: false }));
    const { store } = storeThat({ batch: () => ({ deleted, errors }) });
    expect(await deleteVersions(store, entries, signal)).toEqual(errors.slice(0, 1));
  });

  it("deletes in one request what XML can write, and the rest by itself", async () => {
    const { store, asked } = storeThat({});
    expect(await deleteVersions(store, entries, signal)).toEqual([]);
    expect(asked).toEqual(["batch a@1 a@2", "one b\u0001@3"]);
  });

  it("deletes one by one where the store has no batches, known or met", async () => {
    const known = storeThat({ batchDelete: "no" });
    expect(await deleteVersions(known.store, entries, signal)).toEqual([]);
    expect(known.asked).toEqual(["one a@1", "one a@2", "one b\u0001@3"]);
    const met = storeThat({
      batch: () => {
        throw new StorageError("NotSupported", "no");
      },
    });
    expect(await deleteVersions(met.store, entries, signal)).toEqual([]);
    expect(met.asked.slice(1)).toEqual(["one a@1", "one a@2", "one b\u0001@3"]);
  });

  it("answers what was refused, and what the store says nothing of", async () => {
    const refusal = { code: "AccessDenied", message: "locked" };
    const { store } = storeThat({
      batch: () => ({ deleted: [], errors: [{ key: "a", versionId: "1", ...refusal }] }),
      single: () => {
        throw new StorageError("PermissionDenied", "denied", { s3Code: "AccessDenied" });
      },
    });
    expect(await deleteVersions(store, entries, signal)).toMatchObject([
      { key: "a", versionId: "1", ...refusal },
      { key: "a", versionId: "2", code: "NoAnswer" },
      { key: "b\u0001", versionId: "3", code: "AccessDenied" },
    ]);
  });

  it("throws what ends all", async () => {
    const { store } = storeThat({
      single: () => {
        throw new StorageError("Aborted", "stopped");
      },
    });
    await expect(deleteVersions(store, entries, signal)).rejects.toMatchObject({ code: "Aborted" });
  });
});
