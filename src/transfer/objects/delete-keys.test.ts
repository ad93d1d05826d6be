import { beforeEach, expect, it } from "vitest";
import { s3Limits } from "../../core/limits.ts";
import { compareKeys } from "../../core/object-key.ts";
import type { DeleteEntry, DeleteObjectsResult } from "../../core/object-store.ts";
import { failure, MemoryStore } from "../testing-fixtures/memory-store.ts";
import { deleteKeys } from "./delete-keys.ts";

/** Deletes all but what it refuses, or does not speak of. */
class Picky extends MemoryStore {
  override async deleteObjects(entries: readonly DeleteEntry[]): Promise<DeleteObjectsResult> {
    const gone = entries.filter(({ key }) => !/refused|unsaid/.test(key));
    const { deleted } = await super.deleteObjects(gone);
    const refused = entries.filter(({ key }) => key.includes("refused"));
    const errors = refused.map(({ key }) => ({ key, code: "AccessDenied", message: `No ${key}.` }));
    return { deleted, errors };
  }
}

const keys = Array.from({ length: 2 * s3Limits.deleteObjectsKeys + 5 }, (_, n) => `k${n}`);
let store: MemoryStore;
beforeEach(() => {
  store = new Picky();
  for (const key of [...keys, "refused/1", "refused/2", "unsaid"]) store.set(key, "x");
});
const left = (): string[] => [...store.objects.keys()].toSorted();

it("tells why of each key that was refused, and of each that the answer leaves out", async () => {
  const asked = ["refused/1", ...keys, "unsaid", "refused/2"];
  const failures = await deleteKeys(store.asStore(), asked);
  expect([...failures].toSorted(([a], [b]) => compareKeys(a, b))).toEqual([
    ["refused/1", { code: "AccessDenied", message: "No refused/1." }],
    ["refused/2", { code: "AccessDenied", message: "No refused/2." }],
    ["unsaid", expect.objectContaining({ code: "NoAnswer" })],
  ]);
  expect(left()).toEqual(["refused/1", "refused/2", "unsaid"]);
  expect(store.log.filter((call) => call.startsWith("DeleteObjects "))).toHaveLength(3);
});

it("tells of no key that was not asked for, however many the answer speaks of", async () => {
  class Talkative extends MemoryStore {
    override async deleteObjects(entries: readonly DeleteEntry[]): Promise<DeleteObjectsResult> {
      const errors = Array.from({ length: 5000 }, (_, n) => ({
        key: n === 0 ? "k0" : `other${n}`,
        code: "AccessDenied",
        message: "no",
      }));
      return { deleted: entries.map(({ key }) => ({ key, deleteMarker: false })), errors };
    }
  }
  const failures = await deleteKeys(new Talkative().asStore(), ["k0", "k1"]);
  expect([...failures.keys()]).toEqual(["k0"]);
});

it("tells of every key of a request that failed, and goes on with the others", async () => {
  store.fault = (_operation, _key, call) => {
    if (call === 1) throw failure("Unavailable", { s3Code: "SlowDown" });
  };
  const failures = await deleteKeys(store.asStore(), keys);
  const failed = keys.slice(0, s3Limits.deleteObjectsKeys);
  expect([...failures.keys()].toSorted()).toEqual(failed.toSorted());
  expect(new Set([...failures.values()].map(({ code }) => code))).toEqual(new Set(["SlowDown"]));
});

it("asks for one at a time where a store takes no batches, or a key cannot stand in one", async () => {
  store.set("line\nend", "x");
  store.fault = (operation, key) => {
    if (operation === "DeleteObjects") throw failure("NotSupported");
    if (key === "k1") throw failure("PermissionDenied");
  };
  const failures = await deleteKeys(store.asStore(), ["k0", "k1", "k2", "line\nend"]);
  expect([...failures]).toEqual([["k1", expect.objectContaining({ code: "PermissionDenied" })]]);
  expect(store.log.filter((call) => call.startsWith("DeleteObjects "))).toHaveLength(1);
  expect(store.objects.has("line\nend")).toBe(false);
});

it("ends at once when it is aborted", async () => {
  store.fault = () => {
    throw failure("Aborted");
  };
  const deleting = deleteKeys(store.asStore(), keys);
  await expect(deleting).rejects.toMatchObject({ code: "Aborted" });
});
