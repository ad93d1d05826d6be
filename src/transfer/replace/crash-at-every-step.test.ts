import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isStorageError, type Outcome } from "../../core/errors.ts";
import { mib } from "../../core/limits.ts";
import { copyObject } from "../copy/copy-object.ts";
import { failure, MemoryStore } from "../testing-fixtures/memory-store.ts";
import { transferContext, type TransferContext } from "../transfer-context.ts";
import { uploadBytes } from "../upload/upload-object.ts";
import { uploadFile } from "../upload/upload-file.ts";
import { uploadStream } from "../upload/upload-stream.ts";
import { recoverReplacements } from "./recover-replacements.ts";

const key = "dir/a";
const old = "the old object";
const fresh = "the new object";
const writes = new Set(["PutObject", "CopyObject", "CompleteMultipartUpload"]);
const partSizeBytes = 5 * mib;
const large = Buffer.alloc(partSizeBytes + 1, "new");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sms-replace-"));
  await writeFile(join(folder, "new"), fresh);
});
afterAll(() => rm(folder, { recursive: true }));

function refusing(): MemoryStore {
  const store = new MemoryStore({ overwrite: "unknown" });
  store.set(key, old);
  store.set("from", fresh);
  store.fault = refuseOverwrite(store);
  return store;
}

function refuseOverwrite(store: MemoryStore): MemoryStore["fault"] {
  return (operation, at) => {
    if (writes.has(operation) && store.objects.has(at)) {
      throw failure("PermissionDenied", { status: 403, key: at });
    }
  };
}

const cutOff = () => failure("Unavailable", { outcome: "unknown" });

/** The store as one writer sees it, who is cut off for good at a call: before it, or once it is done. */
function dying(store: MemoryStore, atCall: number, when: "before" | "after"): TransferContext {
  let calls = 0;
  const seen: MemoryStore = new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (name === "asStore") return () => seen;
      if (typeof member !== "function") return member;
      return async (...args: unknown[]): Promise<unknown> => {
        calls += 1;
        if (calls > atCall || (calls === atCall && when === "before")) throw cutOff();
        const answer: unknown = await Reflect.apply(member, target, args);
        if (calls >= atCall) throw cutOff();
        return answer;
      };
    },
  });
  return transferContext(seen.asStore(), {
    temporaryDirectory: folder,
    randomName: () => "00000000-0000-4000-8000-00000000000a",
  });
}

const writers: Readonly<Record<string, (context: TransferContext) => Promise<unknown>>> = {
  uploadBytes: (context) => uploadBytes(context, fresh, key),
  "uploadBytes in parts": (context) => uploadBytes(context, large, key, { partSizeBytes }),
  uploadFile: (context) => uploadFile(context, join(folder, "new"), key),
  uploadStream: (context) => uploadStream(context, oneChunk(), key),
  copy: (context) => copyObject(context, "from", key),
};

async function* oneChunk(): AsyncGenerator<Buffer> {
  yield Buffer.from(fresh);
}

async function callsOf(write: (context: TransferContext) => Promise<unknown>): Promise<number> {
  const store = refusing();
  await write(
    transferContext(store.asStore(), {
      temporaryDirectory: folder,
      randomName: () => "00000000-0000-4000-8000-00000000000a",
    }),
  );
  return store.log.length;
}

function outcomeOf(error: unknown): Outcome {
  if (isStorageError(error)) return error.outcome;
  throw error;
}

function isWhole(text: string | undefined): boolean {
  return text === old || text === fresh || text === large.toString();
}

describe.each(Object.entries(writers))("%s, cut off", (_name, write) => {
  it("at any step leaves a whole version, which recovery puts under the key alone", async () => {
    const steps = await callsOf(write);
    expect(steps).toBeGreaterThanOrEqual(9);
    for (let step = 1; step <= steps; step += 1) {
      for (const when of ["before", "after"] as const) {
        const store = refusing();
        const error: unknown = await write(dying(store, step, when)).then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        const place = `${when} call ${step}`;
        const there = [...store.objects].filter(([at]) => at.startsWith(key));
        const isKept = there.some(([, { bytes }]) => isWhole(bytes.toString()));
        const wasOld = store.text(key) === old;

        await recoverReplacements(store.asStore(), { olderThanMs: 0 });
        const left = [...store.objects.keys()].filter((at) => at !== key && at !== "from");
        expect({ place, isKept, recovered: isWhole(store.text(key)), left }).toEqual({
          place,
          isKept: true,
          recovered: true,
          left: [],
        });
        // What the caller was told is so.
        const told = error === undefined ? "applied" : outcomeOf(error);
        const isRight = told === "unknown" || wasOld === (told === "not-applied");
        expect({ place, told, isRight }).toEqual({ place, told, isRight: true });
      }
    }
  });
});

describe("the next call after a crash", () => {
  it("writes its own bytes, whatever the step, and loses none of them", async () => {
    const steps = await callsOf((context) => uploadBytes(context, fresh, key));
    for (let step = 1; step <= steps; step += 1) {
      const store = refusing();
      await uploadBytes(dying(store, step, "after"), fresh, key).catch(() => undefined);
      const next = transferContext(store.asStore(), {
        randomName: () => "00000000-0000-4000-8000-00000000000b",
      });
      await uploadBytes(next, "the newest", key);
      expect(store.text(key)).toBe("the newest");
      await recoverReplacements(store.asStore(), { olderThanMs: 0 });
      expect([...store.objects.keys()].toSorted()).toEqual([key, "from"]);
      expect(store.text(key)).toBe("the newest");
    }
  });

  it("goes on when recovery itself is cut off", async () => {
    for (let step = 1; step <= 6; step += 1) {
      const store = refusing();
      store.objects.delete(key);
      store.set(`${key}.sms-staging/00000000-0000-4000-8000-00000000000a`, fresh);
      const cut = dying(store, step, "after").store;
      await recoverReplacements(cut, { olderThanMs: 0 }).catch(() => undefined);
      await recoverReplacements(store.asStore(), { olderThanMs: 0 });
      expect(store.text(key)).toBe(fresh);
      expect([...store.objects.keys()].toSorted()).toEqual([key, "from"]);
    }
  });
});
