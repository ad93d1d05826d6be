import { buffer } from "node:stream/consumers";
import { describe, expect, it, vi } from "vitest";
import { isStorageError } from "../../src/core/errors.ts";
import type { ObjectStore } from "../../src/core/object-store.ts";
import { createMemoryStore } from "../../src/testing/stores/create-memory-store.ts";
import { effects, type StoreMethod } from "../../src/wrappers/around-calls.ts";
import { injectFaults, type StoreFaultRule } from "../../src/wrappers/inject-faults.ts";
import { limitConcurrency } from "../../src/wrappers/limit-concurrency.ts";
import { observe, type ObservedCall } from "../../src/wrappers/observe.ts";
import { readOnly } from "../../src/wrappers/read-only.ts";
import { withPrefix } from "../../src/wrappers/with-prefix.ts";

const bytes = Buffer.from("0123456789");

async function filled(...keys: string[]): Promise<ObjectStore> {
  const store = createMemoryStore();
  for (const key of keys) await store.putObject(key, bytes);
  return store;
}

describe("readOnly", () => {
  it("refuses whatever changes the bucket, before the store hears of it", async () => {
    const heard: string[] = [];
    const store = readOnly(
      observe(await filled("a"), { ended: ({ method }) => heard.push(method) }),
    );
    const upload = { key: "a", uploadId: "u" };
    const calls: Partial<Record<StoreMethod, () => Promise<unknown>>> = {
      putObject: () => store.putObject("a", bytes),
      deleteObject: () => store.deleteObject("a"),
      deleteObjects: () => store.deleteObjects([{ key: "a" }]),
      copyObject: () => store.copyObject({ key: "a" }, "b"),
      createMultipartUpload: () => store.createMultipartUpload("a"),
      uploadPart: () => store.uploadPart({ ...upload, partNumber: 1 }, bytes),
      uploadPartCopy: () => store.uploadPartCopy({ ...upload, partNumber: 1 }, { key: "a" }),
      completeMultipartUpload: () => store.completeMultipartUpload(upload, []),
      abortMultipartUpload: () => store.abortMultipartUpload(upload),
      presign: () => store.presign({ method: "PUT", key: "a" }),
      presignForm: () => store.presignForm({ key: "a" }),
      putObjectTags: () => store.putObjectTags("a", {}),
      deleteObjectTags: () => store.deleteObjectTags("a"),
    };
    const writing = Object.entries(effects).flatMap(([name, kind]) =>
      kind === "reads" ? [] : [name],
    );
    expect(Object.keys(calls).toSorted()).toEqual(writing.toSorted());
    for (const call of Object.values(calls)) {
      await expect(call()).rejects.toMatchObject({ code: "PermissionDenied" });
    }
    expect(heard).toEqual([]);
    expect(await buffer((await store.getObject("a")).body)).toEqual(bytes);
    expect(heard).toEqual(["getObject"]);
  });
});

