import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { ObjectStore } from "../../src/core/object-store.ts";
import type { PresignRequest } from "../../src/core/presigned-url.ts";
import { createFileService } from "../../src/files/create-file-service.ts";
import { createMemoryStore } from "../../src/testing/stores/create-memory-store.ts";
import { aroundCalls } from "../../src/wrappers/around-calls.ts";
import { cacheReads } from "../../src/wrappers/cache-reads.ts";
import { injectFaults } from "../../src/wrappers/inject-faults.ts";
import { limitConcurrency } from "../../src/wrappers/limit-concurrency.ts";
import { observe } from "../../src/wrappers/observe.ts";
import { readOnly } from "../../src/wrappers/read-only.ts";
import { withPrefix } from "../../src/wrappers/with-prefix.ts";

const folder = mkdtempSync(join(tmpdir(), "sms-wrong-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** As plain JavaScript sees them. */
const wrappers: Readonly<Record<string, (...args: never[]) => ObjectStore>> = {
  cacheReads,
  injectFaults,
  limitConcurrency,
  observe,
  readOnly,
  withPrefix,
};
const good: Readonly<Record<string, unknown>> = {
  cacheReads: { folder },
  injectFaults: [],
  limitConcurrency: 1,
  observe: { ended: () => undefined },
  withPrefix: "a",
};

function wrap(name: string, ...args: readonly unknown[]): unknown {
  const wrapper = wrappers[name];
  if (wrapper === undefined) throw new Error(`no wrapper ${name}`);
  return Reflect.apply(wrapper, undefined, args);
}

const nothing = { began: () => undefined };
const wrong: readonly (readonly [string, readonly unknown[], string])[] = [
  ...["withPrefix", "limitConcurrency", "observe", "injectFaults"].map(
    (name) => [name, [undefined, null], "must be"] as const,
  ),
  ["withPrefix", [5, "", "/", "//", {}, ["a"]], "the name of a folder of the bucket, not "],
  ["limitConcurrency", [0, -1, 1.5, Number.NaN, "4", 10_001], "a whole number from 1 to 10000"],
  ["observe", [5, "x"], "the observer must be an object"],
  ["observe", [{}, nothing, { ended: 5 }, new Date()], "the option ended must be a function"],
  ["observe", [{ ended: nothing.began, begin: 5 }], 'observe has no option "begin"'],
  ["cacheReads", [undefined, null, "folder", []], "the options must be an object with a folder"],
  ["cacheReads", [{}, { folder: "" }, { folder: 5 }], "the option folder must be a string"],
  ["cacheReads", [{ folder: "f", maxBytes: 0 }], "the option maxBytes must be"],
  ["cacheReads", [{ folder: "f", maxObjectBytes: "1" }], "the option maxObjectBytes must be"],
  ["cacheReads", [{ folder: "f", namespace: "a" }], 'cacheReads has no option "namespace"'],
  ["injectFaults", [{ fault: "delay" }, "delay", 5], "the rules must be an array"],
  ["injectFaults", [[undefined], ["delay"], [{}], [null]], "a rule must be an object with a fault"],
  ["injectFaults", [[{ fault: "dealy" }], [{ fault: 5 }]], 'fault must be one of "delay", "slow-'],
  ["injectFaults", [[{ fault: "delay", rate: 2 }]], "rate must be a number from 0 to 1"],
  ["injectFaults", [[{ fault: "delay", rate: Number.NaN }]], "rate must be"],
  [
    "injectFaults",
    [
      [{ fault: "delay", methods: ["GetObject"] }],
      [{ fault: "delay", methods: "getObject" }],
      [{ fault: "delay", methods: ["toString"] }],
    ],
    "methods must be an array of a store's methods",
  ],
  ["injectFaults", [[{ fault: "delay", count: -1 }]], "count must be a whole number"],
  ["injectFaults", [[{ fault: "delay", skip: 0.5 }]], "skip must be a whole number"],
  ["injectFaults", [[{ fault: "delay", ms: -1 }]], "ms must be a whole number"],
  ["injectFaults", [[{ fault: "delay", afterBytes: "1" }]], "afterBytes must be a whole number"],
  ["injectFaults", [[{ fault: "delay", prefix: 5 }]], "prefix must be a string"],
  ["injectFaults", [[{ fault: "delay", mehtods: [] }]], 'injectFaults has no option "mehtods"'],
];

describe("a wrapper refuses what cannot be", () => {
  it.each(wrong)("%s with %j", (name, values, message) => {
    for (const value of values) {
      const call = (): unknown => wrap(name, createMemoryStore(), value);
      expect(call).toThrow(expect.objectContaining({ code: "InvalidArgument" }));
      expect(call).toThrow(message);
      expect(call).toThrow(new RegExp(`^${name}`));
    }
  });

  it.each(Object.keys(wrappers))("%s with what is no store", (name) => {
    for (const store of [undefined, null, "bucket", {}, { bucket: "b" }]) {
      const call = (): unknown => wrap(name, store, good[name]);
      expect(call).toThrow(`${name}: the store must be an ObjectStore`);
      expect(call).toThrow(expect.objectContaining({ code: "InvalidArgument" }));
    }
  });

  it("and options of injectFaults", () => {
    const store = createMemoryStore();
    for (const options of [{ seed: 0.5 }, { onFault: true }, { sede: 1 }, null, 5]) {
      const call = (): unknown => wrap("injectFaults", store, [], options);
      expect(call).toThrow(expect.objectContaining({ code: "InvalidArgument" }));
    }
  });

  it("but takes an observer with fields and methods of its own", async () => {
    class Count {
      calls = 0;
      ended(): void {
        this.calls += 1;
      }
    }
    const count = new Count();
    await observe(createMemoryStore(), count).listObjects();
    expect(count.calls).toBe(1);
  });
});

/** Says one thing the first time it is asked, then another. */
function fickle<T extends object>(others: T, name: string, first: unknown, then: unknown): T {
  let isAsked = false;
  return Object.defineProperty(others, name, {
    enumerable: true,
    get: () => {
      const value = isAsked ? then : first;
      isAsked = true;
      return value;
    },
  });
}

async function filled(): Promise<ObjectStore> {
  const store = createMemoryStore();
  for (const key of ["secret", "in/a"]) await store.putObject(key, Buffer.from(key));
  return store;
}

describe("what says another thing when it is asked again", () => {
  it("gets no link to write by from readOnly", async () => {
    const links: unknown[] = [];
    const linking = aroundCalls(await filled(), async ({ method, args }, run) => {
      if (method !== "presign") return run();
      const [{ method: linked }] = args as [PresignRequest];
      links.push(linked);
      return { url: "" };
    });
    const request = fickle({ key: "a" }, "method", "GET", "DELETE");
    await readOnly(linking).presign(request as unknown as PresignRequest);
    expect(links).toEqual(["GET"]);
    for (const wrongRequest of [undefined, null, "GET", {}, { method: 5 }]) {
      const call = readOnly(linking).presign(wrongRequest as never);
      await expect(call).rejects.toMatchObject({ code: "InvalidArgument" });
    }
    for (const method of ["PUT", "DELETE", "put", "POST"]) {
      const call = readOnly(linking).presign({ key: "a", method } as never);
      await expect(call).rejects.toMatchObject({ code: "PermissionDenied" });
    }
    expect(links).toEqual(["GET"]);
  });

  it("does not leave the prefix by the bucket of a copy's source", async () => {
    const asked: unknown[] = [];
    const seen = aroundCalls(await filled(), async ({ method, args }, run) => {
      if (method === "copyObject") asked.push({ ...(args[0] as object) });
      return run();
    });
    const source = fickle({ key: "a" }, "bucket", seen.bucket, "another");
    await withPrefix(seen, "in").copyObject(source, "copy");
    expect(asked).toEqual([{ bucket: seen.bucket, key: "in/a" }]);
  });

  it("is read once by the cache of reads", async () => {
    const asked: unknown[] = [];
    const seen = aroundCalls(await filled(), async ({ method, args }, run) => {
      if (method === "getObject") asked.push({ ...(args[1] as object) });
      return run();
    });
    const options = fickle({}, "range", undefined, { first: 0, last: 1 });
    const { body } = await cacheReads(seen, { folder }).getObject("secret", options);
    await body[Symbol.asyncIterator]().return?.();
    expect(asked).toEqual([{ range: undefined }]);
  });

  it("is what rules of faults were when they were given", async () => {
    const rules = [{ fault: "slow-down" as const, count: 1 }];
    const store = injectFaults(await filled(), rules);
    rules.pop();
    await expect(store.headObject("secret")).rejects.toMatchObject({ code: "Throttled" });
  });
});

describe("readOnly", () => {
  it("refuses calls about many files as one, of which nothing was done", async () => {
    const store = createMemoryStore({ versioned: true });
    for (const key of ["a/1", "a/2", "b"]) await store.putObject(key, Buffer.from(key));
    await store.deleteObject("b");
    const files = createFileService(readOnly(store));
    const calls = [
      () => files.deleteMany(["a/1", "a/2"]),
      () => files.deleteMany(["a/1"]),
      () => files.deletePrefix("a"),
      () => files.deletePrefix("a", { versions: true }),
      () => files.restorePrefix(""),
      () => files.uploadDirectory(import.meta.dirname, "up"),
      () => files.uploadDirectory(import.meta.dirname, "up", { onFailure: "report" }),
      () => files.syncDirectory("up", import.meta.dirname, "up", { onFailure: "report" }),
    ];
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({
        code: "PermissionDenied",
        outcome: "not-applied",
        remedy: expect.stringContaining("without readOnly") as unknown,
      });
    }
    expect(await files.deletePrefix("a", { dryRun: true })).toMatchObject({ objects: 2 });
    expect(await files.deletePrefix("none")).toMatchObject({ objects: 0 });
  });
});

it("readOnly is not asked for each file of a directory", async () => {
  const directory = join(folder, "many");
  mkdirSync(directory);
  for (let file = 0; file < 60; file += 1) writeFileSync(join(directory, `${file}`), "x");
  let asked = 0;
  const store = observe(readOnly(createMemoryStore()), { ended: () => (asked += 1) });
  const upload = createFileService(store).uploadDirectory(directory, "up");
  await expect(upload).rejects.toMatchObject({ code: "PermissionDenied" });
  expect(asked).toBeLessThan(30);
});

describe("withPrefix", () => {
  it("names keys in messages as everywhere, and the whole ones in the cause", async () => {
    const store = withPrefix(createMemoryStore(), "teams/cells");
    const error: unknown = await store.getObject("a.txt").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      key: "a.txt",
      message: expect.stringMatching(/^GetObject of a\.txt in /) as unknown,
      cause: { key: "teams/cells/a.txt" },
    });
  });
});