describe("withPrefix", () => {
  it("shows a subtree alone, with keys of its own", async () => {
    const store = await filled("runs/1/a", "runs/1/b/c", "runs/10/a", "runs/1", "other");
    const subtree = withPrefix(store, "runs/1");
    const { objects } = await subtree.listObjects();
    expect(objects.map(({ key }) => key)).toEqual(["a", "b/c"]);
    const level = await subtree.listObjects({ delimiter: "/", startAfter: "a" });
    expect([level.objects, level.commonPrefixes]).toEqual([[], ["b/"]]);
    expect((await subtree.headObject("a")).key).toBe("a");
    await subtree.putObject("new", bytes);
    await subtree.copyObject({ key: "new" }, "copy");
    await subtree.copyObject({ bucket: store.bucket, key: "new" }, "copy2");
    expect((await store.headObject("runs/1/copy2")).sizeBytes).toBe(10);
    const { deleted } = await subtree.deleteObjects([{ key: "new" }, { key: "copy" }]);
    expect(deleted.map(({ key }) => key)).toEqual(["new", "copy"]);
    const uploadId = await subtree.createMultipartUpload("parts");
    const { uploads } = await subtree.listMultipartUploads();
    expect(uploads.map(({ key }) => key)).toEqual(["parts"]);
    expect(await store.abortMultipartUpload({ key: "runs/1/parts", uploadId })).toBe(true);
    const { versions } = await subtree.listObjectVersions();
    expect(versions.map(({ key }) => key)).toEqual(["a", "b/c", "copy2"]);
  });

  it("lets nothing out of it", async () => {
    const store = await filled("secret", "runs/1/a");
    const subtree = withPrefix(store, "runs/1/");
    for (const key of ["../../secret", "/secret", "secret"]) {
      await expect(subtree.getObject(key)).rejects.toMatchObject({ code: "NotFound", key });
    }
    for (const prefix of ["../", "/", "secret"]) {
      expect((await subtree.listObjects({ prefix })).objects).toEqual([]);
    }
    await expect(subtree.copyObject({ key: "secret" }, "stolen")).rejects.toMatchObject({
      code: "NotFound",
    });
    await expect(
      subtree.copyObject({ bucket: "other", key: "secret" }, "stolen"),
    ).rejects.toMatchObject({ code: "NotSupported" });
    await expect(subtree.deleteObject("")).rejects.toMatchObject({ code: "InvalidKey" });
    expect(() => withPrefix(store, "")).toThrow("the prefix must be the name of a folder");
    expect((await store.listObjects()).objects).toHaveLength(2);
  });
});

describe("limitConcurrency", () => {
  it("runs no more calls at a time, bodies included, and the others in their order", async () => {
    const store = await filled("a");
    let running = 0;
    let most = 0;
    const began: string[] = [];
    const counted = observe(store, {
      began: ({ key }) => {
        running += 1;
        most = Math.max(most, running);
        began.push(key ?? "");
      },
      ended: () => (running -= 1),
    });
    const limited = limitConcurrency(counted, 2);
    const first = await limited.getObject("a");
    const keys = ["1", "2", "3", "4"];
    await Promise.all(keys.map((key) => limited.putObject(key, bytes)));
    expect(began).toEqual(["a", ...keys]);
    expect(most).toBe(2);
    await buffer(first.body);
    const second = await limited.getObject("a");
    await second.body[Symbol.asyncIterator]().return?.();
    await Promise.all([limited.headObject("a"), limited.headObject("a")]);
    expect([most, running]).toEqual([2, 0]);
  });

  it("lets a call that waits be stopped, and its turn go to the next", async () => {
    const limited = limitConcurrency(await filled("a"), 1);
    const { body } = await limited.getObject("a");
    const controller = new AbortController();
    const stopped = limited.headObject("a", { signal: controller.signal });
    const next = limited.headObject("a");
    controller.abort();
    await expect(stopped).rejects.toMatchObject({ code: "Aborted" });
    await buffer(body);
    await expect(next).resolves.toMatchObject({ sizeBytes: 10 });
    expect(() => limitConcurrency(createMemoryStore(), 0)).toThrow("a whole number from 1");
  });
});

it("limitConcurrency leaves a wrong signal to the store to refuse, of a call that waits as well", async () => {
  const limited = limitConcurrency(await filled("a"), 1);
  const { body } = await limited.getObject("a");
  const waiting = limited.headObject("a", { signal: {} as never });
  await buffer(body);
  await expect(waiting).rejects.toMatchObject({ code: "InvalidArgument" });
});

const fail = (): unknown => Promise.reject(new Error("disk full"));

describe("observe", () => {
  it("tells of each call with its outcome, and is never in the way", async () => {
    const calls: ObservedCall[] = [];
    const store = observe(await filled("a"), {
      began: () => {
        throw new Error("of the observer");
      },
      ended: (call) => {
        calls.push(call);
        throw new Error("of the observer");
      },
    });
    await buffer((await store.getObject("a")).body);
    await store.getObject("none").catch(() => undefined);
    const { body } = await store.getObject("a");
    await body[Symbol.asyncIterator]().return?.();
    const told = calls.map(({ method, key, bodyBytes, code }) => [method, key, bodyBytes, code]);
    expect(told).toEqual([
      ["getObject", "a", 10, undefined],
      ["getObject", "none", 0, "NotFound"],
      ["getObject", "a", 0, undefined],
    ]);
    for (const { durationMs, answeredMs } of calls) expect(durationMs >= answeredMs).toBe(true);
  });

  it("and hears no more of a promise that fails; the first is told", async () => {
    const warned = vi.spyOn(process, "emitWarning").mockReturnValue();
    const store = observe(await filled("a"), { began: fail, ended: fail });
    const faulty = injectFaults(store, [{ fault: "delay", ms: 0 }], { onFault: fail });
    for (let n = 0; n < 3; n += 1) await faulty.headObject("a");
    await new Promise((resolve) => setImmediate(resolve));
    expect(warned.mock.calls.map(([message]) => message)).toEqual([
      "onFault of injectFaults failed, and what it was told went on: disk full",
      "began of an observer failed, and what it was told went on: disk full",
      "ended of an observer failed, and what it was told went on: disk full",
    ]);
    warned.mockRestore();
  });
});

async function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "fine",
    (error: unknown) => (isStorageError(error) ? error.code : String(error)),
  );
}

async function bad(...rules: StoreFaultRule[]): Promise<ObjectStore> {
  return injectFaults(await filled("a"), rules);
}

/** Which of many calls are struck, as `.x..x`. */
async function draw(seed: number): Promise<string> {
  const rule = { fault: "slow-down", rate: 0.5 } as const;
  const store = injectFaults(await filled("a"), [rule], { seed });
  const codes: string[] = [];
  for (let call = 0; call < 40; call += 1) codes.push(await codeOf(store.headObject("a")));
  return codes.map((code) => (code === "fine" ? "." : "x")).join("");
}

describe("injectFaults", () => {
  it.each([
    [{ fault: "slow-down" }, "Throttled"],
    [{ fault: "stale-credential" }, "Unauthenticated"],
    [{ fault: "lost-answer" }, "Unavailable"],
    [{ fault: "overwrite-denied" }, "PermissionDenied"],
    [{ fault: "reset-body" }, "fine"],
    [{ fault: "delay", ms: 1 }, "fine"],
    [{ fault: "slow-down", methods: ["headObject"] }, "fine"],
    [{ fault: "slow-down", prefix: "b" }, "fine"],
    [{ fault: "slow-down", skip: 1 }, "fine"],
  ] satisfies [StoreFaultRule, string][])("%j on a write: %s", async (rule, code) => {
    expect(await codeOf((await bad(rule)).putObject("a", bytes))).toBe(code);
  });

  it("carries out what only its answer is lost of, and writes where nothing is written over", async () => {
    const lost = await bad({ fault: "lost-answer", methods: ["putObject"] });
    await lost.putObject("new", bytes).catch(() => undefined);
    expect((await lost.headObject("new")).sizeBytes).toBe(10);
    const denied = await bad({ fault: "overwrite-denied" });
    expect(await codeOf(denied.putObject("new", bytes))).toBe("fine");
  });

  it("breaks bodies and listings off", async () => {
    const torn = await bad({ fault: "reset-body", afterBytes: 3, count: 1 });
    const { body } = await torn.getObject("a");
    await expect(buffer(body)).rejects.toMatchObject({ code: "Unavailable", retryable: true });
    expect(await buffer((await torn.getObject("a")).body)).toEqual(bytes);
    const broken = await bad({ fault: "broken-listing" });
    expect(await codeOf(broken.listObjects())).toBe("Unavailable");
    expect(await codeOf(broken.headObject("a"))).toBe("fine");
  });

  it("meets the same calls with the same faults, by its seed", async () => {
    const drawn = await draw(7);
    expect(await draw(7)).toBe(drawn);
    expect(await draw(8)).not.toBe(drawn);
    const struck = drawn.replaceAll(".", "").length;
    expect(struck).toBeGreaterThan(8);
    expect(struck).toBeLessThan(32);
  });
});
